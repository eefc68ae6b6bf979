/** A run from settings to a folder, in this thread. */

import { appendFile, mkdir, readFile as readText } from "node:fs/promises";
import { join } from "node:path";
import { openSession } from "../graph/index.node.ts";
import type { Tensors } from "../graph/index.ts";
import { readIdxDigits, readPackagedDigits } from "../task/index.node.ts";
import type { Experiment } from "./experiment.ts";
import type { DigitSets } from "./experiment-task.ts";
import type { PassMetrics, ProgressEvent } from "./passes.ts";
import {
  createRunFolder,
  readRecord,
  readTensors,
  runFiles,
  writeRecord,
  writeTensors,
  writeWhole,
} from "./run-folder.node.ts";
import { RUN_SCHEMA, type RunRecord } from "./run-record.ts";
import { type Interruption, type TrainOutcome, train } from "./train.ts";

/** Where a run is written, and what makes it: new settings, or an interrupted run to go on with. */
export interface RunRequest {
  readonly folder: string;
  /** Null to go on with the run that the folder holds. */
  readonly experiment: Experiment | null;
  /** Of the software, kept in the record. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface RunCalls {
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs an experiment and writes its folder: `run.json`, `initial.safetensors`, `final.safetensors`, `state.safetensors`,
 * `metrics.jsonl` (a line a pass) and snapshots. Training blocks the thread that it is on; `startRun` takes another.
 *
 * @throws InputError for settings that do not fit, missing digits or runs, a folder that is not empty or writable
 */
export async function runExperiment(request: RunRequest, calls: RunCalls = {}): Promise<RunRecord> {
  const { folder, versions } = request;
  const before = request.experiment === null ? await readRecord(folder) : null;
  const experiment = request.experiment ?? before?.experiment;
  if (experiment === undefined) throw new Error("a run needs settings");
  if (before !== null && before.status === "done") return before;
  const resume = before === null ? null : await interruptionOf(folder, before);
  const digits = await digitsOf(experiment);
  const pretrained = await pretrainedOf(experiment);
  if (before === null) await createRunFolder(folder);
  if (resume === null) await writeWhole(join(folder, runFiles.metrics), "");
  const started = performance.now();
  const beginning: RunRecord = {
    schema: RUN_SCHEMA,
    experiment,
    status: "running",
    message: "under way, or killed",
    passes: experiment.learning.passes,
    learningRate: null,
    search: [],
    results: null,
    position: null,
    versions,
    started: before?.started ?? new Date().toISOString(),
    seconds: before?.seconds ?? 0,
  };
  const outcome = await train({
    ...calls,
    experiment,
    digits,
    pretrained,
    resume,
    openSession,
    onInitial: async (weights) => {
      await writeTensors(join(folder, runFiles.initial), weights);
      await writeRecord(folder, beginning);
    },
    onPass: (metrics, weights) => keepPass(folder, experiment, metrics, weights),
  });
  return finish(folder, beginning, outcome, (performance.now() - started) / 1000);
}

/** One line of metrics, and the weights where a snapshot is due. A new round of the run begins the metrics anew. */
async function keepPass(
  folder: string,
  { snapshots }: Experiment,
  metrics: PassMetrics,
  weights: () => Tensors,
): Promise<void> {
  const path = join(folder, runFiles.metrics);
  const line = `${JSON.stringify(metrics)}\n`;
  if (metrics.pass === 0) await writeWhole(path, line);
  else await appendFile(path, line);
  if (snapshots === null || (metrics.pass + 1) % snapshots !== 0) return;
  await mkdir(join(folder, runFiles.snapshots), { recursive: true });
  const name = `pass-${String(metrics.pass + 1).padStart(5, "0")}.safetensors`;
  await writeTensors(join(folder, runFiles.snapshots, name), weights());
}

async function finish(
  folder: string,
  beginning: RunRecord,
  outcome: TrainOutcome,
  seconds: number,
): Promise<RunRecord> {
  const { status, message, passes, learningRate, search, results, position } = outcome;
  await writeTensors(join(folder, runFiles.final), outcome.final);
  await writeTensors(join(folder, runFiles.state), outcome.state);
  const record: RunRecord = {
    ...beginning,
    status,
    message,
    passes,
    learningRate,
    search,
    results,
    position,
    seconds: beginning.seconds + seconds,
  };
  await writeRecord(folder, record);
  return record;
}

/** Where a stopped run goes on; null where it stopped before its first step and begins again. */
async function interruptionOf(folder: string, record: RunRecord): Promise<Interruption | null> {
  const { position, learningRate, passes, search } = record;
  if (record.status !== "interrupted" || position === null || learningRate === null) return null;
  return { passes, learningRate, position, search, state: await readTensors(join(folder, runFiles.state)) };
}

async function digitsOf({ task }: Experiment): Promise<DigitSets | null> {
  if (task.name !== "digits") return null;
  if (task.folder === null) return { train: await readPackagedDigits(), heldOut: null };
  const { folder } = task;
  const read = (name: string) =>
    readIdxDigits(join(folder, `${name}-images-idx3-ubyte`), join(folder, `${name}-labels-idx1-ubyte`));
  return { train: await read("train"), heldOut: await read("t10k") };
}

async function pretrainedOf({ pretrained }: Experiment): Promise<Tensors | null> {
  if (pretrained === null) return null;
  await readRecord(pretrained);
  return readTensors(join(pretrained, runFiles.final));
}

/** The metrics of a run, a record a pass. */
export async function readMetrics(folder: string): Promise<readonly PassMetrics[]> {
  const text = await readText(join(folder, runFiles.metrics), "utf8");
  // Written line by line by this program.
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as PassMetrics);
}
