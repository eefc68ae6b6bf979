/** `syngeo infer --snapshots`: the geometry of each step of a series of checkpoints, and of the whole. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { arrayFiles, isCheckpointFolder } from "../data/index.node.ts";
import { InputError } from "../errors.ts";
import { isRunFolder, runFiles } from "../experiment/index.node.ts";
import type { GeometryFit } from "../inference/index.ts";
import { type Answer, answerOf, type InferFlags, optionsOf } from "./infer-answer.node.ts";
import { writePictures } from "./infer-pictures.node.ts";
import { inferSummary } from "./infer-summary.node.ts";
import { alignedTable, figure, interruption, styled, terminalProgress } from "./terminal.node.ts";

const SNAPSHOTS_SCHEMA = "syngeo.snapshots/1";

/** One step of the series, or the whole. */
interface SeriesFit {
  /** The two ends, as they are named in the table. */
  readonly initial: string;
  readonly final: string;
  readonly fit: GeometryFit;
  readonly leftOut: Answer["leftOut"];
}

interface Series {
  /** As read. */
  readonly paths: readonly string[];
  /** As named in the table. */
  readonly names: readonly string[];
  /** Files of the folder that are no checkpoints. */
  readonly leftOut: Answer["leftOut"];
}

/**
 * Prints a row a step, then the answer from first to last.
 *
 * After Ctrl-C the steps that are done are printed, and the exit code is 130.
 *
 * @throws InputError `too-few-snapshots`, and as `answerOf`
 */
export async function inferSnapshots(given: readonly string[], flags: InferFlags): Promise<void> {
  const series = await seriesOf(given);
  const { steps, whole, answer } = await fitSeries(series, flags);
  const leftOut = series.leftOut.map(({ name, reason }) => `left out ${name}: ${reason}`);
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ schema: SNAPSHOTS_SCHEMA, steps, whole, leftOut: series.leftOut })}\n`,
    );
  } else process.stdout.write(`${[stepsTable(steps), ...leftOut].join("\n")}\n`);
  if (whole === null || answer === null) throw new DOMException("stopped", "AbortError");
  const { fit } = whole;
  const written = await writePictures(answer, fit, answer.picture, flags, async (document) => {
    const { exponentOfSteps } = await import("../plot/index.ts");
    return [
      exponentOfSteps(
        steps.map((step) => ({ label: labelOf(step), fit: step.fit })),
        { document },
      ),
    ];
  });
  if (!flags.json) {
    const heading = styled("bold", `From ${whole.initial} to ${whole.final}:`);
    process.stdout.write(`${["", heading, inferSummary(fit, whole.leftOut), ...written].join("\n")}\n`);
  }
  if (fit.verdict.status === "misfit" || fit.verdict.status === "unidentifiable") process.exitCode = 3;
}

interface FittedSeries {
  readonly steps: readonly SeriesFit[];
  /** Null after Ctrl-C. */
  readonly whole: SeriesFit | null;
  readonly answer: Answer | null;
}

/** Two checkpoints are read at a time. */
async function fitSeries({ paths, names }: Series, flags: InferFlags): Promise<FittedSeries> {
  const last = paths.length - 1;
  const steps: SeriesFit[] = [];
  const progress = terminalProgress();
  const { signal, release } = interruption();
  const fitOf = async (from: number, to: number, own: InferFlags) => {
    // The event loop sees Ctrl-C between the steps.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    progress.report({ done: steps.length, total: last + 1, label: `${names[from]} → ${names[to]}` });
    const answer = await answerOf([paths[from], paths[to]], own, optionsOf(own, undefined));
    const { fit, leftOut } = answer;
    return { answer, found: { initial: names[from], final: names[to], fit, leftOut } };
  };
  const { report, figures, ...plain } = flags;
  try {
    for (let k = 0; k < last; k++) steps.push((await fitOf(k, k + 1, plain)).found);
    const { answer, found } = await fitOf(0, last, flags);
    return { steps, whole: found, answer };
  } catch (error) {
    if (signal.aborted) return { steps, whole: null, answer: null };
    throw error;
  } finally {
    progress.end();
    release();
  }
}

async function seriesOf(given: readonly string[]): Promise<Series> {
  const [path] = given;
  const series = given.length > 1 ? { paths: given, names: given, leftOut: [] } : await seriesIn(path);
  if (series.paths.length >= 2) return series;
  throw new InputError({
    code: "too-few-snapshots",
    message: `--snapshots: expected a folder of two checkpoints or more, or the files in order, got ${series.paths.length} ("${path}"); such as syngeo infer checkpoints/ --snapshots`,
  });
}

async function seriesIn(path: string): Promise<Series> {
  if (await isRunFolder(path)) return seriesOfRun(path);
  if (!(await isCheckpointFolder(path))) return { paths: [path], names: [path], leftOut: [] };
  const { files, leftOut } = await arrayFiles(path);
  return { paths: files.map((file) => join(path, file)), names: files, leftOut };
}

/** The weights that a run started from, those it kept, and its last. */
async function seriesOfRun(folder: string): Promise<Series> {
  const kept = await readdir(join(folder, runFiles.snapshots)).catch((): string[] => []);
  const names = [
    runFiles.initial,
    ...kept.sort().map((name) => `${runFiles.snapshots}/${name}`),
    runFiles.final,
  ];
  return { paths: names.map((name) => join(folder, name)), names, leftOut: [] };
}

const labelOf = ({ initial, final }: SeriesFit) => `${initial} → ${final}`;

function stepsTable(steps: readonly SeriesFit[]): string {
  const rows = steps.map(({ fit, ...step }) => [
    labelOf({ fit, ...step }),
    fit.pairs.used.toLocaleString("en-GB"),
    figure(fit.exponent.estimate),
    fit.exponent.low === null || fit.exponent.high === null
      ? "–"
      : `[${figure(fit.exponent.low)}, ${figure(fit.exponent.high)}]`,
    fit.verdict.status === "decided" ? (fit.verdict.potential ?? "decided") : fit.verdict.status,
  ]);
  return alignedTable([["step", "pairs", "λ", "interval", "verdict"], ...rows]);
}
