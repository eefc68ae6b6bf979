/** The regression task from many seeds and in several geometries, side by side, with what the paper measures of each. */

import type { GraphTensor, Tensors } from "../graph/index.ts";
import { stackRuns, takeRun } from "../learning/index.ts";
import { createRandom } from "../random.ts";
import { batchesOfPass, linearRegression, type Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import { initialWeights, objectiveOf } from "./experiment-network.ts";
import { createLearner, type OpenSession } from "./learner.ts";
import { type ProgressEvent, runPasses, startOfRun } from "./passes.ts";
import { presets } from "./presets.ts";
import { type SearchRound, searchRates } from "./search.ts";

/** One regression, learned from many draws of data and first weights. */
export type RegressionEnsemble = {
  readonly task: {
    /** D, inputs and so weights. */
    readonly inputs: number;
    /** N, samples. */
    readonly samples: number;
    /** c, how fast correlations decay with distance. */
    readonly power: number;
    readonly scale: number;
    /** The D of which each draw is the first part; null for `inputs`. */
    readonly largestInputs: number | null;
  };
  /** The geometries, all from the same draws. */
  readonly potentials: readonly string[];
  readonly momentum: number;
  readonly learning: {
    /** T; the rate falls to 0 along half a cosine. */
    readonly passes: number;
    /** η, or the rates of which each geometry takes the one with the least loss on one more draw. */
    readonly learningRate: Experiment["learning"]["learningRate"];
    readonly goal: {
      /** While the least loss of a search is not below it, T grows and the search is made again; null for any loss. */
      readonly loss: number | null;
      readonly extensions: number;
      readonly extraPasses: number;
    };
  };
  /** Members: how many seeds, from `seed` on; rates are searched on the seed after the last. */
  readonly seeds: number;
  readonly seed: number;
  readonly dtype: Experiment["dtype"];
};

/** What became of one seed in one geometry. */
export interface Member {
  readonly potential: string;
  readonly seed: number;
  readonly passes: number;
  readonly learningRate: number;
  /** Mean squared error of the final weights. */
  readonly loss: number;
  readonly initial: GraphTensor;
  readonly final: GraphTensor;
}

export interface EnsembleCalls {
  readonly openSession: OpenSession;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** A geometry with the rate and the passes that its search chose. */
export interface ChosenRate {
  readonly potential: string;
  readonly passes: number;
  /** Null where every rate diverged. */
  readonly learningRate: number | null;
  /** The searches, one for each number of passes; none where the rate was given. */
  readonly search: readonly SearchRound[];
}

/**
 * Inputs of seeds that learn side by side, in bytes: what stays in the processor's cache, beside a second process. Twice as
 * much takes three times as long.
 */
const SIDE_BY_SIDE = 12e6;

/** The experiment of one member: what `train` would make of its seed and rate. */
export function experimentOf(
  { task, momentum, learning, seed, dtype }: RegressionEnsemble,
  { potential, passes }: { readonly potential: string; readonly passes: number },
): Experiment {
  const { experiment } = presets["linear-regression"];
  const { inputs, samples, power, scale } = task;
  return {
    ...experiment,
    task: { name: "linear-regression", inputs, samples, power, scale },
    optimiser: { ...experiment.optimiser, momentum },
    geometry: { ...experiment.geometry, potential },
    learning: { ...experiment.learning, ...learning, passes, goal: { ...learning.goal, accuracy: null } },
    seed,
    dtype,
  };
}

/** The data of one seed and the weights it starts from, the same in every geometry. */
interface Draw {
  readonly seed: number;
  readonly task: Task;
  readonly weights: Tensors;
}

function drawOf(ensemble: RegressionEnsemble, seed: number): Draw {
  const { task: settings, dtype } = ensemble;
  const largestInputs = settings.largestInputs ?? settings.inputs;
  const random = createRandom(seed);
  const task = linearRegression({ ...settings, dtype, largestInputs }, random.stream("task"));
  const experiment = experimentOf(ensemble, { potential: "2-norm", passes: ensemble.learning.passes });
  return { seed, task, weights: initialWeights(experiment, objectiveOf(experiment, task), random) };
}

/**
 * The rate and the passes of each geometry.
 *
 * @throws what the signal was aborted with
 */
export async function chooseRates(
  ensemble: RegressionEnsemble,
  calls: EnsembleCalls,
): Promise<readonly ChosenRate[]> {
  const { learning, potentials } = ensemble;
  const { learningRate } = learning;
  if (typeof learningRate === "number") {
    return potentials.map((potential) => ({ potential, learningRate, passes: learning.passes, search: [] }));
  }
  const draw = drawOf(ensemble, ensemble.seed + ensemble.seeds);
  const chosen: ChosenRate[] = [];
  for (const potential of potentials) chosen.push(await searchOn(draw, { ensemble, potential, calls }));
  return chosen;
}

async function searchOn(
  { task, weights }: Draw,
  { ensemble, potential, calls }: { ensemble: RegressionEnsemble; potential: string; calls: EnsembleCalls },
): Promise<ChosenRate> {
  const { goal, learningRate, passes: first } = ensemble.learning;
  if (typeof learningRate === "number") throw new Error("a given rate is not searched");
  const search: SearchRound[] = [];
  for (;;) {
    const passes = first + search.length * goal.extraPasses;
    const experiment = experimentOf(ensemble, { potential, passes });
    const round = await searchRates({
      ...callsOf(calls),
      experiment,
      rates: learningRate.search,
      task,
      objective: objectiveOf(experiment, task),
      weights,
      random: createRandom(ensemble.seed),
    });
    calls.signal?.throwIfAborted();
    if (round === null) throw new Error("a search ends, or its signal is aborted");
    search.push(round);
    const least = Math.min(...round.rates.map(({ loss }) => loss ?? Number.POSITIVE_INFINITY));
    const isReached = goal.loss === null || least < goal.loss;
    if (isReached || search.length > goal.extensions) {
      return { potential, passes, learningRate: round.chosen, search };
    }
  }
}

const callsOf = ({ openSession, onProgress, signal }: EnsembleCalls) => ({ openSession, onProgress, signal });

/**
 * Trains every seed in every geometry at its rate; as many seeds side by side as is fastest.
 *
 * A member is the run that `train` makes of its `experimentOf` and seed, where `largestInputs` is 20 000, up to the rounding
 * of sums.
 *
 * @param chosen  geometries without a rate are left out
 * @throws what the signal was aborted with
 */
export async function* trainMembers(
  ensemble: RegressionEnsemble,
  chosen: readonly ChosenRate[],
  calls: EnsembleCalls,
): AsyncGenerator<Member, void> {
  const { task, dtype, seeds, seed } = ensemble;
  const bytes = task.inputs * task.samples * (dtype === "float32" ? 4 : 8);
  const groups = Math.ceil(seeds / Math.max(1, Math.floor(SIDE_BY_SIDE / bytes)));
  const together = Math.ceil(seeds / groups);
  for (let from = 0; from < seeds; from += together) {
    const count = Math.min(together, seeds - from);
    const draws = Array.from({ length: count }, (_, k) => drawOf(ensemble, seed + from + k));
    const stacked = stackDraws(draws);
    for (const { potential, passes, learningRate } of chosen) {
      if (learningRate === null) continue;
      const experiment = experimentOf(ensemble, { potential, passes });
      yield* trainDraws(draws, stacked, { experiment, rate: learningRate, calls });
    }
  }
}

/** The data of all draws, one behind the other: [runs, N, D] and [runs, N, 1]; not copied where there is one. */
function stackDraws(draws: readonly Draw[]): Task {
  const [{ task }] = draws;
  const { inputs, targets } = task.train;
  const alone = <T extends { readonly shape: readonly number[] }>(tensor: T): T => ({
    ...tensor,
    shape: [1, ...tensor.shape],
  });
  if (draws.length === 1) {
    return { ...task, train: { name: "train", inputs: alone(inputs), targets: alone(targets) } };
  }
  // Of the regression both are floating-point, which the compiler cannot know.
  const stacked = stackRuns(
    draws.map(({ task: { train } }) => ({ inputs: train.inputs, targets: train.targets }) as Tensors),
  );
  return { ...task, train: { name: "train", ...stacked } as Task["train"] };
}

async function* trainDraws(
  draws: readonly Draw[],
  stacked: Task,
  { experiment, rate, calls }: { experiment: Experiment; rate: number; calls: EnsembleCalls },
): AsyncGenerator<Member, void> {
  const { potential } = experiment.geometry;
  const { passes } = experiment.learning;
  const learner = createLearner({
    experiment,
    objective: objectiveOf(experiment, draws[0].task),
    weights: stackRuns(draws.map(({ weights }) => weights)),
    state: null,
    runs: draws.length,
    openSession: calls.openSession,
  });
  try {
    await runPasses({
      ...callsOf(calls),
      experiment,
      task: stacked,
      learner,
      rates: draws.map(() => rate),
      from: startOfRun,
      random: createRandom(experiment.seed),
      label: `${potential}: `,
      onPass: undefined,
    });
    calls.signal?.throwIfAborted();
    const state = learner.state();
    // A step gives the loss before its update, so one more, which moves nothing, has the last.
    const [batch] = batchesOfPass(stacked.train, { size: draws.length, pass: 0, random: null });
    const { losses } = await learner.step(batch, passes, new Array(draws.length).fill(0));
    for (const [k, { seed, weights }] of draws.entries()) {
      const [loss, final] = [losses[k], takeRun(state, k).weight];
      yield { potential, seed, passes, learningRate: rate, loss, initial: weights.weight, final };
    }
  } finally {
    await learner.close();
  }
}
