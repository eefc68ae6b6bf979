/** The part of the graph room that runs graphs in WebAssembly, in a browser or in Node, and on a graphics card. */

export { openWebGpuSession, openWebSession, type WebSessionOptions } from "./run.web.ts";
