/** One task learned side by side: from several draws of it, and from each in several geometries and at several rates. */

import type { Tensors } from "../graph/index.ts";
import { stackRuns, takeRun } from "../learning/index.ts";
import { createRandom } from "../random.ts";
import { batchesOfPass, countExamples, type FloatTensor, type Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import type { Objective } from "./experiment-network.ts";
import { createLearner, type OpenSession } from "./learner.ts";
import { type ProgressEvent, runPasses, startOfRun } from "./passes.ts";

/** The data of several seeds and the weights that learning starts from. */
export interface Draws {
  readonly seeds: readonly number[];
  /** [draws, N, D]; not kept longer than the lessons take. */
  readonly inputs: FloatTensor;
  /** [draws, N, 1] */
  readonly targets: FloatTensor;
  /** Of each seed. */
  readonly weights: readonly Tensors[];
}

/** How to learn from a draw. */
export interface Lesson {
  readonly potential: string;
  readonly learningRate: number;
}

/** What a lesson made of a draw. */
export interface Learned {
  readonly seed: number;
  readonly initial: Tensors;
  readonly lesson: Lesson;
  /** Before the update of the last pass. */
  readonly lastLoss: number;
  /** Of the final weights. */
  readonly loss: number;
  readonly final: Tensors;
}

export interface EnsembleCalls {
  readonly openSession: OpenSession;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

export interface SideBySideOptions {
  /** All but the potential and the rate: full batches, one layer whose inputs are vectors. */
  readonly experiment: Experiment;
  readonly objective: Objective;
  readonly lessons: readonly Lesson[];
  readonly calls: EnsembleCalls;
}

export interface SideBySide {
  /**
   * Every lesson on every draw, lesson by lesson; as many draws of the same shapes at each call.
   *
   * @throws what the signal was aborted with
   */
  learn(draws: Draws, label: string): Promise<readonly Learned[]>;
  close(): Promise<void>;
}

/**
 * Prepares lessons for so many draws at once; the graph is loaded once for all calls of `learn`.
 *
 * A step multiplies the inputs of each draw by the weights of all its lessons in one product, and so reads them once.
 */
export function sideBySide(
  draws: Draws,
  { experiment, objective, lessons, calls }: SideBySideOptions,
): SideBySide {
  const { openSession, onProgress, signal } = calls;
  const runs = lessons.flatMap((lesson) => draws.seeds.map((_, draw) => ({ lesson, draw })));
  const rates = runs.map(({ lesson }) => lesson.learningRate);
  const weightsOf = ({ weights }: Draws) => stackRuns(runs.map(({ draw }) => weights[draw]));
  const learner = createLearner({
    experiment,
    objective,
    weights: weightsOf(draws),
    state: null,
    runs: runs.length,
    potentials: runs.map(({ lesson }) => lesson.potential),
    openSession,
  });
  return {
    async learn(from, label) {
      learner.restart(weightsOf(from));
      const task = taskOf(from, lessons.length);
      let lastLosses: readonly number[] = [];
      const end = await runPasses({
        experiment,
        task,
        learner,
        rates,
        from: startOfRun,
        random: createRandom(experiment.seed),
        label,
        onProgress,
        onPass: async ({ losses }) => {
          lastLosses = losses;
        },
        signal,
      });
      signal?.throwIfAborted();
      if (end.kind === "diverged") lastLosses = rates.map(() => Number.NaN);
      const state = learner.state();
      // A step gives the loss before its update, so one more, which moves nothing, has the last.
      const [batch] = batchesOfPass(task.train, { size: countExamples(task.train), pass: 0, random: null });
      const { losses } = await learner.step(
        batch,
        experiment.learning.passes,
        rates.map(() => 0),
      );
      return runs.map(({ lesson, draw }, k) => ({
        lesson,
        seed: from.seeds[draw],
        initial: from.weights[draw],
        lastLoss: lastLosses[k],
        loss: losses[k],
        final: takeRun(state, k),
      }));
    },
    close: () => learner.close(),
  };
}

/** The data as a task: of one draw its own, of several all of them, with the targets again for each lesson. */
function taskOf({ seeds, inputs, targets }: Draws, lessons: number): Task {
  const [, ...one] = inputs.shape;
  const [, ...labels] = targets.shape;
  const train =
    seeds.length === 1
      ? { inputs: { ...inputs, shape: one }, targets: { ...targets, shape: labels } }
      : { inputs, targets: repeat(targets, lessons) };
  return {
    name: "side-by-side",
    classes: null,
    train: { name: "train", ...train },
    validation: null,
    heldOut: null,
  };
}

/** [draws, ...] as often as given, one behind the other. */
function repeat(tensor: FloatTensor, times: number): FloatTensor {
  const [draws, ...shape] = tensor.shape;
  const { whole } = stackRuns(new Array<Tensors>(times).fill({ whole: tensor }));
  // Of the type of its parts, which the compiler cannot follow.
  return { ...whole, shape: [times * draws, ...shape] } as FloatTensor;
}
