/** The part of the experiment room that needs Node: runs in folders, in a thread of their own. */

export { type RunCalls, type RunRequest, readMetrics, runExperiment } from "./run-experiment.node.ts";
export { isRunFolder, readRecord, readTensors, runFiles, writeWhole } from "./run-folder.node.ts";
export { startRun } from "./start-run.node.ts";
