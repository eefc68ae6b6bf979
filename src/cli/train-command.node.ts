/** `syngeo train`: learn in a geometry, and keep the weights before and after. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { InputError } from "../errors.ts";
import { readMetrics, readRecord, runFiles, startRun, writeWhole } from "../experiment/index.node.ts";
import { type Experiment, presetNamed, presets, type RunRecord } from "../experiment/index.ts";
import { potentialForms } from "../geometry/index.ts";
import { refuseIdleFlags } from "./idle-flags.ts";
import { alignedTable, figure, interruption, styled, terminalProgress } from "./terminal.node.ts";
import { nameOf, type RuleFlags, settingFlags, settingsOf } from "./train-settings.ts";
import { packageVersion } from "./version.node.ts";

interface TrainFlags extends Partial<RuleFlags> {
  readonly out?: string;
  readonly resume?: string;
  readonly json?: true;
}

/** More threads than this seldom help a small network. */
const MOST_THREADS = 4;

const TASKS = Object.entries(presets).map(([name, { summary }]) => `  ${name.padEnd(18)} ${summary}`);

const EXAMPLES = `
Tasks:
${TASKS.join("\n")}

Examples:
  syngeo train mnist-rnn --potential negative-entropy --hidden 100 --passes 30 --learning-rate 0.1 --seed 1 --out runs/a
  syngeo train mnist-rnn --potential negative-entropy --pretrained runs/a --samples 100 --samples-from held-out \\
      --learning-rate search --goal-accuracy 1 --out runs/b
  syngeo train r-of-k --potential eg --inputs 20000 --learning-rate search --out runs/eg
  syngeo train mnist-mlp --potential eg --bias split --initialisation log-normal --out runs/c
  syngeo train mnist-mlp --potential eg --parameter-potential "*bias*=2-norm" --out runs/d
  syngeo infer runs/b

Potentials: ${potentialForms}.
What is not given is as the task is known by; run.json lists every setting.
Exit codes: 0 done, 2 bad input, 3 diverged or goal missed, 130 stopped (Ctrl-C; what is learned is saved), 1 a fault of syngeo.`;

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description("Trains a network by mirror descent and keeps its weights before and after.")
    .argument("[task]", Object.keys(presets).join(", "))
    .option("--learning-rate <rate>", "or search, for the best of the paper's grid")
    .option("--rates <list>", "the grid that is searched")
    .option("--out <folder>", "where the run is written; runs/TASK-POTENTIAL-SEED unless given")
    .option("--resume <run>", "go on with an interrupted run, bit for bit")
    .option("--nesterov", "look ahead by one momentum buffer")
    .option(
      "--parameter-potential <glob=name>",
      "a geometry of their own for some parameters (repeatable)",
      collect,
    )
    .option("--switch <pass:name>", "another geometry from that pass on (repeatable)", collect);
  for (const { flag, help } of settingFlags) command.option(flag, help);
  command.option("--json", "print the record of the run as one JSON object (schema syngeo.run/1)");
  command.addHelpText("after", EXAMPLES);
  command.action(async (task: string | undefined, flags: TrainFlags) => {
    await runTrain(task, flags, typedFlags(command));
  });
}

/** The texts of those settings that were given, by flag. */
function typedFlags(command: Command): ReadonlyMap<string, string> {
  const typed = new Map<string, string>();
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const isSetting = settingFlags.some(({ flag }) => nameOf(flag) === option.long);
    if (isSetting && option.long && typeof value === "string") typed.set(option.long, value);
  }
  return typed;
}

async function runTrain(
  task: string | undefined,
  flags: TrainFlags,
  typed: ReadonlyMap<string, string>,
): Promise<void> {
  const experiment = flags.resume === undefined ? experimentOf(task, flags, typed) : null;
  if (experiment === null) refuseBesideResume(task, flags, typed);
  const folder = flags.resume ?? flags.out ?? defaultFolder(String(task), experiment);
  if (flags.resume !== undefined) await warnOfNewBeginning(flags.resume);
  const progress = terminalProgress();
  const { signal, release } = interruption();
  try {
    const record = await startRun(
      { folder, experiment, versions: { syngeo: packageVersion(), node: process.version } },
      { signal, onProgress: progress.report },
    );
    progress.end();
    const hasCurve = await drawCurve(folder, record);
    process.stdout.write(`${flags.json ? JSON.stringify(record) : summary(folder, record, hasCurve)}\n`);
    if (record.status === "interrupted") process.exitCode = 130;
    else if (record.status !== "done") process.exitCode = 3;
  } finally {
    progress.end();
    release();
  }
}

function experimentOf(
  task: string | undefined,
  flags: TrainFlags,
  typed: ReadonlyMap<string, string>,
): Experiment {
  if (task === undefined) {
    throw new InputError({
      code: "no-task",
      message: `train: expected a task, got none; one of ${Object.keys(presets).join(", ")}`,
    });
  }
  const preset = presetNamed(task);
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const own = { ...preset, experiment: { ...preset.experiment, threads } };
  const { parameterPotential = [], switch: switches = [] } = flags;
  const experiment = settingsOf(task, own, typed, { ...flags, parameterPotential, switch: switches });
  refuseIdleFlags(typed, experiment);
  return experiment;
}

function refuseBesideResume(
  task: string | undefined,
  flags: TrainFlags,
  typed: ReadonlyMap<string, string>,
): void {
  const others = Object.keys(flags).filter((name) => name !== "resume" && name !== "json");
  const got = task ?? [...typed.keys()][0] ?? (others.length > 0 ? `--${others[0]}` : null);
  if (got === null) return;
  throw new InputError({
    code: "beside-resume",
    message: `--resume: expected nothing beside it, got "${got}"; a run goes on with its own settings`,
  });
}

/** A run that was killed before it was first saved has nothing to go on from. */
async function warnOfNewBeginning(folder: string): Promise<void> {
  const { status, position } = await readRecord(folder);
  if (status !== "running" || position !== null) return;
  process.stderr.write(`syngeo: run "${folder}" ended before it was first saved; it begins again\n`);
}

function defaultFolder(task: string, experiment: Experiment | null): string {
  return join("runs", `${task}-${experiment?.geometry.potential}-${experiment?.seed}`.replaceAll(":", "-"));
}

/** Draws how the run learned; false where no pass has ended. */
async function drawCurve(folder: string, { status, experiment }: RunRecord): Promise<boolean> {
  const passes = await readMetrics(folder);
  if (status === "running" || passes.length === 0) return false;
  const { learningCurve, svgText } = await import("../plot/index.ts");
  const { createDocument, svgToPng } = await import("../plot/index.node.ts");
  const title = `${experiment.task.name}, ${experiment.model.name}, ${geometryText(experiment)}`;
  const svg = svgText(learningCurve(passes, title, { document: await createDocument() }), runFiles.figure);
  await writeWhole(join(folder, `${runFiles.figure}.svg`), svg);
  await writeWhole(join(folder, `${runFiles.figure}.png`), svgToPng(svg));
  return true;
}

/** The geometry of most parameters, and those after it: `2-norm, negative-entropy from pass 10`. */
function geometryText({ geometry: { potential, switches } }: Experiment): string {
  return [potential, ...switches.map((change) => `${change.potential} from pass ${change.pass}`)].join(", ");
}

function summary(folder: string, record: RunRecord, hasCurve: boolean): string {
  const { status, message, passes, learningRate, seconds, experiment } = record;
  const colour = status === "done" ? "green" : status === "diverged" ? "red" : "yellow";
  const what = `${geometryText(experiment)}, ${passes} passes, learning rate ${learningRate === null ? "none" : figure(learningRate)}, ${seconds.toFixed(1)} s`;
  return [
    `${styled(["bold", colour], status)}  ${what}`,
    ...(message === "" ? [] : [message]),
    ...resultLines(record),
    ...searchLines(record),
    "",
    `run: ${folder} (weights before and after, metrics${hasCurve ? ", learning curve" : ""})`,
    styled("dim", nextStep(folder, record)),
  ].join("\n");
}

function nextStep(folder: string, { status }: RunRecord): string {
  if (status === "interrupted") return `go on: syngeo train --resume ${folder}`;
  return status === "diverged" ? "" : `which geometry was it? syngeo infer ${folder}`;
}

const share = (value: number | null) => (value === null ? "–" : `${figure(100 * value, 4)} %`);

function resultLines({ results }: RunRecord): readonly string[] {
  if (results === null) return [];
  const { loss, accuracy, heldOutLoss, heldOutAccuracy } = results;
  const rows: MarksRow[] = [{ name: "learned from", loss: figure(loss), accuracy }];
  if (heldOutLoss !== null) {
    rows.push({ name: "held out", loss: figure(heldOutLoss), accuracy: heldOutAccuracy });
  }
  return ["", marksTable("", rows)];
}

function searchLines({ search }: RunRecord): readonly string[] {
  return search.flatMap(({ passes, rates, chosen }) => {
    const rows = rates.map(({ learningRate, loss, accuracy }) => ({
      name: `${learningRate === chosen ? "→" : " "} ${figure(learningRate)}`,
      loss: loss === null ? "diverged" : figure(loss),
      accuracy,
    }));
    return ["", `search, ${passes} passes`, marksTable("  rate", rows)];
  });
}

interface MarksRow {
  readonly name: string;
  readonly loss: string;
  readonly accuracy: number | null;
}

/** Losses, and accuracies where there are any. */
function marksTable(name: string, rows: readonly MarksRow[]): string {
  const classes = rows.some(({ accuracy }) => accuracy !== null);
  const row = (first: string, loss: string, accuracy: string) =>
    classes ? [first, loss, accuracy] : [first, loss];
  const cells = rows.map((marks) => row(marks.name, marks.loss, share(marks.accuracy)));
  return alignedTable([row(name, "loss", "accuracy"), ...cells]);
}
