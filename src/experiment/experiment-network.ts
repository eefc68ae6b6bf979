/** From the settings of an experiment to its network, its loss and its first weights. */

import { type GraphTensor, Sub, Transpose, type Value } from "../graph/index.ts";
import {
  binaryCrossEntropy,
  convolutionalNetwork,
  crossEntropy,
  initialise,
  type Layer,
  type Loss,
  linear,
  meanSquaredError,
  multilayerPerceptron,
  type Named,
  recurrentNetwork,
} from "../network/index.ts";
import type { Random } from "../random.ts";
import type { Task } from "../task/index.ts";
import type { Experiment, TaskSettings } from "./experiment.ts";

/** A network with what it is judged by. */
export interface Objective {
  readonly network: Layer;
  /** Inputs as the examples have them, a batch of them first; targets likewise. */
  lossOf(weights: Named<Value>, inputs: Value, targets: Value, runs: number | null): Loss;
}

/** What of a task shapes its network. */
export interface TaskShape {
  readonly classes: Task["classes"];
  readonly train: {
    readonly inputs: { readonly shape: readonly number[] };
    readonly targets: { readonly shape: readonly number[] };
  };
}

/** The network of an experiment for the examples of its task. */
export function objectiveOf({ task, model }: Experiment, examples: TaskShape): Objective {
  const [, ...shape] = examples.train.inputs.shape;
  const outputs = examples.classes ?? examples.train.targets.shape[1];
  const width = shape[shape.length - 1];
  const judge = judgeOf(task);
  switch (model.name) {
    case "linear":
      return objective(linear({ inputs: width, outputs, bias: model.bias }), judge);
    case "mlp":
      return objective(multilayerPerceptron({ ...model, inputs: width, outputs }), judge);
    case "rnn": {
      const network = recurrentNetwork({ ...model, inputs: width, outputs });
      // Batches are rows of examples; the network takes the steps first, each one block of memory.
      return objective(network, judge, (x) => Transpose(x, { perm: [1, 0, 2] }));
    }
    case "cnn":
      return objective(convolutionalNetwork({ ...model, rows: shape[1], columns: width, outputs }), judge);
  }
}

type Judge = (outputs: Value, targets: Value, runs: number | null) => Loss;

function objective(network: Layer, judge: Judge, arrange = (x: Value) => x): Objective {
  return {
    network,
    lossOf: (weights, inputs, targets, runs) =>
      judge(network.apply(weights, arrange(inputs), runs), targets, runs),
  };
}

function judgeOf(task: TaskSettings): Judge {
  if (task.name === "digits") return crossEntropy;
  if (task.name === "linear-regression") return meanSquaredError;
  // The published unit answers yes where the weighted sum exceeds r.
  return (sums, targets, runs) => binaryCrossEntropy(Sub(sums, task.threshold), targets, runs);
}

/** The weights before the first step, where no pretrained run gives them. */
export function initialWeights(
  { initialisation, task, dtype }: Experiment,
  { network }: Objective,
  random: Random,
): Named<GraphTensor> {
  const value = initialisation.value ?? ownValue(task);
  return initialise(network, { ...initialisation, dtype, value }, random.stream("initial weights"));
}

/** What constant weights are where the experiment does not say: r-of-k starts at r/(n/2), right on average. */
function ownValue(task: TaskSettings): number | null {
  return task.name === "r-of-k" ? (2 * task.threshold) / task.inputs : null;
}
