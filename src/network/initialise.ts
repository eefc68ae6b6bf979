/** Weights for a whole network before it learns. */

import { InputError } from "../errors.ts";
import { type FloatType, type GraphTensor, tensorOf } from "../graph/index.ts";
import type { Random } from "../random.ts";
import {
  deviationOf,
  exponential,
  type Fan,
  logNormal,
  normal,
  pytorchLayer,
  splitBias,
  uniform,
} from "./initialisations.ts";
import type { Layer, ParameterPlan } from "./layer.ts";

/** The ways in which matrices and kernels may start. */
export const initialisationSchemes = [
  "pytorch",
  "normal",
  "uniform",
  "log-normal",
  "exponential",
  "constant",
] as const;

export type InitialisationScheme = (typeof initialisationSchemes)[number];

export interface InitialisationOptions {
  /** Of matrices and kernels; "pytorch" unless given, the defaults of its layers. */
  readonly scheme?: InitialisationScheme;
  /** Factor on the standard deviation (exponential: on mean and standard deviation); 1 unless given. Not for "pytorch", "constant". */
  readonly gain?: number;
  /** Which connections the size is measured by; "in" unless given. */
  readonly fan?: Fan;
  /** Mean over standard deviation of log-normal sizes; 1.5 unless given. */
  readonly ratio?: number;
  /** The value of all weights under "constant", where it must be given. */
  readonly value?: number | null;
  /** Type of the tensors; float32 unless given. */
  readonly dtype?: FloatType;
}

/**
 * A tensor for every parameter, drawn from the stream of its name, so that another layer moves none of the others.
 *
 * Matrices and kernels start as the scheme says. Biases start as PyTorch's do, U(−k, k) with k = 1/√fan, also under the
 * other schemes; the halves of split biases U(0, √2·k) and U(−√2·k, 0). Scales of normalisation start at 1, shifts at 0.
 *
 * @throws InputError `bad-parameter`, `bad-fan`, and what the scheme throws
 * @example initialise(model, { scheme: "log-normal" }, random.stream("initial weights"))
 */
export function initialise(
  { parameters }: Layer,
  options: InitialisationOptions,
  random: Random,
): Readonly<Record<string, GraphTensor>> {
  const { dtype = "float32" } = options;
  const entries = Object.entries(parameters).map(([name, plan]) => {
    const values = valuesOf(plan, options, random.stream(name));
    return [name, tensorOf(dtype, plan.shape, values)] as const;
  });
  return Object.fromEntries(entries);
}

function valuesOf(plan: ParameterPlan, options: InitialisationOptions, random: Random): ArrayLike<number> {
  const { shape, role, fan, sign } = plan;
  if (role === "scale" || role === "shift") return filled(shape, role === "scale" ? 1 : 0);
  if (sign !== null) return splitBias(shape, { bound: 1 / Math.sqrt(fan), sign }, random);
  if (role === "bias") return pytorchLayer(shape, { fan }, random);
  return matrixOf(plan, options, random);
}

function matrixOf(plan: ParameterPlan, options: InitialisationOptions, random: Random): ArrayLike<number> {
  const { scheme = "pytorch", gain = 1, fan = "in", ratio = 1.5, value = null } = options;
  const { shape } = plan;
  switch (scheme) {
    case "pytorch":
      return pytorchLayer(shape, { fan: plan.fan }, random);
    case "normal":
      return normal(shape, { gain, fan }, random);
    case "uniform":
      return uniform(shape, { gain, fan }, random);
    case "log-normal":
      return logNormal(shape, { gain, fan, ratio }, random);
    case "exponential":
      return exponential(shape, { deviation: deviationOf("initialise", shape, { gain, fan }) }, random);
    case "constant":
      return filled(shape, requireValue(value));
  }
}

function filled(shape: readonly number[], value: number): Float64Array {
  return new Float64Array(shape.reduce((product, size) => product * size, 1)).fill(value);
}

function requireValue(value: number | null): number {
  if (value !== null && Number.isFinite(value)) return value;
  throw new InputError({
    code: "bad-parameter",
    message: `initialise: expected a value for constant weights, got ${value}; give one, such as { scheme: "constant", value: 0.01 }`,
  });
}
