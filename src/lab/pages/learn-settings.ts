/** What a visitor sets of a run, the settings that suit the others, and the experiment that comes of it. */

import { type Experiment, parseExperiment, presetNamed } from "../../experiment/index.ts";
import { parsePotential } from "../../geometry/index.ts";
import { matchedRate } from "../../learning/matched-rate.ts";
import { shellWord } from "../../pairing/index.ts";

export const TASKS = ["mnist-rnn", "mnist-mlp", "linear-regression"] as const;
export type TaskName = (typeof TASKS)[number];
/** Constant weights are left out: without a spread of sizes no geometry can be told from another. */
export const SCHEMES = ["log-normal", "normal", "uniform", "exponential", "pytorch"] as const;
/** What computes in a browser. */
export const PROCESSORS = ["wasm", "webgpu"] as const;
export type Processor = (typeof PROCESSORS)[number];
export const RATES = { low: 1e-6, high: 10 } as const;
export const EXAMPLES = { low: 10, high: 1500 } as const;
export const PASSES = { low: 1, high: 1000 } as const;

export interface LearnSettings {
  readonly processor: Processor;
  readonly task: TaskName;
  readonly potential: string;
  readonly initialisation: (typeof SCHEMES)[number];
  /** 0 here and in the next two for what suits the other settings. */
  readonly examples: number;
  readonly passes: number;
  readonly rate: number;
  readonly momentum: number;
  readonly seed: number;
  readonly layer: LayerName;
}

/** "" for the layer that a task is about. */
export const LAYERS = ["", "input", "output"] as const;
type LayerName = (typeof LAYERS)[number];

/** A tensor whose histograms are drawn and which is handed to Infer. */
export interface LayerChoice {
  readonly value: LayerName;
  readonly label: string;
  /** The name of the tensor. */
  readonly tensor: string;
}

interface TaskFacts {
  readonly label: string;
  /** What is learned, in a line. */
  readonly words: string;
  readonly examples: number;
  readonly passes: number;
  /** The step of a weight of usual size in units of the gradient: the rate is this under the 2-norm. */
  readonly step: number;
  /** That usual size. */
  readonly size: number;
  /** Examples a step; null for all at once. */
  readonly batch: number | null;
  readonly layers: readonly LayerChoice[];
}

export const tasks: { readonly [T in TaskName]: TaskFacts } = {
  "mnist-rnn": {
    label: "Digits, recurrent",
    words: "Hand-written digits, a row of pixels a step, into 100 recurrent tanh neurons.",
    examples: 500,
    passes: 100,
    step: 0.02,
    size: 0.05,
    batch: 100,
    layers: [
      { value: "", label: "recurrent weights, 100 × 100", tensor: "rnn.weight_hh_l0" },
      { value: "input", label: "weights from the pixels, 100 × 28", tensor: "rnn.weight_ih_l0" },
      { value: "output", label: "weights to the ten answers, 10 × 100", tensor: "fc.weight" },
    ],
  },
  "mnist-mlp": {
    label: "Digits, dense",
    words: "Hand-written digits as 784 pixels at once, through two layers of 256 ReLU neurons.",
    examples: 500,
    passes: 30,
    step: 0.02,
    size: 0.05,
    batch: 100,
    layers: [
      { value: "", label: "weights between the layers, 256 × 256", tensor: "fc2.weight" },
      { value: "input", label: "weights from the pixels, 256 × 784", tensor: "fc1.weight" },
      { value: "output", label: "weights to the ten answers, 10 × 256", tensor: "fc3.weight" },
    ],
  },
  "linear-regression": {
    label: "Regression",
    words: "Answers of ±1 to 4,000 correlated inputs, by one linear neuron; all examples a step.",
    examples: 32,
    passes: 200,
    step: 0.003,
    size: 0.016,
    batch: null,
    layers: [{ value: "", label: "weights from the inputs, 1 × 4,000", tensor: "weight" }],
  },
};

const REGRESSION_INPUTS = 4000;
const MLP_HIDDEN = [256, 256];

/** A learning rate under which weights of usual size move at one speed whatever the geometry. */
export function suitedRate(task: TaskName, potential: string): number {
  const { step, size } = tasks[task];
  const rate = matchedRate(parsePotential(potential, "potential"), { rate: step, size });
  return Number(Math.min(RATES.high, Math.max(RATES.low, rate)).toPrecision(2));
}

/** The settings with those that are 0 filled in. */
export function completed(settings: LearnSettings): LearnSettings {
  const { examples, passes } = tasks[settings.task];
  return {
    ...settings,
    examples: settings.examples === 0 ? examples : settings.examples,
    passes: settings.passes === 0 ? passes : settings.passes,
    rate: settings.rate === 0 ? suitedRate(settings.task, settings.potential) : settings.rate,
  };
}

/** @throws InputError as `parseExperiment` */
export function experimentOf(settings: LearnSettings): Experiment {
  const { task, potential, initialisation, examples, passes, rate, momentum, seed } = completed(settings);
  const { experiment } = presetNamed(task);
  const { batch } = tasks[task];
  return parseExperiment(
    {
      ...experiment,
      task: {
        ...experiment.task,
        samples: examples,
        ...(task === "linear-regression" ? { inputs: REGRESSION_INPUTS } : {}),
      },
      model: { ...experiment.model, ...(task === "mnist-mlp" ? { hidden: MLP_HIDDEN } : {}) },
      initialisation: { ...experiment.initialisation, scheme: initialisation },
      geometry: { ...experiment.geometry, potential },
      optimiser: { ...experiment.optimiser, momentum },
      learning: {
        ...experiment.learning,
        passes,
        learningRate: rate,
        batch: batch ?? experiment.learning.batch,
      },
      seed,
    },
    "learn",
  );
}

export function layerOf({ task, layer }: Pick<LearnSettings, "task" | "layer">): LayerChoice {
  const { layers } = tasks[task];
  return layers.find(({ value }) => value === layer) ?? layers[0];
}

/** The same settings in a terminal; of digits, it learns from other ones, as the lab ships few. */
export function commandOf(settings: LearnSettings): string {
  const { task, potential, initialisation, examples, passes, rate, momentum, seed } = completed(settings);
  const { batch } = tasks[task];
  return [
    `syngeo train ${task} --potential ${shellWord(potential)} --initialisation ${initialisation}`,
    `--samples ${examples}${task === "linear-regression" ? ` --inputs ${REGRESSION_INPUTS}` : ""}${task === "mnist-mlp" ? ` --hidden ${MLP_HIDDEN}` : ""}${batch === null ? "" : ` --batch ${batch}`}`,
    `--passes ${passes} --learning-rate ${rate} --momentum ${momentum} --seed ${seed} --out runs/${task}`,
  ].join(" \\\n  ");
}
