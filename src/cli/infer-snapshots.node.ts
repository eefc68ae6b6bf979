/** `syngeo infer --snapshots`: the geometry of each step of a series of checkpoints, and of the whole. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { GeometryFit } from "../inference/index.ts";
import { type Answer, answerOf, type InferFlags, optionsOf } from "./infer-answer.node.ts";
import { writePictures } from "./infer-pictures.node.ts";
import { inferSummary } from "./infer-summary.node.ts";
import { type CheckpointSeries, seriesOf } from "./snapshot-series.node.ts";
import { alignedTable, figure, interruption, styled, terminalProgress } from "./terminal.node.ts";

const SNAPSHOTS_SCHEMA = "syngeo.snapshots/1";

/** One step of the series, or the whole. */
interface Step {
  /** The two ends, as they are named in the table. */
  readonly initial: string;
  readonly final: string;
  /** Null where there is no answer. */
  readonly fit: GeometryFit | null;
  /** Why there is none; null where there is one. */
  readonly reason: string | null;
  readonly leftOut: Answer["leftOut"];
}

/**
 * Prints a row a step, then the answer from first to last.
 *
 * A step without an answer, such as two checkpoints that are the same, is a row with its reason. After Ctrl-C the steps that
 * are done are printed, and the exit code is 130.
 *
 * @throws InputError `too-few-snapshots`; as `answerOf`, of the first step where no step has an answer, and of the whole
 */
export async function inferSnapshots(given: readonly string[], flags: InferFlags): Promise<void> {
  const series = await seriesOf(given);
  const { steps, whole, answer, error } = await fitSeries(series, flags);
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ schema: SNAPSHOTS_SCHEMA, steps, whole, leftOut: series.leftOut })}\n`,
    );
  } else {
    const lines = [stepsTable(steps), ...withoutAnswer(steps), ...leftOutLines(series, steps, whole)];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  if (whole === null || answer === null) throw error;
  const { fit } = answer;
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
  readonly steps: readonly Step[];
  /** Null after Ctrl-C. */
  readonly whole: Step | null;
  /** Of the whole; null where there is none. */
  readonly answer: Answer | null;
  /** Why there is no answer. */
  readonly error: unknown;
}

/** Two checkpoints are read at a time. */
async function fitSeries({ paths, names }: CheckpointSeries, flags: InferFlags): Promise<FittedSeries> {
  const last = paths.length - 1;
  const steps: Step[] = [];
  const refusals: unknown[] = [];
  const progress = terminalProgress();
  const { signal, release } = interruption();
  const fitOf = async (from: number, to: number, own: InferFlags) => {
    // The event loop sees Ctrl-C between the steps.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    const [initial, final] = [names[from], names[to]];
    progress.report({ done: steps.length, total: last + 1, label: labelOf({ initial, final }) });
    const options = optionsOf(own, undefined);
    try {
      const answer = await answerOf([paths[from], paths[to]], own, options);
      const { fit, leftOut } = answer;
      return { answer, error: null, step: { initial, final, fit, reason: null, leftOut } };
    } catch (error) {
      if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
      return { answer: null, error, step: { initial, final, fit: null, reason: error.message, leftOut: [] } };
    }
  };
  const { report, figures, ...plain } = flags;
  try {
    for (let k = 0; k < last; k++) {
      const { step, error } = await fitOf(k, k + 1, plain);
      steps.push(step);
      if (error !== null) refusals.push(error);
    }
    if (refusals.length === last) throw refusals[0];
    const { answer, step, error } = await fitOf(0, last, flags);
    return { steps, whole: step, answer, error };
  } catch (error) {
    if (signal.aborted) return { steps, whole: null, answer: null, error };
    throw error;
  } finally {
    progress.end();
    release();
  }
}

const labelOf = ({ initial, final }: Pick<Step, "initial" | "final">) => `${initial} → ${final}`;

function stepsTable(steps: readonly Step[]): string {
  const rows = steps.map((step) => [labelOf(step), ...(step.fit ? cellsOf(step.fit) : NO_ANSWER)]);
  return alignedTable([["step", "pairs", "λ", "interval", "verdict"], ...rows]);
}

const NO_ANSWER = ["–", "–", "–", "no answer"];

const cellsOf = ({ pairs, exponent, verdict }: GeometryFit) => [
  pairs.used.toLocaleString("en-GB"),
  figure(exponent.estimate),
  exponent.low === null || exponent.high === null
    ? "–"
    : `[${figure(exponent.low)}, ${figure(exponent.high)}]`,
  verdict.status === "decided" ? (verdict.potential ?? "decided") : verdict.status,
];

const withoutAnswer = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.reason === null ? [] : [`no answer for ${labelOf(step)}: ${step.reason}`]));

/** What is left out of the series, and of single steps what the answer of the whole does not say. */
function leftOutLines({ leftOut }: CheckpointSeries, steps: readonly Step[], whole: Step | null): string[] {
  const lineOf = ({ name, reason }: Answer["leftOut"][number]) => `left out ${name}: ${reason}`;
  const said = new Set(whole?.leftOut.map(lineOf));
  const labels = new Map<string, string[]>();
  for (const step of steps) {
    for (const line of step.leftOut.map(lineOf)) {
      if (!said.has(line)) labels.set(line, [...(labels.get(line) ?? []), labelOf(step)]);
    }
  }
  const ofSteps = [...labels].map(([line, places]) => `${line} (${places.join(", ")})`);
  return [...leftOut.map(lineOf), ...ofSteps];
}
