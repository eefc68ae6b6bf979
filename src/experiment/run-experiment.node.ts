/** A run from settings to a folder, in this thread. */

import { appendFile, mkdir, readFile as readText } from "node:fs/promises";
import { join } from "node:path";
import { openSession } from "../graph/index.node.ts";
import type { Tensors } from "../graph/index.ts";
import { readDigitSets } from "./digit-sets.node.ts";
import type { Experiment } from "./experiment.ts";
import type { PassMetrics, ProgressEvent } from "./passes.ts";
import { pretrainedOf } from "./pretrained.node.ts";
import { runFiles } from "./run-files.ts";
import {
  createRunFolder,
  readRecord,
  readTensors,
  requireNewFolder,
  writeRecord,
  writeTensors,
  writeWhole,
} from "./run-folder.node.ts";
import { RUN_SCHEMA, type RunRecord } from "./run-record.ts";
import { type Interruption, type Standing, type TrainOutcome, train } from "./train.ts";

/** Where a run is written, and what makes it: new settings, or an interrupted run to go on with. */
export interface RunRequest {
  readonly folder: string;
  /** Null to go on with the run that the folder holds. */
  readonly experiment: Experiment | null;
  /** Where the pretrained run is now, if the settings name it by the place that it will have. */
  readonly pretrained?: string;
  /** Of the software, kept in the record. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface RunCalls {
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** How often a run under way is saved, in milliseconds, so that little is lost where it is killed. */
const SAVED_EVERY = 10_000;

/**
 * Runs an experiment and writes its folder: `run.json`, `initial.safetensors`, `final.safetensors`, `state.safetensors`,
 * `metrics.jsonl` (a line a pass) and snapshots. Nothing is written before the settings are known to fit together.
 *
 * A run that was stopped goes on where it stood, one that was killed where it was last saved; one that has ended is not
 * run again. Training blocks the thread that it is on; `startRun` takes another.
 *
 * @throws InputError for settings that do not fit, missing digits or runs, a folder that is not empty or writable
 */
export async function runExperiment(request: RunRequest, calls: RunCalls = {}): Promise<RunRecord> {
  const { folder } = request;
  const before = request.experiment === null ? await readRecord(folder) : null;
  if (before !== null && before.status !== "running" && before.status !== "interrupted") return before;
  const experiment = request.experiment ?? before?.experiment;
  if (experiment === undefined) throw new Error("a run needs settings");
  if (before === null) await requireNewFolder(folder);
  const digits = await readDigitSets(experiment);
  const pretrained = await pretrainedOf({
    ...experiment,
    pretrained: request.pretrained ?? experiment.pretrained,
  });
  const resume = before === null ? null : await interruptionOf(folder, before);
  const keeper = keeperOf(request, experiment, before);
  const outcome = await train({
    ...calls,
    experiment,
    digits,
    pretrained,
    resume,
    openSession,
    onInitial: keeper.begin,
    onPass: keeper.keepPass,
  });
  return keeper.finish(outcome);
}

/** What writes the folder of a run, from its beginning or from where an earlier call left it. */
function keeperOf({ folder, versions }: RunRequest, experiment: Experiment, before: RunRecord | null) {
  const place = (name: string) => join(folder, name);
  const started = performance.now();
  let saved = started;
  const recordOf = (standing: Partial<RunRecord>): RunRecord => ({
    ...beginningOf(experiment, versions, before),
    seconds: (before?.seconds ?? 0) + (performance.now() - started) / 1000,
    ...standing,
  });
  const keep = async (state: Tensors, standing: Partial<RunRecord>) => {
    // A record never points to a state of another moment.
    await writeRecord(folder, recordOf({}));
    await writeTensors(place(runFiles.state), state);
    const record = recordOf(standing);
    await writeRecord(folder, record);
    return record;
  };
  const save = async ({ search, learning }: Interruption) => {
    if (learning === null) return;
    const { state, ...standing } = learning;
    await keep(state, { search, ...standing });
    saved = performance.now();
  };
  return {
    begin: async (weights: Tensors) => {
      await createRunFolder(folder);
      await writeWhole(place(runFiles.metrics), "");
      await writeTensors(place(runFiles.initial), weights);
      await writeRecord(folder, recordOf({}));
    },
    keepPass: async (metrics: PassMetrics, standing: Standing) => {
      await keepMetrics(folder, metrics);
      await keepSnapshot(folder, experiment, metrics, standing);
      if (metrics.pass === 0 || performance.now() - saved > SAVED_EVERY) await save(standing.interruption());
    },
    finish: async ({ initial: _, final, state, ...outcome }: TrainOutcome): Promise<RunRecord> => {
      await writeTensors(place(runFiles.final), final);
      return keep(state, outcome);
    },
  };
}

function beginningOf(
  experiment: Experiment,
  versions: RunRequest["versions"],
  before: RunRecord | null,
): RunRecord {
  return {
    schema: RUN_SCHEMA,
    experiment,
    status: "running",
    message: "under way, or killed; --resume goes on where it was last saved",
    passes: experiment.learning.passes,
    learningRate: null,
    search: [],
    results: null,
    position: null,
    versions,
    started: before?.started ?? new Date().toISOString(),
    seconds: 0,
  };
}

/** One line of metrics. A new round of the run begins them anew. */
async function keepMetrics(folder: string, metrics: PassMetrics): Promise<void> {
  const path = join(folder, runFiles.metrics);
  const line = `${JSON.stringify(metrics)}\n`;
  if (metrics.pass === 0) await writeWhole(path, line);
  else await appendFile(path, line);
}

async function keepSnapshot(
  folder: string,
  { snapshots }: Experiment,
  { pass }: PassMetrics,
  standing: Standing,
): Promise<void> {
  if (snapshots === null || (pass + 1) % snapshots !== 0) return;
  await mkdir(join(folder, runFiles.snapshots), { recursive: true });
  const name = `pass-${String(pass + 1).padStart(5, "0")}.safetensors`;
  await writeTensors(join(folder, runFiles.snapshots, name), standing.weights());
}

/** Where a run goes on; null where nothing of its learning was saved, and it begins again. */
async function interruptionOf(folder: string, record: RunRecord): Promise<Interruption | null> {
  const { position, learningRate, passes, search } = record;
  if (position === null || learningRate === null) {
    return search.length === 0 ? null : { search, learning: null };
  }
  const path = join(folder, runFiles.metrics);
  // Passes that ended after the run was last saved come again.
  const lines = (await readText(path, "utf8")).split("\n").slice(0, position.pass);
  await writeWhole(path, lines.map((line) => `${line}\n`).join(""));
  const state = await readTensors(join(folder, runFiles.state));
  return { search, learning: { passes, learningRate, position, state } };
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
