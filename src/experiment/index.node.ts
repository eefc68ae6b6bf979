/** The part of the experiment room that needs Node: runs in folders, plans of many runs, and the stores that keep them. */

export { csvText } from "./csv.node.ts";
export {
  type PlannedRun,
  type PlannedRuns,
  planRuns,
  readPlan,
  runId,
  sourceOf,
} from "./planned-runs.node.ts";
export { queryRuns, type RunQuery, type RunTable, readRunTable } from "./query-runs.node.ts";
export { type RunCalls, type RunRequest, readMetrics, runExperiment } from "./run-experiment.node.ts";
export { endsOfRun, runFiles } from "./run-files.ts";
export { isRunFolder, readRecord, readTensors, writeWhole } from "./run-folder.node.ts";
export { describeKinds } from "./run-kinds.node.ts";
export { type RunDetails, showRun } from "./show-run.node.ts";
export { parseSlurmSettings, type SlurmSettings, slurmDefaults } from "./slurm-script.ts";
export { type SlurmSummary, sweepPlanOnSlurm } from "./slurm-store.node.ts";
export { startRun } from "./start-run.node.ts";
export {
  completeRuns,
  type FinishedRun,
  failedRuns,
  readRun,
  requireStore,
  runFolder,
  type StoredOutcome,
  type StoredSettings,
} from "./store.node.ts";
export { type SweepOptions, type SweepSummary, sweep } from "./sweep.node.ts";
