/** The version of the package, put in by the build. */

declare const SYNGEO_VERSION: string;

export const version: string = SYNGEO_VERSION;
