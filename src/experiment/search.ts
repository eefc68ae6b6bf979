/** The search for a learning rate: the same first weights and batches at every rate, side by side where shapes allow. */

import { sizeOf, type Tensors } from "../graph/index.ts";
import { stackRuns } from "../learning/index.ts";
import type { Random } from "../random.ts";
import { countExamples, type Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Objective } from "./experiment-network.ts";
import { accuracyOf, createLearner, type Learner, type Marks, type OpenSession } from "./learner.ts";
import { type ProgressEvent, runPasses, startOfRun } from "./passes.ts";

/** What one rate led to. */
export interface SearchedRate {
  readonly learningRate: number;
  /** Of the last pass: on the validation examples where the task has them, else while learning; null where it diverged. */
  readonly loss: number | null;
  /** Of the same; null where answers are no classes. */
  readonly accuracy: number | null;
}

/** One search with a number of passes. */
export interface SearchRound {
  readonly passes: number;
  readonly rates: readonly SearchedRate[];
  /** The rate with the least loss; null where all diverged. */
  readonly chosen: number | null;
}

export interface SearchOptions {
  readonly experiment: Experiment;
  readonly rates: readonly number[];
  readonly task: Task;
  readonly objective: Objective;
  readonly weights: Tensors;
  readonly random: Random;
  readonly openSession: OpenSession;
  readonly onProgress: ((event: ProgressEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Tries every rate for all passes. Null where the caller stopped it. */
export async function searchRates(options: SearchOptions): Promise<SearchRound | null> {
  const { rates, experiment } = options;
  const groups = isWorthwhile(options) ? [rates] : rates.map((rate) => [rate]);
  const searched: SearchedRate[] = [];
  for (const [k, group] of groups.entries()) {
    const label = groups.length === 1 ? "search: " : `search ${k + 1}/${groups.length}: `;
    const found = await searchGroup(options, group, label);
    if (found === null) return null;
    searched.push(...found);
  }
  return roundOf(experiment.learning.passes, searched);
}

/** A search by what its rates led to. */
export function roundOf(passes: number, rates: readonly SearchedRate[]): SearchRound {
  const finite = rates.filter(({ loss }) => loss !== null);
  const best = finite.reduce<SearchedRate | null>(
    (least, rate) => (least === null || Number(rate.loss) < Number(least.loss) ? rate : least),
    null,
  );
  return { passes, rates, chosen: best?.learningRate ?? null };
}

/** The least loss of a search; infinite where every rate diverged. */
export function leastLoss({ rates }: SearchRound): number {
  return Math.min(...rates.map(({ loss }) => loss ?? Number.POSITIVE_INFINITY));
}

/** Multiplications of one step forward above which a run keeps the processor busy by itself (break-even measured at 3e6). */
const BUSY = 2e6;

/**
 * Side by side pays where a run is small, and where runs share the reading of their inputs, as one layer does; larger
 * networks go faster one by one, because their activity no longer fits into the processor's cache.
 */
function isWorthwhile({ experiment, task, objective: { network } }: SearchOptions): boolean {
  if (!network.sideBySide) return false;
  if (experiment.model.name === "linear") return true;
  const matrices = Object.values(network.parameters).filter(({ shape }) => shape.length > 1);
  const weights = matrices.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const examples = Math.min(experiment.learning.batch, countExamples(task.train));
  const steps = experiment.model.name === "rnn" ? task.train.inputs.shape[1] : 1;
  return weights * examples * steps < BUSY;
}

async function searchGroup(
  options: SearchOptions,
  rates: readonly number[],
  label: string,
): Promise<readonly SearchedRate[] | null> {
  const { task, weights } = options;
  const runs = rates.length === 1 ? null : rates.length;
  const stacked = runs === null ? weights : stackRuns(rates.map(() => weights));
  const learner = createLearner({ ...options, weights: stacked, state: null, runs });
  try {
    let last: Marks | null = null;
    const keep = async (marks: Marks) => {
      last = marks;
    };
    const end = await runPasses({ ...options, learner, rates, label, from: startOfRun, onPass: keep });
    if (end.kind === "interrupted") return null;
    if (end.kind === "diverged") return rates.map(diverged);
    const judged = await judgedBy(task, learner, last);
    return rates.map((learningRate, run) => rateOf(learningRate, run, judged));
  } finally {
    await learner.close();
  }
}

interface Judged {
  readonly marks: Marks;
  readonly accuracy: (run: number) => number | null;
}

async function judgedBy(task: Task, learner: Learner, last: Marks | null): Promise<Judged | null> {
  const examples = task.validation ?? task.train;
  const marks = task.validation === null ? last : await learner.evaluate(task.validation);
  return marks === null ? null : { marks, accuracy: (run) => accuracyOf(marks, examples, run) };
}

const diverged = (learningRate: number): SearchedRate => ({ learningRate, loss: null, accuracy: null });

function rateOf(learningRate: number, run: number, judged: Judged | null): SearchedRate {
  const loss = judged?.marks.losses[run];
  if (judged === null || loss === undefined || !Number.isFinite(loss)) return diverged(learningRate);
  return { learningRate, loss, accuracy: judged.accuracy(run) };
}
