/** Weight pairs of a known geometry: for power analysis, calibration and tests. */

import { type Potential, potentialOfExponent } from "../geometry/index.ts";
import type { Random } from "../random.ts";
import { type PairedWeights, pairWeights } from "./paired-weights.ts";

/** Laws of the dual change, each of variance 1 before its scale but for "silent", where 70 % change 20 times less. */
export type ChangeLaw = "gaussian" | "student-4" | "silent";

export interface SimulationSettings {
  readonly pairs: number;
  /** λ of the true geometry. */
  readonly exponent: number;
  /** log-normal: mean of |w| = SD of |w|, so that the SD of ln|w| is √ln 2. */
  readonly initial: "log-normal" | "normal";
  /** random: each sign with probability ½ (a normal start has them by itself). */
  readonly signs: "random" | "positive";
  /** SD of a normal start, median of |w| of a log-normal one. */
  readonly weightScale: number;
  /** RMS(w¹ − w⁰)/RMS(w⁰). */
  readonly changeSize: number;
  /** σ itself, in units of the dual weights; where it is given, `changeSize` is not looked at. */
  readonly dualScale: number | null;
  readonly law: ChangeLaw;
  /** Mean of the dual change in units of its SD. */
  readonly drift: number;
  /** Groups of equal size whose weights and dual changes have different scales (log-normal, SD of ln 1 and 0.5). */
  readonly groups: number;
  /** Pairs in a cluster that shares one scale of change (log-normal, SD of ln 0.5); 1 makes all independent. */
  readonly clusterSize: number;
  /** SD of both readings: a share of the mean size, and a share of each size. */
  readonly noise: { readonly additive: number; readonly multiplicative: number };
}

export const DEFAULT_SIMULATION: SimulationSettings = {
  pairs: 200,
  exponent: 0,
  initial: "log-normal",
  signs: "random",
  weightScale: 1,
  changeSize: 0.2,
  dualScale: null,
  law: "gaussian",
  drift: 0,
  groups: 1,
  clusterSize: 1,
  noise: { additive: 0, multiplicative: 0 },
};

const LOG_SIZE_DEVIATION = Math.sqrt(Math.LN2);

/**
 * w¹ = (∇φ)⁻¹(∇φ(w⁰) + σ(ε + drift)), σ given or chosen so that the relative change has the size asked for; then noise on both.
 *
 * Weights that would leave the dual space of a p-norm cross zero, as they do in learning.
 */
export function simulatePairs(settings: Partial<SimulationSettings>, random: Random): PairedWeights {
  const all = { ...DEFAULT_SIMULATION, ...settings };
  const potential = potentialOfExponent(all.exponent);
  const initial = initialWeights(all, random.stream("initial"));
  const change = dualLaw(all, random.stream("change"));
  const groupRandom = random.stream("groups");
  const clusterRandom = random.stream("clusters");
  const clusterScale = Float64Array.from({ length: Math.ceil(all.pairs / all.clusterSize) }, () =>
    all.clusterSize > 1 ? Math.exp(0.5 * clusterRandom.normal()) : 1,
  );
  for (let i = 0; i < change.length; i++) change[i] *= clusterScale[Math.floor(i / all.clusterSize)];
  const weightScale = Array.from({ length: all.groups }, () =>
    all.groups > 1 ? Math.exp(groupRandom.normal()) : 1,
  );
  const changeScale = Array.from({ length: all.groups }, () =>
    all.groups > 1 ? Math.exp(0.5 * groupRandom.normal()) : 1,
  );
  const scale = all.dualScale ?? scaleOfChange(potential, initial, change, all);
  const final = initial.map((weight, i) =>
    moved(potential, weight, scale * changeScale[i % all.groups] * change[i]),
  );
  const noise = random.stream("noise");
  const meanSize = initial.reduce((sum, weight) => sum + Math.abs(weight), 0) / initial.length;
  const read = (weight: number, i: number) => {
    const { additive, multiplicative } = all.noise;
    const reading =
      additive === 0 && multiplicative === 0
        ? weight
        : weight * (1 + multiplicative * noise.normal()) + additive * meanSize * noise.normal();
    return reading * weightScale[i % all.groups];
  };
  return pairWeights(initial.map(read), final.map(read), {
    source: "simulated pairs",
    ...(all.clusterSize > 1
      ? { cluster: Array.from(initial, (_, i) => `cluster ${Math.floor(i / all.clusterSize)}`) }
      : {}),
    ...(all.groups > 1 ? { group: Array.from(initial, (_, i) => `group ${i % all.groups}`) } : {}),
  });
}

function initialWeights(settings: SimulationSettings, random: Random): Float64Array {
  return Float64Array.from({ length: settings.pairs }, () => {
    const draw = random.normal();
    const negative = random.uniform() < 0.5;
    const size = settings.initial === "normal" ? Math.abs(draw) : Math.exp(LOG_SIZE_DEVIATION * draw);
    return settings.weightScale * (settings.signs === "random" && negative ? -size : size);
  });
}

function dualLaw(settings: SimulationSettings, random: Random): Float64Array {
  const draw = {
    gaussian: () => random.normal(),
    "student-4": () => random.studentT(4),
    silent: () => random.normal() * (random.uniform() < 0.7 ? 0.05 : 1),
  }[settings.law];
  const deviation = { gaussian: 1, "student-4": Math.SQRT2, silent: Math.sqrt(0.3 + 0.7 * 0.0025) }[
    settings.law
  ];
  return Float64Array.from({ length: settings.pairs }, () => draw() + settings.drift * deviation);
}

function moved(potential: Potential, weight: number, change: number): number {
  return potential.inverseMirrorMap(potential.mirrorMap(weight) + change, weight < 0 ? -1 : 1);
}

function scaleOfChange(
  potential: Potential,
  initial: Float64Array,
  change: Float64Array,
  { changeSize, weightScale, exponent }: SimulationSettings,
): number {
  const sizeSquares = initial.reduce((sum, weight) => sum + weight * weight, 0);
  const relative = (scale: number) => {
    let squares = 0;
    for (let i = 0; i < initial.length; i++)
      squares += (moved(potential, initial[i], scale * change[i]) - initial[i]) ** 2;
    return Math.sqrt(squares / sizeSquares);
  };
  const unit = weightScale ** exponent;
  let [low, high] = [1e-9 * unit, 1e3 * unit];
  for (let step = 0; step < 60; step++) {
    const middle = Math.sqrt(low * high);
    if (relative(middle) > changeSize) high = middle;
    else low = middle;
  }
  return low;
}
