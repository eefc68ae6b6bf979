/** The regression task from many seeds and in several geometries, side by side, with what the paper measures of each. */

import type { GraphTensor } from "../graph/index.ts";
import { createRandom } from "../random.ts";
import { regressionDraws } from "../task/index.ts";
import {
  type Draws,
  type EnsembleCalls,
  type Learned,
  type Lesson,
  type SideBySide,
  type SideBySideOptions,
  sideBySide,
} from "./draws-side-by-side.ts";
import type { Experiment } from "./experiment.ts";
import { initialWeights, type Objective, objectiveOf } from "./experiment-network.ts";
import { presets } from "./presets.ts";
import { leastLoss, roundOf, type SearchedRate, type SearchRound } from "./search.ts";

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

/** A geometry with the rate and the passes that its search chose. */
export interface ChosenRate {
  readonly potential: string;
  readonly passes: number;
  /** Null where every rate diverged. */
  readonly learningRate: number | null;
  /** The searches, one for each number of passes; none where the rate was given. */
  readonly search: readonly SearchRound[];
}

/** Inputs of seeds that learn side by side, in bytes: what stays in the processor's cache, beside a second process. */
const SIDE_BY_SIDE = 4e6;

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

/** Makes the draws of seeds; what they share is prepared once. */
interface Source {
  readonly objective: Objective;
  draw(seeds: readonly number[]): Draws;
}

function sourceOf(ensemble: RegressionEnsemble): Source {
  const { task, dtype, learning } = ensemble;
  const largestInputs = task.largestInputs ?? task.inputs;
  const data = regressionDraws({ ...task, dtype, largestInputs });
  const experiment = experimentOf(ensemble, { potential: "2-norm", passes: learning.passes });
  const train = { inputs: { shape: [task.samples, task.inputs] }, targets: { shape: [task.samples, 1] } };
  const objective = objectiveOf(experiment, { classes: null, train });
  return {
    objective,
    draw(seeds) {
      const randoms = seeds.map(createRandom);
      return {
        seeds,
        ...data.draw(randoms.map((random) => random.stream("task"))),
        weights: randoms.map((random) => initialWeights(experiment, objective, random)),
      };
    },
  };
}

/**
 * The rate and the passes of each geometry: all rates in all geometries learn side by side from one draw.
 *
 * @throws what the signal was aborted with
 */
export async function chooseRates(
  ensemble: RegressionEnsemble,
  calls: EnsembleCalls,
): Promise<readonly ChosenRate[]> {
  const { learning, potentials } = ensemble;
  const { learningRate, goal } = learning;
  if (typeof learningRate === "number") {
    return potentials.map((potential) => ({ potential, learningRate, passes: learning.passes, search: [] }));
  }
  const { objective, draw } = sourceOf(ensemble);
  const draws = draw([ensemble.seed + ensemble.seeds]);
  const searches = new Map(potentials.map((potential): [string, SearchRound[]] => [potential, []]));
  let missed = potentials;
  for (let extension = 0; missed.length > 0 && extension <= goal.extensions; extension++) {
    const passes = learning.passes + extension * goal.extraPasses;
    const experiment = experimentOf(ensemble, { potential: missed[0], passes });
    const lessons = missed.flatMap((potential) =>
      learningRate.search.map((rate) => ({ potential, learningRate: rate })),
    );
    const rounds = await searchOn(draws, { experiment, objective, lessons, calls });
    for (const [potential, round] of rounds) searches.get(potential)?.push(round);
    missed = Array.from(rounds).flatMap(([potential, round]) =>
      goal.loss !== null && leastLoss(round) >= goal.loss ? [potential] : [],
    );
  }
  return Array.from(searches, ([potential, search]) => {
    const { passes, chosen } = search[search.length - 1];
    return { potential, passes, learningRate: chosen, search };
  });
}

/** One round for each geometry of the lessons. */
async function searchOn(draws: Draws, options: SideBySideOptions): Promise<ReadonlyMap<string, SearchRound>> {
  const together = sideBySide(draws, options);
  const rates = new Map<string, SearchedRate[]>();
  try {
    for (const { lesson, lastLoss } of await together.learn(draws, "search: ")) {
      const { potential, learningRate } = lesson;
      const loss = Number.isFinite(lastLoss) ? lastLoss : null;
      rates.set(potential, [...(rates.get(potential) ?? []), { learningRate, loss, accuracy: null }]);
    }
  } finally {
    await together.close();
  }
  const { passes } = options.experiment.learning;
  return new Map(Array.from(rates, ([potential, own]) => [potential, roundOf(passes, own)]));
}

/**
 * Trains every seed in every geometry at its rate: all geometries side by side, and as many seeds as is fastest.
 *
 * A member is the run that `train` makes of its `experimentOf` and seed, where `largestInputs` is 20 000, up to the rounding
 * of sums. Members come seed by seed, and of each seed in the order of `chosen`.
 *
 * @param chosen  geometries without a rate are left out
 * @throws what the signal was aborted with
 */
export async function* trainMembers(
  ensemble: RegressionEnsemble,
  chosen: readonly ChosenRate[],
  calls: EnsembleCalls,
): AsyncGenerator<Member, void> {
  const { seeds, seed } = ensemble;
  const together = seedsTogether(ensemble);
  const courses = coursesOf(chosen);
  const { objective, draw } = sourceOf(ensemble);
  const opened = new Map<string, SideBySide>();
  try {
    for (let from = 0; from < seeds; from += together) {
      const count = Math.min(together, seeds - from);
      const draws = draw(Array.from({ length: count }, (_, k) => seed + from + k));
      const members: Member[] = [];
      for (const { passes, lessons } of courses) {
        const key = `${passes} ${count}`;
        const experiment = experimentOf(ensemble, { potential: lessons[0].potential, passes });
        const course = opened.get(key) ?? sideBySide(draws, { experiment, objective, lessons, calls });
        opened.set(key, course);
        for (const learned of await course.learn(draws, `seed ${seed + from}: `)) {
          members.push(memberOf(learned, passes));
        }
      }
      const place = ({ potential }: Member) => chosen.findIndex((one) => one.potential === potential);
      yield* members.sort((a, b) => a.seed - b.seed || place(a) - place(b));
    }
  } finally {
    for (const course of opened.values()) await course.close();
  }
}

/** How many seeds learn side by side: groups of one size as far as that goes, so that few graphs are loaded. */
function seedsTogether({ task, dtype, seeds }: RegressionEnsemble): number {
  const bytes = task.inputs * task.samples * (dtype === "float32" ? 4 : 8);
  const most = Math.max(1, Math.floor(SIDE_BY_SIDE / bytes));
  return Math.ceil(seeds / Math.ceil(seeds / most));
}

/** The geometries that have the same number of passes, together. */
function coursesOf(chosen: readonly ChosenRate[]) {
  const courses = new Map<number, Lesson[]>();
  for (const { passes, potential, learningRate } of chosen) {
    if (learningRate === null) continue;
    courses.set(passes, [...(courses.get(passes) ?? []), { potential, learningRate }]);
  }
  return Array.from(courses, ([passes, lessons]) => ({ passes, lessons }));
}

function memberOf({ lesson, seed, initial, loss, final }: Learned, passes: number): Member {
  return { ...lesson, seed, passes, loss, initial: initial.weight, final: final.weight };
}
