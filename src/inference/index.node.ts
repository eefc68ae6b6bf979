/** The part of the inference room that needs Node: several threads. */

export { type WorkerThreads, workerLanes, workerThreads } from "./stream/worker-lanes.node.ts";
