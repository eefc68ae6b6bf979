/** The part of the inference room that needs Node: several threads. */

export { workerLanes } from "./stream/worker-lanes.node.ts";
