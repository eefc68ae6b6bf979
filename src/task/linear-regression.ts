/** The regression task of the seed paper: inputs with decaying correlations, labels without any meaning. */

import { InputError } from "../errors.ts";
import type { Random } from "../random.ts";
import { type FloatTensor, type FloatType, requireSize, type Task } from "./examples.ts";
import { type StationaryNormals, stationaryNormals } from "./stationary-normals.ts";

export interface LinearRegressionOptions {
  /** D, the number of inputs and so of weights. */
  readonly inputs: number;
  /** N, the number of samples. */
  readonly samples: number;
  /** c, how fast correlations decay with distance; 2 unless given. */
  readonly power?: number;
  /** The distance at which they have halved; 1 unless given. */
  readonly scale?: number;
  /** Type of inputs and targets; float32 unless given. */
  readonly dtype?: FloatType;
  /** The D of which this draw is the first part; 20 000 unless given, as in the paper. */
  readonly largestInputs?: number;
}

/**
 * Covariance of two inputs at a distance: C_ij = (−1)^(i−j) / (1 + (|i−j|/scale)^power); the variance is 1.
 */
export function decayingCovariance(lag: number, power: number, scale: number): number {
  return (lag % 2 === 0 ? 1 : -1) / (1 + (lag / scale) ** power);
}

/**
 * Inputs [N, D] x = Lε + u with L Lᵀ = C (`decayingCovariance`), ε ~ N(0, I), u ~ U(−½, ½) each, and labels ±1
 * [N, 1] at random, independent of the inputs. Cov(x) is C + I/12.
 *
 * Lε is drawn by `stationaryNormals` rather than with a Cholesky factor: the same law, without the 3 GB of L at
 * D = 20 000. A smaller D or N with the same seed and `largestInputs` is the first columns or rows of the same draw.
 * Time goes with N × `largestInputs`, for 20 000 about 0.01 s a sample.
 *
 * Learning rates are searched on another draw (`random.stream("search")`), as the paper does; there is no held-out set.
 *
 * @throws InputError `bad-size`, `bad-parameter`, `not-a-covariance` for a decay that no covariance has
 * @see Pogodin et al. 2024, "Synaptic weight distributions depend on the geometry of plasticity", ICLR, Figure 3A
 */
export function linearRegression(options: LinearRegressionOptions, random: Random): Task {
  const { inputs, targets } = regressionDraws(options).draw([random]);
  const alone = <T extends FloatTensor>(tensor: T): T => ({ ...tensor, shape: tensor.shape.slice(1) });
  return {
    name: "linear-regression",
    classes: null,
    train: { name: "train", inputs: alone(inputs), targets: alone(targets) },
    validation: null,
    heldOut: null,
  };
}

/** Draws of one regression, for which what they share is prepared once. */
export interface RegressionDraws {
  /**
   * What `linearRegression` draws from each stream, one behind the other: inputs [streams, N, D], labels [streams, N, 1].
   *
   * The inputs are overwritten by the next call with as many streams.
   */
  draw(streams: readonly Random[]): { readonly inputs: FloatTensor; readonly targets: FloatTensor };
}

/**
 * Prepares draws.
 *
 * @throws InputError as `linearRegression`
 */
export function regressionDraws(options: LinearRegressionOptions): RegressionDraws {
  const { inputs, samples, power = 2, scale = 1, dtype = "float32" } = options;
  const { largestInputs = Math.max(20_000, inputs) } = options;
  requireSize("linearRegression", "inputs", inputs, 1, largestInputs);
  requireSize("linearRegression", "samples", samples, 1, 2 ** 31);
  requirePositive("power", power);
  requirePositive("scale", scale);
  const normals = stationaryNormals(largestInputs, (lag) => decayingCovariance(lag, power, scale));
  const uniforms = new Float64Array(inputs);
  const size = samples * inputs;
  let memory = floatTensor(dtype, [0, samples, inputs]);
  return {
    draw(streams) {
      const shape = [streams.length, samples, inputs];
      if (memory.shape[0] !== streams.length) memory = floatTensor(dtype, shape);
      const targets = floatTensor(dtype, [streams.length, samples, 1]);
      for (const [k, stream] of streams.entries()) {
        const rows = memory.data.subarray(k * size, (k + 1) * size);
        fillSamples(rows, { normals, uniforms }, stream.stream("inputs"));
        targets.data.set(labelsOf(samples, stream.stream("labels")), k * samples);
      }
      return { inputs: memory, targets };
    },
  };
}

/** The inputs of one draw, a row behind the other. */
function fillSamples(
  data: Float32Array | Float64Array,
  { normals, uniforms }: { readonly normals: StationaryNormals; readonly uniforms: Float64Array },
  stream: Random,
): void {
  const inputs = uniforms.length;
  const samples = data.length / inputs;
  for (let first = 0; first < samples; first += 2) {
    const rows = normals.drawTwo(stream.stream(`normals ${first}`));
    for (let k = 0; k < 2 && first + k < samples; k++) {
      const sample = first + k;
      stream.stream(`uniforms ${sample}`).fillUniforms(uniforms);
      fillSample(data.subarray(sample * inputs, (sample + 1) * inputs), rows[k], uniforms);
    }
  }
}

/** Normal numbers with a uniform one from −½ to ½ added to each. */
function fillSample(
  sample: Float32Array | Float64Array,
  normals: Float64Array,
  uniforms: Float64Array,
): void {
  for (let i = 0; i < sample.length; i++) sample[i] = normals[i] + uniforms[i] - 0.5;
}

function floatTensor(dtype: FloatType, shape: readonly number[]): FloatTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return dtype === "float32"
    ? { dtype, shape, data: new Float32Array(length) }
    : { dtype, shape, data: new Float64Array(length) };
}

function labelsOf(samples: number, random: Random): Float64Array {
  return Float64Array.from({ length: samples }, () => (random.uniform() < 0.5 ? -1 : 1));
}

function requirePositive(what: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new InputError({
    code: "bad-parameter",
    message: `linearRegression: expected a ${what} > 0, got ${value}; use for example ${what === "power" ? 2 : 1}`,
  });
}
