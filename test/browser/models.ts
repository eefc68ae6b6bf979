/** Networks that learn one small batch by heart; made the same in Node, on a page and in a worker. */

import { parsePotential } from "../../src/geometry/index.ts";
import { input, openLoop, type Session, sizeOf, type Tensors, tensorOf } from "../../src/graph/index.ts";
import {
  chain,
  momentum,
  scaleByLearningRate,
  type TrainingStep,
  trainingStep,
} from "../../src/learning/index.ts";
import {
  convolutionalNetwork,
  crossEntropy,
  initialise,
  type Layer,
  multilayerPerceptron,
  recurrentNetwork,
} from "../../src/network/index.ts";
import { createRandom } from "../../src/random.ts";

export interface Model {
  readonly step: TrainingStep;
  readonly feeds: Tensors;
}

/** How many steps are compared. */
export const STEPS = 10;
const BATCH = 64;
const CLASSES = 10;
const random = createRandom("browser");

const geometries = { weights: parsePotential("negative-entropy"), biases: parsePotential("2-norm") };

/** Matrices in the negative entropy and biases in the 2-norm, momentum 0.9, on random images and labels. */
function modelOf(network: Layer, images: readonly number[]): Model {
  const x = input("images", "float32", images);
  const y = input("labels", "int32", [BATCH]);
  const weights = initialise(network, { scheme: "log-normal" }, random.stream("weights"));
  const parameters = Object.entries(weights).map(([name, tensor]) => {
    const potential = name.endsWith("weight") ? geometries.weights : geometries.biases;
    return [name, { tensor, potential }] as const;
  });
  const step = trainingStep({
    parameters: Object.fromEntries(parameters),
    inputs: [x, y],
    forward: (values) => ({ loss: crossEntropy(network.apply(values, x, null), y, null).loss }),
    chain: chain(momentum({ decay: 0.9 }), scaleByLearningRate()),
  });
  const pixels = random.stream("images");
  const classes = random.stream("labels");
  const feeds = {
    images: tensorOf(
      "float32",
      images,
      Array.from({ length: sizeOf(images) }, () => pixels.normal()),
    ),
    labels: tensorOf(
      "int32",
      [BATCH],
      Array.from({ length: BATCH }, () => classes.integer(CLASSES)),
    ),
    learningRate: step.learningRate(0.05),
  };
  return { step, feeds };
}

export const models = {
  perceptron: () =>
    modelOf(multilayerPerceptron({ inputs: 784, hidden: [512, 512], outputs: CLASSES }), [BATCH, 784]),
  "recurrent network": () =>
    modelOf(recurrentNetwork({ inputs: 28, hidden: 100, outputs: CLASSES }), [28, BATCH, 28]),
  "convolutional network": () =>
    modelOf(convolutionalNetwork({ rows: 28, columns: 28, channels: [8, 16], outputs: CLASSES }), [
      BATCH,
      1,
      28,
      28,
    ]),
} as const;
export type ModelName = keyof typeof models;

/** The loss before each of so many steps. */
export async function learn({ step, feeds }: Model, session: Session, steps: number): Promise<number[]> {
  const loop = openLoop(session, step);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(Number((await loop.step(feeds)).loss.data[0]));
  return losses;
}
