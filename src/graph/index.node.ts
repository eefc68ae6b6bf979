/** The part of the graph room that needs Node: running on native kernels. */

export { type NodeSessionOptions, openSession } from "./run.node.ts";
