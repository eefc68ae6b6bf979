/** Learning over passes: batches, rates, metrics, and the ways in which it ends. */

import type { Random } from "../random.ts";
import { batchesOfPass, countBatches, countExamples, type Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import { accuracyOf, joinMarks, type Learner, type Marks } from "./learner.ts";
import { scheduleOf } from "./optimiser.ts";

/** How far a call has come; `label` says what is going on, in words. */
export interface ProgressEvent {
  readonly done: number;
  readonly total: number;
  readonly label: string;
}

/** Where a run stands between two steps; with the state of the learner it can go on from there. */
export interface Position {
  /** The pass under way, from 0. */
  readonly pass: number;
  /** Batches of it that are done. */
  readonly batches: number;
  /** Their marks: one entry a batch. */
  readonly marks: readonly { readonly size: number; readonly marks: Marks }[];
}

/** What one pass gave. Loss and accuracy are means over its batches, each before its update. */
export interface PassMetrics {
  readonly pass: number;
  /** Steps so far. */
  readonly steps: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly accuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly heldOutAccuracy: number | null;
  /** Seconds since the beginning of these passes. */
  readonly seconds: number;
}

/** How passes ended: all done, stopped by the caller, or because a loss was no finite number. */
export type PassesEnd =
  | { readonly kind: "done" }
  | { readonly kind: "interrupted"; readonly position: Position }
  | { readonly kind: "diverged"; readonly pass: number; readonly step: number; readonly loss: number };

export interface PassesOptions {
  readonly experiment: Experiment;
  readonly task: Task;
  readonly learner: Learner;
  /** One rate a run. */
  readonly rates: readonly number[];
  readonly from: Position;
  /** Shuffles the batches. */
  readonly random: Random;
  readonly label: string;
  readonly onProgress: ((event: ProgressEvent) => void) | undefined;
  /** After every pass; its promise is waited for. */
  readonly onPass: ((marks: Marks, steps: number, pass: number) => Promise<void>) | undefined;
  readonly signal: AbortSignal | undefined;
}

export const startOfRun: Position = { pass: 0, batches: 0, marks: [] };

/** How often messages from outside are let in, in milliseconds. */
const BREATH_EVERY = 50;

/**
 * All passes from a position on. Runs side by side end together: one that has diverged learns nothing more, and only when
 * all have is it an end.
 */
export async function runPasses(options: PassesOptions): Promise<PassesEnd> {
  const { experiment, task, learner, rates, from, signal } = options;
  const { passes, batch: size } = experiment.learning;
  const whole = size >= countExamples(task.train);
  const random = whole ? null : options.random;
  const each = countBatches(task.train, { size, pass: 0, random });
  const schedules = rates.map((rate) => scheduleOf(experiment, rate));
  const breathe = breather();
  for (let pass = from.pass; pass < passes; pass++) {
    const resumed = pass === from.pass ? from : { ...startOfRun, pass };
    const marks = [...resumed.marks];
    const ratesOfPass = schedules.map((schedule) => schedule(pass));
    const batches = batchesOfPass(task.train, { size, pass, random, dtype: experiment.dtype });
    let done = 0;
    for (const batch of batches) {
      // The order is a function of seed and pass, so what was done before is passed over.
      if (done++ < resumed.batches) continue;
      if (signal?.aborted) return { kind: "interrupted", position: { pass, batches: done - 1, marks } };
      const result = await learner.step(batch, pass, ratesOfPass);
      marks.push({ size: batch.indices.length, marks: result });
      const step = pass * each + done;
      if (!result.losses.some(Number.isFinite)) {
        return { kind: "diverged", pass, step, loss: result.losses[0] };
      }
      options.onProgress?.({
        done: step,
        total: passes * each,
        label: labelOf(options, pass, result, batch.indices.length),
      });
      await breathe();
    }
    await options.onPass?.(joinMarks(marks, rates.length), (pass + 1) * each, pass);
  }
  return { kind: "done" };
}

function labelOf({ label, experiment }: PassesOptions, pass: number, marks: Marks, size: number): string {
  const best = Math.min(...marks.losses.filter(Number.isFinite));
  const correct =
    marks.correct === null ? "" : `  accuracy ${((100 * Math.max(...marks.correct)) / size).toFixed(1)} %`;
  const several = marks.losses.length > 1 ? "best loss" : "loss";
  return `${label}pass ${pass + 1} of ${experiment.learning.passes}  ${several} ${best.toPrecision(3)}${correct}`;
}

/** Waits for a turn of the event loop now and then, because steps alone would keep messages out. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_EVERY) return;
    await new Promise((resume) => setTimeout(resume, 0));
    last = performance.now();
  };
}

/** The line of a pass for `metrics.jsonl`; the held-out examples are looked at now. */
export async function metricsOf(
  { experiment, task, learner, rates }: Pick<PassesOptions, "experiment" | "task" | "learner" | "rates">,
  { marks, steps, pass, seconds }: { marks: Marks; steps: number; pass: number; seconds: number },
): Promise<PassMetrics> {
  const heldOut = task.heldOut === null ? null : await learner.evaluate(task.heldOut);
  return {
    pass,
    steps,
    learningRate: scheduleOf(experiment, rates[0])(pass),
    loss: marks.losses[0],
    accuracy: accuracyOf(marks, task.train),
    heldOutLoss: heldOut?.losses[0] ?? null,
    heldOutAccuracy: heldOut === null || task.heldOut === null ? null : accuracyOf(heldOut, task.heldOut),
    seconds,
  };
}
