/** One task learned side by side: from several draws of it, and from each in several geometries and at several rates. */

import type { Tensors } from "../graph/index.ts";
import { stackRuns, takeRun } from "../learning/index.ts";
import { createRandom } from "../random.ts";
import { batchesOfPass, countExamples, type Task } from "../task/index.ts";
import type { Experiment } from "./experiment.ts";
import { objectiveOf } from "./experiment-network.ts";
import { createLearner, type OpenSession } from "./learner.ts";
import { type ProgressEvent, runPasses, startOfRun } from "./passes.ts";

/** The data of one seed and the weights that learning starts from. */
export interface Draw {
  readonly seed: number;
  readonly task: Task;
  readonly weights: Tensors;
}

/** How to learn from a draw. */
export interface Lesson {
  readonly potential: string;
  readonly learningRate: number;
}

/** What a lesson made of a draw. */
export interface Learned {
  readonly draw: Draw;
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
  readonly lessons: readonly Lesson[];
  readonly calls: EnsembleCalls;
}

export interface SideBySide {
  /**
   * Every lesson on every draw, lesson by lesson; as many draws of the same shapes at each call.
   *
   * @throws what the signal was aborted with
   */
  learn(draws: readonly Draw[], label: string): Promise<readonly Learned[]>;
  close(): Promise<void>;
}

/**
 * Prepares lessons for so many draws at once; the graph is loaded once for all calls of `learn`.
 *
 * A step multiplies the inputs of each draw by the weights of all its lessons in one product, and so reads them once.
 */
export function sideBySide(
  draws: readonly Draw[],
  { experiment, lessons, calls }: SideBySideOptions,
): SideBySide {
  const { openSession, onProgress, signal } = calls;
  const runsOf = (of: readonly Draw[]) => lessons.flatMap((lesson) => of.map((draw) => ({ lesson, draw })));
  const weightsOf = (of: readonly Draw[]) => stackRuns(runsOf(of).map(({ draw }) => draw.weights));
  const runs = runsOf(draws);
  const rates = runs.map(({ lesson }) => lesson.learningRate);
  const learner = createLearner({
    experiment,
    objective: objectiveOf(experiment, draws[0].task),
    weights: weightsOf(draws),
    state: null,
    runs: runs.length,
    potentials: runs.map(({ lesson }) => lesson.potential),
    openSession,
  });
  return {
    async learn(from, label) {
      learner.restart(weightsOf(from));
      const task = stackTasks(from, lessons.length);
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
      return runsOf(from).map((run, k) => ({
        ...run,
        lastLoss: lastLosses[k],
        loss: losses[k],
        final: takeRun(state, k),
      }));
    },
    close: () => learner.close(),
  };
}

/** The data of all draws: inputs [draws, N, D] and, for each lesson again, targets [lessons · draws, N, 1]; of one draw its own. */
function stackTasks(draws: readonly Draw[], lessons: number): Task {
  const [{ task }] = draws;
  if (draws.length === 1) return task;
  // Of the regression both are floating-point, which the compiler cannot know.
  const inputs = stackRuns(draws.map(({ task: { train } }) => ({ inputs: train.inputs }) as Tensors));
  const targets = stackRuns(
    new Array(lessons)
      .fill(draws)
      .flat()
      .map(({ task: { train } }) => ({ targets: train.targets }) as Tensors),
  );
  return { ...task, train: { name: "train", ...inputs, ...targets } as Task["train"] };
}
