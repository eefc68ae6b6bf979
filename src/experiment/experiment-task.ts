/** From the settings of an experiment to its examples, in the shape that its network takes. */

import { InputError } from "../errors.ts";
import { createRandom, type Random } from "../random.ts";
import {
  type DigitSplit,
  type Digits,
  digitExamples,
  type Examples,
  linearRegression,
  reshapeInputs,
  rOfK,
  rowSequential,
  splitDigits,
  type Task,
  toFloatType,
} from "../task/index.ts";
import type { Experiment, ModelSettings, TaskSettings } from "./experiment.ts";

/** Digits as they are stored: those to learn from, and those held out where they are files apart. */
export interface DigitSets {
  readonly train: Digits;
  readonly heldOut: Digits | null;
}

/**
 * The examples of an experiment.
 *
 * @param digits  what the task `digits` is made of; null for others
 * @param random  the stream of the examples: `task`, or `search` for those on which rates are searched
 * @throws InputError `wrong-model`, and what the tasks throw
 */
export function examplesOf(experiment: Experiment, digits: DigitSets | null, random: Random): Task {
  const { task, model, dtype } = experiment;
  if (task.name !== "digits") requireVectors(task.name, model);
  if (task.name === "linear-regression") return linearRegression({ ...task, dtype }, random);
  if (task.name === "r-of-k") return withTargetsOf(rOfK({ ...task, train: task.samples }, random), dtype);
  if (digits === null) throw new Error("the task needs digits");
  const { train, heldOut } = digitsOf(task, digits, random);
  const shaped = (name: string, { from, positions }: ChosenDigits): Examples =>
    shapedFor(model.name, digitExamples(name, from, positions, { dtype }));
  return {
    name: "digits",
    classes: 10,
    train: shaped("train", train),
    validation: null,
    heldOut: heldOut.positions.length === 0 ? null : shaped("held-out", heldOut),
  };
}

/** The same task with its answers in the precision of the network. */
function withTargetsOf(task: Task, dtype: Experiment["dtype"]): Task {
  const convert = (examples: Examples): Examples => {
    const { targets } = examples;
    return targets.dtype === "int32" ? examples : { ...examples, targets: toFloatType(targets, dtype) };
  };
  const { train, validation, heldOut } = task;
  return {
    ...task,
    train: convert(train),
    validation: validation && convert(validation),
    heldOut: heldOut && convert(heldOut),
  };
}

function requireVectors(task: string, { name }: ModelSettings): void {
  if (name === "linear" || name === "mlp") return;
  throw new InputError({
    code: "wrong-model",
    message: `experiment: expected the model linear or mlp for the task ${task}, got ${name} ("model.name"); its inputs are vectors`,
  });
}

function shapedFor(model: ModelSettings["name"], examples: Examples): Examples {
  const [, rows, columns] = examples.inputs.shape;
  if (model === "rnn") return rowSequential(examples);
  return reshapeInputs(examples, model === "cnn" ? [1, rows, columns] : [rows * columns]);
}

interface ChosenDigits {
  readonly from: Digits;
  readonly positions: ArrayLike<number>;
}

/**
 * Which digits are learned from and which are held out. The division depends on the digits alone, not on the seed, so that
 * what one run held out another may learn from without having seen it before.
 */
function digitsOf(
  settings: Extract<TaskSettings, { readonly name: "digits" }>,
  { train, heldOut }: DigitSets,
  random: Random,
): { readonly train: ChosenDigits; readonly heldOut: ChosenDigits } {
  const test = heldOut ?? train;
  const n = train.labels.length;
  if (heldOut === null && settings.heldOut >= n) {
    throw new InputError({
      code: "bad-size",
      message: `experiment: expected fewer than ${n} held-out digits, got ${settings.heldOut} ("task.heldOut"); leave some to learn from`,
    });
  }
  const split =
    heldOut === null
      ? splitDigits(train, { train: n - settings.heldOut, heldOut: settings.heldOut }, createRandom("digits"))
      : { train: train.labels.map((_, i) => i), heldOut: heldOut.labels.map((_, i) => i) };
  const { samples, samplesFrom } = settings;
  if (samples === null) {
    return {
      train: { from: train, positions: split.train },
      heldOut: { from: test, positions: split.heldOut },
    };
  }
  const [pool, from] = samplesFrom === "train" ? [split.train, train] : [split.heldOut, test];
  const [drawn, others] = drawSamples(pool, samples, random);
  return {
    train: { from, positions: drawn },
    heldOut: { from: test, positions: samplesFrom === "train" ? split.heldOut : others },
  };
}

function drawSamples(
  pool: DigitSplit["train"],
  samples: number,
  random: Random,
): readonly [Int32Array, Int32Array] {
  if (samples > pool.length) {
    throw new InputError({
      code: "bad-size",
      message: `experiment: expected at most ${pool.length} samples, got ${samples} ("task.samples"); ask for fewer`,
    });
  }
  const order = random.stream("samples").permutation(pool.length);
  const chosen = order.map((place) => pool[place]);
  return [chosen.subarray(0, samples), chosen.subarray(samples)];
}
