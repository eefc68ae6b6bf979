/**
 * The experiment room: settings as plain JSON, and runs of them.
 *
 * An `Experiment` is every setting of one run: task, network, first weights, learning rule, geometry, seed. `presets` have
 * names; `parseExperiment` refuses what it does not know. `train` makes a run of it and knows no files and no runtime:
 * sessions, digits and the places for results are handed in, so it works in a browser too. In Node `startRun`
 * (`index.node.ts`) runs it in a thread of its own and writes a folder, whose weights re-enter by a reader, as
 * measured synapses do.
 *
 * The same settings and seed give the same weights, bit for bit, on one machine; an interrupted run goes on as if it had not
 * stopped.
 */

export { type Experiment, parseExperiment } from "./experiment.ts";
export type { DigitSets } from "./experiment-task.ts";
export type { Comparison, FigureDefinition, FigureRow, FigureScale } from "./figure-definition.ts";
export type { OpenSession } from "./learner.ts";
export type { PassMetrics, Position, ProgressEvent } from "./passes.ts";
export { type Expansion, expandPlan, flatSettings, PLAN_SCHEMA, type Plan, parsePlan } from "./plan.ts";
export { type Preset, presetNamed, presets } from "./presets.ts";
export type { Results } from "./results.ts";
export { endsOfRun, runFiles } from "./run-files.ts";
export type { Cell, Row, RunKind, RunOutcome, RunTools, Settings } from "./run-kind.ts";
export { RUN_SCHEMA, type RunRecord } from "./run-record.ts";
export type { SearchedRate, SearchRound } from "./search.ts";
export {
  type Interruption,
  type Standing,
  type TrainOptions,
  type TrainOutcome,
  train,
} from "./train.ts";
