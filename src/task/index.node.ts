/** The part of the task room that needs Node: digits on disk. */

export { readIdxDigits, readPackagedDigits } from "./digit-files.node.ts";
