/**
 * Weights before learning. Every function takes a shape, options and a stream of random numbers.
 *
 * Shapes are [post, pre, …kernel] as in PyTorch and ONNX: fan-in is pre × kernel, fan-out post × kernel (of a grouped
 * convolution, pre is the channels of one group). Give every parameter a stream of its own:
 * `normal([100, 28], {}, random.stream("initial weights").stream("rnn.weight_ih"))`.
 */

import { InputError } from "../errors.ts";
import type { Random } from "../random.ts";

/** Which connections the size of a weight is measured by: those into a neuron, those out of one, or a number of them. */
export type Fan = "in" | "out" | number;

export interface ScaleOptions {
  /** Factor on the standard deviation; 1 unless given. √2 suits ReLU, 1/√3 gives the spread of PyTorch's layers. */
  readonly gain?: number;
  /** "in" unless given; vectors such as biases need a number. */
  readonly fan?: Fan;
}

export interface LogNormalOptions extends ScaleOptions {
  /** r, mean of the magnitudes over their standard deviation; 1.5 unless given. */
  readonly ratio?: number;
}

/**
 * w ~ N(0, gain²/fan).
 *
 * @throws InputError `bad-shape`, `bad-fan`, `bad-parameter`
 */
export function normal(shape: readonly number[], options: ScaleOptions, random: Random): Float64Array {
  const deviation = deviationOf("normal", shape, options);
  return filled(shape, () => deviation * random.normal());
}

/**
 * w ~ U(−a, a) with a = √3·gain/√fan, so that the variance is gain²/fan.
 *
 * @throws InputError `bad-shape`, `bad-fan`, `bad-parameter`
 */
export function uniform(shape: readonly number[], options: ScaleOptions, random: Random): Float64Array {
  return between(shape, Math.sqrt(3) * deviationOf("uniform", shape, options), random);
}

/**
 * PyTorch's default of linear layers and convolutions: w ~ U(−k, k), k = 1/√fan-in, variance k²/3.
 *
 * @param options  `fan`: fan-in of the layer, needed for its bias, which has the same distribution
 * @throws InputError `bad-shape`, `bad-fan`
 */
export function pytorchLayer(
  shape: readonly number[],
  options: { readonly fan?: Fan },
  random: Random,
): Float64Array {
  return between(shape, deviationOf("pytorchLayer", shape, options), random);
}

/**
 * PyTorch's default of recurrent cells: all matrices and both biases ~ U(−k, k), k = 1/√hidden, variance k²/3.
 *
 * @param options  `hidden`: number of recurrent neurons
 * @throws InputError `bad-shape`, `bad-fan`
 */
export function pytorchRecurrent(
  shape: readonly number[],
  options: { readonly hidden: number },
  random: Random,
): Float64Array {
  return between(shape, deviationOf("pytorchRecurrent", shape, { fan: options.hidden }), random);
}

/**
 * Log-normal magnitudes with random signs; the variance of w is gain²/fan, as for `normal`.
 *
 * s = gain/√fan/√(1 + r²); |w| has mean r·s and standard deviation s, so that ln|w| has standard deviation
 * √ln(1 + 1/r²) (0.606 at r = 1.5) and E w² = s²(1 + r²). None is 0.
 *
 * @throws InputError `bad-shape`, `bad-fan`, `bad-parameter`
 * @see Cornford et al. 2024, "Brain-like learning with exponentiated gradients", doi:10.1101/2024.10.25.620272
 */
export function logNormal(shape: readonly number[], options: LogNormalOptions, random: Random): Float64Array {
  const ratio = options.ratio ?? 1.5;
  requirePositive("logNormal", "ratio", ratio);
  const deviation = deviationOf("logNormal", shape, options) / Math.sqrt(1 + ratio ** 2);
  const logVariance = Math.log1p(ratio ** -2);
  const median = ratio * deviation * Math.exp(-logVariance / 2);
  const logDeviation = Math.sqrt(logVariance);
  return filled(shape, () => {
    const sign = random.uniform() < 0.5 ? -1 : 1;
    return sign * median * Math.exp(logDeviation * random.normal());
  });
}

/**
 * Exponential weights > 0 with mean and standard deviation σ, as networks of excitatory and inhibitory units start.
 *
 * @param options  `deviation`: σ, such as `dannDeviation`
 * @throws InputError `bad-shape`, `bad-parameter`
 */
export function exponential(
  shape: readonly number[],
  options: { readonly deviation: number },
  random: Random,
): Float64Array {
  requirePositive("exponential", "deviation", options.deviation);
  requireShape("exponential", shape);
  return filled(shape, () => options.deviation * positiveExponential(random));
}

/**
 * σ of the excitatory weights of a layer with feed-forward inhibition (DANN): √(2π / (d(2π − 1))) for d inputs.
 *
 * Inputs of the first layer, which are no rectified normals, take √(1/(2d)) instead.
 *
 * @throws InputError `bad-parameter`
 * @see Cornford et al. 2021, "Learning to live with Dale's principle", doi:10.1101/2020.11.02.364968
 */
export function dannDeviation(inputs: number): number {
  requirePositive("dannDeviation", "number of inputs", inputs);
  return Math.sqrt((2 * Math.PI) / (inputs * (2 * Math.PI - 1)));
}

/** A number of presynaptic units divided into excitatory and inhibitory ones, and the σ of either's weights. */
export interface BalancedUnits {
  readonly excitatory: number;
  readonly inhibitory: number;
  readonly excitatoryDeviation: number;
  readonly inhibitoryDeviation: number;
}

/**
 * Divides units by ratio ρ = excitatory/inhibitory and balances their exponential weights, so that inputs cancel on
 * average: n_i = ⌈T/(ρ+1)⌉, n_e = T − n_i, σ_e² = 1/[(2π−1)/(2π)·(n_e + n_e²/n_i)], σ_i = (n_e/n_i)σ_e.
 *
 * @throws InputError `bad-parameter` where no unit would be excitatory
 * @see Song, Yang & Wang 2016, doi:10.1371/journal.pcbi.1004792
 */
export function balancedUnits(units: number, ratio: number): BalancedUnits {
  requirePositive("balancedUnits", "ratio", ratio);
  const inhibitory = Math.ceil(units / (ratio + 1));
  const excitatory = units - inhibitory;
  if (!(Number.isInteger(units) && excitatory > 0)) {
    throw badParameter("balancedUnits", "at least one excitatory and one inhibitory unit", `${units} units`);
  }
  const share = (2 * Math.PI - 1) / (2 * Math.PI);
  const excitatoryDeviation = 1 / Math.sqrt(share * (excitatory + excitatory ** 2 / inhibitory));
  return {
    excitatory,
    inhibitory,
    excitatoryDeviation,
    inhibitoryDeviation: (excitatory / inhibitory) * excitatoryDeviation,
  };
}

/**
 * Exponential weights [post, pre] that keep Dale's law: the first columns excitatory (> 0), the last inhibitory (< 0),
 * in the numbers and sizes of `balancedUnits`.
 *
 * @throws InputError `bad-shape`, `bad-parameter`
 */
export function balancedExponential(
  shape: readonly number[],
  options: { readonly ratio: number },
  random: Random,
): Float64Array {
  requireShape("balancedExponential", shape);
  if (shape.length !== 2) throw badShape("balancedExponential", "a shape [post, pre]", shape);
  const pre = shape[1];
  const units = balancedUnits(pre, options.ratio);
  return filled(shape, (index) => {
    const size = positiveExponential(random);
    return index % pre < units.excitatory
      ? units.excitatoryDeviation * size
      : -units.inhibitoryDeviation * size;
  });
}

/**
 * One half of a split bias b = b⁺ + b⁻, with which geometries that keep signs can learn biases of either sign:
 * b⁺ ~ U(0, √2·k) or b⁻ ~ U(−√2·k, 0), so that b has the variance k²/3 of U(−k, k). None is 0.
 *
 * @param options  `bound`: k, such as 1/√fan-in, 1/√hidden of a recurrent cell, 1e−4 of a normalisation layer
 * @throws InputError `bad-shape`, `bad-parameter`
 * @see Cornford et al. 2024, "Brain-like learning with exponentiated gradients", doi:10.1101/2024.10.25.620272
 */
export function splitBias(
  shape: readonly number[],
  options: { readonly bound: number; readonly sign: "positive" | "negative" },
  random: Random,
): Float64Array {
  requirePositive("splitBias", "bound", options.bound);
  requireShape("splitBias", shape);
  const end = (options.sign === "positive" ? 1 : -1) * Math.SQRT2 * options.bound;
  // In (0, 1]: a half that is exactly 0 would never learn where weights are multiplied.
  return filled(shape, () => end * (1 - random.uniform()));
}

/** With mean 1, and never 0, at which a weight would stay where weights are multiplied. */
function positiveExponential(random: Random): number {
  return Math.max(random.exponential(), 2 ** -54);
}

function between(shape: readonly number[], bound: number, random: Random): Float64Array {
  return filled(shape, () => bound * (2 * random.uniform() - 1));
}

function filled(shape: readonly number[], draw: (index: number) => number): Float64Array {
  const weights = new Float64Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < weights.length; i++) weights[i] = draw(i);
  return weights;
}

/** gain/√fan, the standard deviation of a weight. */
export function deviationOf(
  where: string,
  shape: readonly number[],
  { gain = 1, fan = "in" }: ScaleOptions,
): number {
  requireShape(where, shape);
  requirePositive(where, "gain", gain);
  return gain / Math.sqrt(fanOf(where, shape, fan));
}

function fanOf(where: string, shape: readonly number[], fan: Fan): number {
  if (typeof fan === "number") {
    if (fan > 0 && Number.isFinite(fan)) return fan;
    throw badFan(where, "a fan > 0", `${fan}`);
  }
  if (shape.length < 2) throw badFan(where, `a number as fan of shape ${JSON.stringify(shape)}`, `"${fan}"`);
  const [post, pre, ...kernel] = shape;
  const connections = kernel.reduce((product, size) => product * size, fan === "in" ? pre : post);
  if (connections > 0) return connections;
  throw badFan(where, "a shape with connections", JSON.stringify(shape));
}

function badFan(where: string, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-fan",
    message: `${where}: expected ${expected}, got ${got}; give the number of inputs of a neuron, such as { fan: 784 }`,
  });
}

function requireShape(where: string, shape: readonly number[]): void {
  if (shape.every((size) => Number.isInteger(size) && size >= 0)) return;
  throw badShape(where, "whole sizes ≥ 0", shape);
}

function badShape(where: string, expected: string, shape: readonly number[]): InputError {
  return new InputError({
    code: "bad-shape",
    message: `${where}: expected ${expected}, got ${JSON.stringify(shape)}; give the shape of the parameter, such as [100, 28]`,
  });
}

function requirePositive(where: string, what: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw badParameter(where, `a ${what} > 0`, `${value}`);
}

function badParameter(where: string, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-parameter",
    message: `${where}: expected ${expected}, got ${got}; change the option`,
  });
}
