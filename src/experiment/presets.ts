/** The experiments that have a name: a task with the network and the settings it is known by. */

import { InputError, nearestName } from "../errors.ts";
import type { Experiment } from "./experiment.ts";

const plainOptimiser: Experiment["optimiser"] = {
  scaling: "gradient",
  momentum: 0.9,
  nesterov: false,
  weightDecay: 0,
  weightDecayForm: "proportional",
  clipNorm: null,
};

const pytorchWeights: Experiment["initialisation"] = {
  scheme: "pytorch",
  gain: 1,
  fan: "in",
  ratio: 1.5,
  value: null,
};

const noGoal: Experiment["learning"]["goal"] = { accuracy: null, loss: null, extensions: 0, extraPasses: 1 };

const base = {
  pretrained: null,
  optimiser: plainOptimiser,
  geometry: { potential: "2-norm", parameters: [], switches: [], constraint: "none" },
  initialisation: pytorchWeights,
  dtype: "float32",
  seed: 1,
  threads: 1,
  snapshots: null,
} as const satisfies Partial<Experiment>;

const digits: Experiment["task"] = {
  name: "digits",
  folder: null,
  heldOut: 1000,
  samples: null,
  samplesFrom: "train",
};

/** The paper's protocol for digits: 30 passes of 256 digits a step, the rate annealed from pass to pass. */
const digitLearning: Experiment["learning"] = {
  passes: 30,
  batch: 256,
  learningRate: 0.1,
  schedule: { name: "cosine" },
  warmUp: 0,
  goal: { ...noGoal, extensions: 4, extraPasses: 30 },
};

/** A power of ten for each whole number from `low` to `high`. */
const decades = (low: number, high: number, number: number) =>
  Array.from({ length: number }, (_, k) =>
    Number((10 ** (low + ((high - low) * k) / (number - 1))).toPrecision(6)),
  );

export interface Preset {
  /** One line for `--help`. */
  readonly summary: string;
  readonly experiment: Experiment;
  /** The rates that `search` means: the grid of the paper that the task is from. */
  readonly rates: readonly number[];
  /** The loss that such a search goes on for; null for none. */
  readonly searchedLoss: number | null;
}

export const presets: Readonly<Record<string, Preset>> = {
  "linear-regression": {
    summary:
      "labels ±1 from inputs with decaying correlations, one linear unit (Pogodin et al. 2024, Fig. 3A)",
    experiment: {
      ...base,
      task: { name: "linear-regression", inputs: 1000, samples: 178, power: 2, scale: 1 },
      model: { name: "linear", bias: "none" },
      initialisation: { ...pytorchWeights, scheme: "normal" },
      learning: {
        passes: 100,
        batch: 1_000_000,
        learningRate: 0.01,
        schedule: { name: "cosine" },
        warmUp: 0,
        goal: { ...noGoal, extensions: 4, extraPasses: 100 },
      },
    },
    rates: decades(-7, -1, 16),
    searchedLoss: 1e-3,
  },
  "r-of-k": {
    summary: "few relevant among many binary inputs, one linear unit (Cornford et al. 2024, Fig. 4B)",
    experiment: {
      ...base,
      task: { name: "r-of-k", inputs: 200, relevant: 100, threshold: 50, samples: 10_000 },
      model: { name: "linear", bias: "none" },
      initialisation: { ...pytorchWeights, scheme: "constant" },
      optimiser: { ...plainOptimiser, momentum: 0 },
      learning: {
        passes: 30,
        batch: 500,
        learningRate: 0.5,
        schedule: { name: "constant" },
        warmUp: 0,
        goal: noGoal,
      },
    },
    rates: [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1],
    searchedLoss: null,
  },
  "mnist-mlp": {
    summary: "digits as vectors, dense layers",
    experiment: {
      ...base,
      task: digits,
      model: { name: "mlp", hidden: [512, 512], nonlinearity: "relu", bias: "plain" },
      learning: digitLearning,
    },
    rates: decades(-5, -1, 5),
    searchedLoss: null,
  },
  "mnist-rnn": {
    summary: "digits row by row, a recurrent network (Pogodin et al. 2024, appendix)",
    experiment: {
      ...base,
      task: digits,
      model: { name: "rnn", hidden: 100, nonlinearity: "tanh", bias: "plain" },
      learning: digitLearning,
    },
    rates: decades(-5, -1, 5),
    searchedLoss: null,
  },
  "mnist-cnn": {
    summary: "digits as images, two convolutions and a dense layer",
    experiment: {
      ...base,
      task: digits,
      model: { name: "cnn", channels: [32, 64], bias: "plain" },
      learning: { ...digitLearning, passes: 2, learningRate: 0.05 },
    },
    rates: decades(-5, -1, 5),
    searchedLoss: null,
  },
};

/** @throws InputError `unknown-task` */
export function presetNamed(name: string): Preset {
  // An own key only: `constructor` is no task.
  if (Object.hasOwn(presets, name)) return presets[name];
  const names = Object.keys(presets);
  const near = nearestName(name, names);
  throw new InputError({
    code: "unknown-task",
    message: `train: expected one of ${names.join(", ")}, got "${name}"; ${near === null ? "choose one" : `did you mean "${near}"?`}`,
  });
}
