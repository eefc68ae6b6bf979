/** Two networks that learn one small batch by heart; composed the same in Node, on a page and in a worker. */

import { type Potential, parsePotential } from "../../src/geometry/index.ts";
import {
  Add,
  constant,
  Gemm,
  input,
  LogSoftmax,
  Mul,
  Neg,
  openLoop,
  ReduceMean,
  ReduceSum,
  Relu,
  Reshape,
  type Session,
  Slice,
  sizeOf,
  Tanh,
  type Tensors,
  tensorOf,
  type Value,
} from "../../src/graph/index.ts";
import {
  chain,
  momentum,
  type Parameter,
  scaleByLearningRate,
  type TrainingStep,
  trainingStep,
} from "../../src/learning/index.ts";
import { logNormal, type Named } from "../../src/network/index.ts";
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

const parameter = (shape: readonly number[], values: Float64Array, potential: Potential): Parameter => ({
  tensor: tensorOf("float32", shape, Array.from(values)),
  potential,
});

/** A matrix [post, pre] in the negative entropy and a bias in the 2-norm. */
function layer(name: string, post: number, pre: number): Named<Parameter> {
  const weights = logNormal([post, pre], {}, random.stream(name));
  return {
    [`${name}.weight`]: parameter([post, pre], weights, geometries.weights),
    [`${name}.bias`]: parameter([post], new Float64Array(post), geometries.biases),
  };
}

/** Random images of 28 × 28 and labels, one-hot. */
function batch(): { readonly images: Value; readonly labels: Value; readonly feeds: Tensors } {
  const images = input("images", "float32", [BATCH, 28, 28]);
  const labels = input("labels", "float32", [BATCH, CLASSES]);
  const pixels = random.stream("images");
  const classes = random.stream("labels");
  const hot = Array.from({ length: BATCH }, () => classes.integer(CLASSES));
  return {
    images,
    labels,
    feeds: {
      images: tensorOf(
        "float32",
        images.shape,
        Array.from({ length: sizeOf(images.shape) }, () => pixels.normal()),
      ),
      labels: tensorOf(
        "float32",
        labels.shape,
        hot.flatMap((hit) => Array.from({ length: CLASSES }, (_, k) => (k === hit ? 1 : 0))),
      ),
    },
  };
}

const linear = (x: Value, weights: Named<Value>, name: string) =>
  Gemm(x, weights[`${name}.weight`], weights[`${name}.bias`], { transB: 1 });

/** −Σ label·ln softmax(logits), the mean over examples. */
function crossEntropy(logits: Value, labels: Value): Value {
  const perExample = ReduceSum(Mul(LogSoftmax(logits, { axis: -1 }), labels), [-1], { keepdims: 0 });
  return Neg(ReduceMean(perExample, null, { keepdims: 0 }));
}

/** Joins parameters and forward pass; momentum 0.9. */
function modelOf(
  parameters: Named<Parameter>,
  logits: (weights: Named<Value>, images: Value) => Value,
): Model {
  const { images, labels, feeds } = batch();
  const step = trainingStep({
    parameters,
    inputs: [images, labels],
    forward: (weights) => ({ loss: crossEntropy(logits(weights, images), labels) }),
    chain: chain(momentum({ decay: 0.9 }), scaleByLearningRate()),
  });
  return { step, feeds: { ...feeds, learningRate: step.learningRate(0.05) } };
}

/** Perceptron 784-512-512-10 with ReLU. */
function perceptron(): Model {
  const parameters = {
    ...layer("first", 512, 784),
    ...layer("second", 512, 512),
    ...layer("output", 10, 512),
  };
  return modelOf(parameters, (weights, images) => {
    const first = Relu(linear(Reshape(images, [BATCH, 784]), weights, "first"));
    return linear(Relu(linear(first, weights, "second")), weights, "output");
  });
}

/** Recurrent network 28 → 100 → 10 with tanh: a row of the image at each of 28 steps, read out after the last. */
function recurrentNetwork(): Model {
  const parameters = {
    ...layer("input", 100, 28),
    ...layer("recurrent", 100, 100),
    ...layer("output", 10, 100),
  };
  return modelOf(parameters, (weights, images) => {
    let hidden: Value = constant(tensorOf("float32", [BATCH, 100], new Array(BATCH * 100).fill(0)));
    for (let row = 0; row < 28; row++) {
      const pixels = Reshape(Slice(images, [row], [row + 1], [1]), [BATCH, 28]);
      hidden = Tanh(Add(linear(pixels, weights, "input"), linear(hidden, weights, "recurrent")));
    }
    return linear(hidden, weights, "output");
  });
}

export const models = { perceptron, "recurrent network": recurrentNetwork } as const;
export type ModelName = keyof typeof models;

/** The loss before each of so many steps. */
export async function learn({ step, feeds }: Model, session: Session, steps: number): Promise<number[]> {
  const loop = openLoop(session, step);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push(Number((await loop.step(feeds)).loss.data[0]));
  return losses;
}
