/** The r-of-k task: few relevant among many binary inputs, and labels that are a little wrong. */

import type { Random } from "../random.ts";
import { type Examples, requireSize, type Task } from "./examples.ts";

export interface ROfKOptions {
  /** n, the number of inputs. */
  readonly inputs: number;
  /** k, how many of them matter, the first ones; 100 unless given. */
  readonly relevant?: number;
  /** r, how many of the relevant must be on; 50 unless given. */
  readonly threshold?: number;
  /** Numbers of samples; 10 000, 1 000 and 1 000 unless given. */
  readonly train?: number;
  readonly validation?: number;
  readonly heldOut?: number;
}

/**
 * Inputs x ∈ {0, 1}ⁿ, each on with probability ½ (uint8 [samples, n]), and targets 1 where at least r of the first k
 * are on, else 0 (float32 [samples, 1]).
 *
 * The labels to learn from are noisy: −1, 0 or +1 (with probabilities 0.05, 0.9, 0.05) is added to the count before it is
 * compared with r. Validation and held-out labels are clean. The published network is one linear unit without bias that
 * starts from equal weights r/(n/2) and has logit w·x − r. With the same seed, samples for a smaller n are the first
 * inputs of those for a larger one.
 *
 * @throws InputError `bad-size`
 * @see Cornford et al. 2024, "Brain-like learning with exponentiated gradients", doi:10.1101/2024.10.25.620272, Figure 4B
 */
export function rOfK(options: ROfKOptions, random: Random): Task {
  const { inputs, relevant = 100, threshold = 50 } = options;
  const { train = 10_000, validation = 1_000, heldOut = 1_000 } = options;
  requireSize("rOfK", "inputs", inputs, 1, 2 ** 31);
  requireSize("rOfK", "relevant", relevant, 1, inputs);
  requireSize("rOfK", "threshold", threshold, 0, relevant);
  const noise = random.stream("label noise");
  const setOf = (name: string, count: number, noiseOf: () => number): Examples => {
    requireSize("rOfK", name, count, 1, 2 ** 31);
    const data = binaryInputs(count, inputs, random.stream(name));
    const targets = Float32Array.from({ length: count }, (_, sample) => {
      let sum = noiseOf();
      for (let i = 0; i < relevant; i++) sum += data[sample * inputs + i];
      return sum >= threshold ? 1 : 0;
    });
    return {
      name,
      inputs: { dtype: "uint8", shape: [count, inputs], data },
      targets: { dtype: "float32", shape: [count, 1], data: targets },
    };
  };
  return {
    name: "r-of-k",
    classes: null,
    train: setOf("train", train, () => labelNoise(noise.uniform())),
    validation: setOf("validation", validation, () => 0),
    heldOut: setOf("held-out", heldOut, () => 0),
  };
}

function labelNoise(uniform: number): number {
  if (uniform < 0.05) return -1;
  return uniform < 0.95 ? 0 : 1;
}

/** Fair bits, 32 from each draw; a sample has a stream of its own, so that its first inputs do not depend on n. */
function binaryInputs(count: number, inputs: number, random: Random): Uint8Array {
  const data = new Uint8Array(count * inputs);
  for (let sample = 0; sample < count; sample++) {
    const stream = random.stream(`sample ${sample}`);
    let bits = 0;
    for (let i = 0; i < inputs; i++) {
      bits = i % 32 === 0 ? stream.integer(2 ** 32) : bits >>> 1;
      data[sample * inputs + i] = bits & 1;
    }
  }
  return data;
}
