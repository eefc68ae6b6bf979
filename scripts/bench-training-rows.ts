/** The networks of bench-training.ts: each as a training step, its examples, and the same in numbers for PyTorch. */

import { negativeEntropy } from "../src/geometry/index.ts";
import { type GraphTensor, input, sizeOf, type Tensors, tensorOf, type Value } from "../src/graph/index.ts";
import {
  chain,
  momentum,
  scaleByLearningRate,
  type TrainingStep,
  trainingStep,
} from "../src/learning/index.ts";
import {
  convolutionalNetwork,
  crossEntropy,
  type Layer,
  linear,
  meanSquaredError,
  multilayerPerceptron,
  recurrentNetwork,
} from "../src/network/index.ts";

/** The seed of a weight, its shape and its largest size. */
type Weight = readonly [seed: number, shape: readonly number[], scale: number];

/** What PyTorch is told of a row; it makes the same weights and examples from it. */
export interface Spec {
  readonly model: "regression" | "mlp" | "rnn" | "cnn";
  readonly weights: readonly Weight[];
  readonly learningRate: number;
  readonly [size: string]: unknown;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly spec: Spec;
  /** What a step costs at least: operations of its matrix products and convolutions, bytes that no cache holds. */
  readonly operations: number;
  readonly bytes: number;
  /** Milliseconds of PyTorch where it was measured before: two cores of another machine. */
  readonly elsewhere: number;
  build(): { readonly step: TrainingStep; readonly feeds: Tensors };
}

/** Numbers in [low, 1) times scale, by the finaliser of MurmurHash3 of place and seed. */
function uniform(seed: number, shape: readonly number[], scale = 1, low = -1): GraphTensor {
  const data = new Float32Array(sizeOf(shape));
  const start = Math.imul(seed, 0x01000193);
  for (let i = 0; i < data.length; i++) {
    let h = (i + start) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    h = (h ^ (h >>> 16)) >>> 0;
    data[i] = ((h / 2 ** 32) * (1 - low) + low) * scale;
  }
  return { dtype: "float32", shape, data };
}

const CLASSES = 10;

/** The training step of a network, whose parameters are in the order of the row's weights. */
function stepOf(
  spec: Spec,
  network: Layer,
  [x, targets]: readonly [Value, Value],
  lossOf: typeof crossEntropy,
): TrainingStep {
  const parameters = Object.keys(network.parameters).map((name, i) => {
    const [seed, shape, scale] = spec.weights[i];
    return [name, { tensor: uniform(seed, shape, scale), potential: negativeEntropy }] as const;
  });
  return trainingStep({
    parameters: Object.fromEntries(parameters),
    inputs: [x, targets],
    forward: (weights) => ({ loss: lossOf(network.apply(weights, x, null), targets, null).loss }),
    chain: chain(momentum({ decay: 0.9 }), scaleByLearningRate()),
  });
}

/** A classifier and its examples of that shape. */
function classifier(spec: Spec, network: Layer, shape: readonly number[], batch: number) {
  const x = input("x", "float32", shape);
  const labels = input("labels", "int32", [batch]);
  const drawn = Array.from(uniform(99, [batch], CLASSES, 0).data, Number).map(Math.floor);
  return {
    step: stepOf(spec, network, [x, labels], crossEntropy),
    feeds: { x: uniform(50, shape, 1, 0), labels: tensorOf("int32", [batch], drawn) },
  };
}

function regressionRow(examples: number, inputs: number): Row {
  const scale = 0.01;
  const spec = {
    model: "regression",
    weights: [[1, [1, inputs], scale]],
    learningRate: 0.001,
    examples,
    inputs,
    scale,
  } as const;
  return {
    name: "regression",
    title: `linear regression, ${inputs} weights, ${examples} examples`,
    spec,
    operations: 4 * examples * inputs,
    bytes: 4 * examples * inputs,
    elsewhere: 6.8,
    build() {
      const x = input("x", "float32", [examples, inputs]);
      const target = input("target", "float32", [examples, 1]);
      const network = linear({ inputs, outputs: 1, bias: "none" });
      const step = stepOf(spec, network, [x, target], meanSquaredError);
      const rows = uniform(50, [examples, inputs]);
      const teacher = uniform(51, [inputs, 1], scale).data as Float32Array;
      const targets = new Float32Array(examples);
      for (let n = 0; n < examples; n++) {
        let sum = 0;
        for (let d = 0; d < inputs; d++) sum += Number(rows.data[n * inputs + d]) * teacher[d];
        targets[n] = sum;
      }
      return { step, feeds: { x: rows, target: { dtype: "float32", shape: [examples, 1], data: targets } } };
    },
  };
}

function mlpRow(batch: number): Row {
  const spec = {
    model: "mlp",
    weights: [
      [1, [512, 784], 0.04],
      [2, [512], 0.04],
      [3, [512, 512], 0.05],
      [4, [512], 0.05],
      [5, [CLASSES, 512], 0.05],
      [6, [CLASSES], 0.05],
    ],
    learningRate: 0.05,
    batch,
  } as const;
  const products = 784 * 512 + 2 * (512 * 512 + 512 * CLASSES) + 784 * 512 + (512 * 512 + 512 * CLASSES);
  return {
    name: "mlp",
    title: `perceptron 784-512-512-10, batch ${batch}`,
    spec,
    operations: 2 * batch * products,
    bytes: 5 * 4 * (784 * 512 + 512 * 512),
    elsewhere: 9.4,
    build: () =>
      classifier(
        spec,
        multilayerPerceptron({ inputs: 784, hidden: [512, 512], outputs: CLASSES }),
        [batch, 784],
        batch,
      ),
  };
}

function rnnRow(hidden: number, steps: number, batch: number, elsewhere: number): Row {
  const scale = 1 / Math.sqrt(hidden);
  const spec = {
    model: "rnn",
    weights: [
      [1, [hidden, 28], scale],
      [2, [hidden, hidden], scale],
      [3, [hidden], scale],
      [4, [hidden], scale],
      [5, [CLASSES, hidden], scale],
      [6, [CLASSES], scale],
    ],
    learningRate: 0.02,
    hidden,
    steps,
    batch,
  } as const;
  return {
    name: `rnn-${hidden}`,
    title: `tanh RNN 28→${hidden}→10, ${steps} steps, batch ${batch}`,
    spec,
    operations: 2 * batch * hidden * (2 * steps * 28 + 3 * (steps - 1) * hidden + 3 * CLASSES),
    bytes: 5 * 4 * hidden * (hidden + 38),
    elsewhere,
    build: () =>
      classifier(spec, recurrentNetwork({ inputs: 28, hidden, outputs: CLASSES }), [steps, batch, 28], batch),
  };
}

function cnnRow(batch: number): Row {
  const spec = {
    model: "cnn",
    weights: [
      [1, [32, 1, 3, 3], 0.3],
      [2, [32], 0.3],
      [3, [64, 32, 3, 3], 0.06],
      [4, [64], 0.06],
      [5, [CLASSES, 64 * 49], 0.02],
      [6, [CLASSES], 0.02],
    ],
    learningRate: 0.02,
    batch,
  } as const;
  return {
    name: "cnn",
    title: `CNN 28×28: conv 32, pool, conv 64, pool, dense; batch ${batch}`,
    spec,
    operations: 2 * batch * (2 * 784 * 9 * 32 + 3 * 196 * 9 * 32 * 64 + 3 * 49 * 64 * CLASSES),
    bytes: 0,
    elsewhere: 16.5,
    build: () =>
      classifier(
        spec,
        convolutionalNetwork({ rows: 28, columns: 28, channels: [32, 64], outputs: CLASSES }),
        [batch, 1, 28, 28],
        batch,
      ),
  };
}

export const rows: readonly Row[] = [
  regressionRow(1681, 20_000),
  mlpRow(256),
  rnnRow(100, 28, 256, 8.4),
  rnnRow(1000, 28, 256, 222),
  cnnRow(64),
];
