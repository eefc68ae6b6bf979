/** Experiments that learn in milliseconds, made from the presets. */

import { type Experiment, presets } from "../src/experiment/index.ts";
import { createRandom } from "../src/random.ts";
import type { Digits } from "../src/task/index.ts";

/** Settings to change: any part of an experiment, each part by some of its keys. */
export type Changes = {
  readonly [K in keyof Experiment]?: Experiment[K] extends object ? Partial<Experiment[K]> : Experiment[K];
};

/** An experiment with some settings of its parts replaced. */
export function changed(experiment: Experiment, changes: Changes): Experiment {
  const entries = Object.entries(changes).map(([key, value]) => {
    // The keys are those of an experiment, by the type of `changes`.
    const before = experiment[key as keyof Experiment];
    const isPart = typeof before === "object" && before !== null && typeof value === "object";
    return [key, isPart ? { ...before, ...value } : value];
  });
  return { ...experiment, ...Object.fromEntries(entries) };
}

const noGoal: Experiment["learning"]["goal"] = { accuracy: null, loss: null, extensions: 0, extraPasses: 1 };

/** One linear unit, 60 inputs; 7 samples in batches of 3, so the last of a pass has 1. */
export const tinyRegression: Experiment = changed(presets["linear-regression"].experiment, {
  task: { name: "linear-regression", inputs: 60, samples: 7, power: 2, scale: 1 },
  learning: { passes: 4, batch: 3, learningRate: 0.005, goal: noGoal },
});

/** One linear unit, 40 inputs of which 10 matter. */
export const tinyROfK: Experiment = changed(presets["r-of-k"].experiment, {
  task: { name: "r-of-k", inputs: 40, relevant: 10, threshold: 5, samples: 64 },
  learning: { passes: 3, batch: 20, learningRate: 0.1 },
});

/** 6 hidden neurons, tanh. */
export const tinyPerceptron: Experiment = changed(presets["mnist-mlp"].experiment, {
  task: { name: "digits", folder: null, heldOut: 10, samples: null, samplesFrom: "train" },
  model: { name: "mlp", hidden: [6], nonlinearity: "tanh", bias: "plain" },
  learning: { passes: 3, batch: 16, learningRate: 0.1 },
});

/** Images of 6 × 6 random pixels in which the row and the column of the label are bright, labels in turn. */
export function tinyDigits(count: number, seed = 1): Digits {
  const random = createRandom(seed);
  const side = 6;
  const labels = Int32Array.from({ length: count }, (_, k) => k % 10);
  const pixels = Float32Array.from({ length: count * side ** 2 }, (_, i) => {
    const label = labels[Math.floor(i / side ** 2)];
    const [row, column] = [Math.floor((i % side ** 2) / side), i % side];
    return row === label % side || column === (label * 3) % side ? 0.9 : 0.3 * random.uniform();
  });
  return { rows: side, columns: side, pixels, labels };
}
