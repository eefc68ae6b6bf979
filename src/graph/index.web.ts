/** The part of the graph room that runs graphs in WebAssembly, in a browser or in Node. */

export { openWebSession, type WebSessionOptions } from "./run.web.ts";
