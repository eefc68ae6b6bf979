/** Learning and control pairs of a known geometry, as spines give them: fluctuation and measurement noise in both groups. */

import type { Random } from "../../random.ts";
import { type PairedWeights, pairWeights } from "../paired-weights.ts";
import { afterDualChange } from "./dual-step.ts";

export interface ControlSimulation {
  readonly learning: number;
  readonly control: number;
  /** λ of learning. */
  readonly exponent: number;
  /** SD of ln w⁰; the median weight is 1. Ignored where `sizes` are given. */
  readonly logSizeDeviation: number;
  /** True initial sizes to draw from instead of a log-normal law, over their median. */
  readonly sizes: Float64Array | null;
  /** SD of the dual change, which at the median weight is the SD of the change. */
  readonly change: number;
  /** Mean of the dual change over its SD. */
  readonly drift: number;
  readonly law: "gaussian" | "student-4";
  /** SD of spontaneous change as a share of size. */
  readonly fluctuation: number;
  /** SD of one reading: a share of each size, and a share of the median. */
  readonly noise: { readonly multiplicative: number; readonly additive: number };
  /** ln odds of taking part = a + b·(ln w⁰ less its mean); null where all synapses do. */
  readonly activity: { readonly a: number; readonly b: number } | null;
  /** Synapses in a cluster, which shares a factor of its change (SD of ln 0.5); 1 makes all independent. */
  readonly clusterSize: number;
}

export const DEFAULT_CONTROL_SIMULATION: ControlSimulation = {
  learning: 300,
  control: 300,
  exponent: 0,
  logSizeDeviation: 0.7,
  sizes: null,
  change: 0.2,
  drift: 0.3,
  law: "gaussian",
  fluctuation: 0.15,
  noise: { multiplicative: 0.07, additive: 0.05 },
  activity: null,
  clusterSize: 1,
};

const CLUSTER_DEVIATION = 0.5;
/** Readings below this share of the median are taken as this: a smaller spot would not be found in an image. */
const SMALLEST_READING = 0.05;

export interface SimulatedControl {
  readonly pairs: PairedWeights;
  readonly control: PairedWeights;
}

/** w¹ = (∇φ)⁻¹(∇φ(w⁰) + change) for those that take part, times 1 + fluctuation for all; then both ends are read with noise. */
export function simulateControl(settings: Partial<ControlSimulation>, random: Random): SimulatedControl {
  const all = { ...DEFAULT_CONTROL_SIMULATION, ...settings };
  return {
    pairs: groupOf(all, all.learning, true, random.stream("learning")),
    control: groupOf(all, all.control, false, random.stream("control")),
  };
}

function groupOf(settings: ControlSimulation, count: number, learns: boolean, random: Random): PairedWeights {
  const { fluctuation, noise, clusterSize } = settings;
  const sizes = sizesOf(settings, count, random.stream("sizes"));
  const clusters = Math.ceil(count / clusterSize);
  const clusterRandom = random.stream("clusters");
  const factor = Float64Array.from({ length: clusters }, () =>
    clusterSize > 1 ? Math.exp(CLUSTER_DEVIATION * clusterRandom.normal()) : 1,
  );
  const change = random.stream("change");
  const reading = random.stream("readings");
  const read = (weight: number) => {
    const noisy =
      weight + weight * noise.multiplicative * reading.normal() + noise.additive * reading.normal();
    return Math.abs(noisy) < SMALLEST_READING ? SMALLEST_READING : noisy;
  };
  const [initial, final] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const own = factor[Math.floor(i / clusterSize)];
    const learned = learns ? afterLearning(settings, sizes[i], own, change) : sizes[i];
    const moved = learned * (1 + fluctuation * (learns ? 1 : own) * change.normal());
    initial[i] = Math.abs(read(sizes[i]));
    final[i] = read(moved);
  }
  const name = learns ? "learning" : "control";
  return pairWeights(initial, final, {
    source: `simulated ${name} pairs`,
    ...(clusterSize > 1
      ? { cluster: Array.from(sizes, (_, i) => `${name} ${Math.floor(i / clusterSize)}`) }
      : {}),
  });
}

function afterLearning(settings: ControlSimulation, weight: number, factor: number, random: Random): number {
  const { exponent, change, drift, law, activity } = settings;
  const draw = law === "gaussian" ? random.normal() : random.studentT(4) / Math.SQRT2;
  const chance = random.uniform();
  if (activity !== null && chance >= 1 / (1 + Math.exp(-activity.a - activity.b * Math.log(weight))))
    return weight;
  return afterDualChange(weight, change * (drift + factor * draw), exponent);
}

function sizesOf(settings: ControlSimulation, count: number, random: Random): Float64Array {
  const { sizes, logSizeDeviation } = settings;
  return Float64Array.from({ length: count }, () =>
    sizes === null ? Math.exp(logSizeDeviation * random.normal()) : sizes[random.integer(sizes.length)],
  );
}
