/** From numbers to one plain sentence, and when not to say one. */

import { exponentName } from "../geometry/index.ts";
import { FEWEST_CLUSTERS } from "./cluster-bootstrap.ts";
import type {
  Diagnostics,
  ExponentEstimate,
  LikelihoodEstimate,
  NoiseReport,
  PotentialScore,
  Verdict,
  VerdictStatus,
} from "./geometry-fit.ts";

/** Finite networks pull λ̂ towards 1 by up to this (2,000 inputs and more), so that no interval may be taken as finer. */
export const EQUIVALENCE_MARGIN = 0.2;
/** Gap between the two estimators, beyond disjoint intervals, that counts as disagreement. */
const DISAGREEMENT = 0.2;
const DEPENDENCE_SIGNIFICANCE = 5e-4;
const DEPENDENCE_SHARE = 0.01;
/** A mean that grows with the weight moves λ̂ by less than 0.1 up to this share (simulated in verdict-growth.test.ts). */
const HARMLESS_GROWTH = 0.05;
const GROWTH_TREND = 0.05;
const GROUP_SIGNIFICANCE = 1e-3;
/** Rank correlation that shuffled pairs do not reach: too few pairs, rather than wrong ones. */
const STRONG_CORRELATION = 0.7;
const NARROW_SIZES = 0.15;
const HOPELESS_WIDTH = 1.5;

export interface Evidence {
  readonly pairs: number;
  readonly exponent: ExponentEstimate;
  readonly likelihood: LikelihoodEstimate;
  readonly potentials: readonly PotentialScore[];
  readonly noise: NoiseReport;
  readonly changeBeyondNoise: boolean;
  readonly diagnostics: Diagnostics;
  /** Clusters among the pairs; null where all are independent. */
  readonly clusters: number | null;
  /** SD of the exponent between groups, beyond their own error; null with fewer than two groups. */
  readonly groupSpread: number | null;
}

/** The rules, in order: sizes alike, unrelated pairs, change within noise, misfit, then the potentials inside. */
export function judge(evidence: Evidence): Verdict {
  return (
    sizesAlike(evidence) ??
    unrelated(evidence) ??
    withinNoise(evidence) ??
    misfit(evidence) ??
    insideInterval(evidence)
  );
}

function open(
  status: VerdictStatus,
  statement: string,
  advice: string,
  candidates: readonly string[] = [],
): Verdict {
  return { potential: null, status, candidates, statement, advice };
}

function unrelated({ diagnostics, pairs }: Evidence): Verdict | null {
  const { signed, magnitude, related } = diagnostics.pairing;
  if (related) return null;
  if (signed > STRONG_CORRELATION && magnitude > STRONG_CORRELATION) {
    return open(
      "unidentifiable",
      `${pairs} pairs are too few to show that the final weights belong to the initial ones (rank correlation ${figure(signed)}), so no geometry can be read from their change.`,
      "More synapses are needed.",
    );
  }
  return open(
    "unidentifiable",
    `The final weights are not related to the initial ones (rank correlation ${figure(signed)}, of sizes ${figure(magnitude)}, ${pairs} pairs), so no geometry can be read from their change.`,
    "Check that both ends list the same synapses in the same order.",
  );
}

function withinNoise({ noise, changeBeyondNoise }: Evidence): Verdict | null {
  if (noise.source === "none" || changeBeyondNoise) return null;
  return open(
    "unidentifiable",
    `The change is not beyond the measurement noise (${figure(noise.changeOverNoise)} times what the noise alone gives), so no geometry can be read from it.`,
    "A longer interval, stronger learning or the mean of repeated measurements would raise the change above the noise.",
  );
}

function sizesAlike(evidence: Evidence): Verdict | null {
  const { exponent, diagnostics } = evidence;
  const narrow = diagnostics.logSizeDeviation < NARROW_SIZES;
  if (!narrow || width(exponent) < HOPELESS_WIDTH) return null;
  return open(
    "unidentifiable",
    `The initial weights hardly vary (SD of the logarithm of their size ${figure(diagnostics.logSizeDeviation)}), so every geometry predicts the same changes.`,
    needed(evidence),
  );
}

function width({ low, high }: ExponentEstimate): number {
  return low === null || high === null ? Number.POSITIVE_INFINITY : high - low;
}

function misfit(evidence: Evidence): Verdict | null {
  const { exponent, likelihood, diagnostics, noise, groupSpread } = evidence;
  const noiseAdvice =
    noise.source === "none"
      ? "Measurement noise, change that only some synapses make, or a change that depends on size otherwise are the usual reasons; give the noise if it is known, and look at the change against size."
      : "Change that only some synapses make, or that depends on size otherwise, are the usual reasons; look at the change against size.";
  if (exponent.estimate === null) {
    return open(
      "misfit",
      "No exponent between −2 and 5 makes the dual change independent of the initial weight.",
      noiseAdvice,
    );
  }
  const remaining = diagnostics.remainingDependence;
  if (noise.method === null && remaining !== null) {
    const smallest = Math.min(remaining.location.pValue, remaining.spread.pValue);
    const remains = smallest < DEPENDENCE_SIGNIFICANCE && remaining.shareExplained > DEPENDENCE_SHARE;
    if (remains && !onlyGrows(evidence)) {
      return open(
        "misfit",
        `${dependence(remaining)} in a way that no exponent removes (best λ = ${interval(exponent)}; ${percent(remaining.shareExplained)} of the rank variance remains).`,
        noiseAdvice,
      );
    }
  }
  if (noise.method === null && disagree(exponent, likelihood)) {
    return open(
      "misfit",
      `Rank independence (λ = ${interval(exponent)}) and likelihood (λ = ${interval(likelihood)}) disagree beyond their intervals, so one exponent does not describe these changes.`,
      noiseAdvice,
    );
  }
  const agreement = diagnostics.groupAgreement;
  if (
    agreement &&
    groupSpread !== null &&
    agreement.pValue < GROUP_SIGNIFICANCE &&
    groupSpread > EQUIVALENCE_MARGIN
  ) {
    return open(
      "misfit",
      `The groups do not share one exponent (SD between groups ${figure(groupSpread)}, p = ${figure(agreement.pValue)}); pooled λ = ${interval(exponent)}.`,
      "Read the exponent of each group instead of the pooled one.",
    );
  }
  return null;
}

/**
 * Whether nothing but the mean of the change depends on the weight, growing with it, as where learning strengthens what is
 * there: noise does the opposite, and the spread, from which λ is read, is not touched. Both estimators must agree.
 */
function onlyGrows({ exponent, likelihood, diagnostics, pairs }: Evidence): boolean {
  const remaining = diagnostics.remainingDependence;
  if (remaining === null || exponent.estimate === null || likelihood.estimate === null) return false;
  return (
    remaining.trend > GROWTH_TREND &&
    remaining.shareExplained <= HARMLESS_GROWTH &&
    remaining.spread.statistic / (pairs - 1) <= DEPENDENCE_SHARE &&
    Math.abs(exponent.estimate - likelihood.estimate) <= EQUIVALENCE_MARGIN
  );
}

/** What remains, in words: a mean that falls with the weight is what noise and regression to the mean look like. */
function dependence({ location, spread, trend }: NonNullable<Diagnostics["remainingDependence"]>): string {
  if (spread.pValue < location.pValue) return "The spread of the change depends on size";
  if (trend < -0.05)
    return "Weights fell back towards the middle (regression to the mean, such as noise makes),";
  return trend > 0.05 ? "Weights moved away from the middle" : "The mean of the change depends on size";
}

/** Intervals that do not meet, with estimates further apart than the margin. */
function disagree(exponent: ExponentEstimate, likelihood: LikelihoodEstimate): boolean {
  if (exponent.estimate === null || likelihood.estimate === null) return false;
  const apart =
    (exponent.low !== null && likelihood.high !== null && likelihood.high < exponent.low) ||
    (exponent.high !== null && likelihood.low !== null && likelihood.low > exponent.high);
  return apart && Math.abs(exponent.estimate - likelihood.estimate) > DISAGREEMENT;
}

function insideInterval(evidence: Evidence): Verdict {
  const { exponent, potentials, noise, diagnostics } = evidence;
  const condition = noise.source === "none" ? ", if measurement noise is negligible" : "";
  const allowed = potentials.filter((score) => !flipsForbid(score, diagnostics));
  const inside = allowed.filter((score) => score.inside).map((score) => score.name);
  const flips = allowed.length < potentials.length ? flipSentence(diagnostics) : "";
  if (inside.length > 1) {
    return open(
      "undecided",
      `These ${grouped(evidence.pairs)} synapses cannot tell ${list(inside)} apart: λ = ${interval(exponent)}${condition}.${flips}`,
      needed(evidence),
      inside,
    );
  }
  const nearest = nearestWithinMargin(allowed, exponent);
  const name = inside[0] ?? nearest;
  if (name === null || name === undefined) {
    return open(
      "none",
      `None of the named potentials describes the change of these ${grouped(evidence.pairs)} synapses: λ = ${interval(exponent)}, nearest to ${exponentName(exponent.estimate ?? 0)}${condition}.${flips}`,
      "An exponent between the named ones, a potential that is not a power (--potentials hyperbolic-entropy:BETA, affine:RATIO), or noise that was not given are the usual reasons.",
    );
  }
  const margin =
    inside.length === 0
      ? ` The interval excludes the exact exponent but lies wholly within ${EQUIVALENCE_MARGIN} of it, which is as near as learning in a finite network comes.`
      : "";
  return {
    potential: name,
    status: "decided",
    candidates: [name],
    statement: `These ${grouped(evidence.pairs)} synapses changed as under ${described(name)}: λ = ${interval(exponent)}${condition}.${margin}${flips}${growth(evidence)}${secondOpinion(evidence, name)}`,
    advice:
      noise.source === "none"
        ? "Repeated measurements or a known noise level would remove the condition; a group without learning would tell learning from spontaneous change."
        : "A group without learning would tell learning from spontaneous change.",
  };
}

/** Said where the mean change grows with the weight by more than would otherwise be a misfit. */
function growth(evidence: Evidence): string {
  const remaining = evidence.diagnostics.remainingDependence;
  const small = remaining === null || remaining.shareExplained <= DEPENDENCE_SHARE;
  if (small || evidence.noise.method !== null || !onlyGrows(evidence)) return "";
  return ` The mean change grows with the weight (${percent(remaining.shareExplained)} of the rank variance), which moves λ by less than 0.1.`;
}

/** Said only where the likelihood excludes the potential by more than the margin. */
function secondOpinion({ likelihood, potentials, noise }: Evidence, name: string): string {
  const exponent = potentials.find((score) => score.name === name)?.exponent ?? null;
  if (noise.method !== null || exponent === null || likelihood.estimate === null) return "";
  const inside =
    (likelihood.low === null || exponent >= likelihood.low) &&
    (likelihood.high === null || exponent <= likelihood.high);
  if (inside || Math.abs(exponent - likelihood.estimate) <= EQUIVALENCE_MARGIN) return "";
  return ` The second opinion, by likelihood, is λ = ${interval(likelihood)}, which leaves it out.`;
}

/** Weights that changed sign more often than noise explains rule out every potential that zero is infinitely far in. */
function flipsForbid(score: PotentialScore, { flips }: Diagnostics): boolean {
  return score.exponent !== null && score.exponent <= 0 && flips.pValue !== null && flips.pValue < 1e-3;
}

function flipSentence({ flips }: Diagnostics): string {
  const expected = flips.expected > 0 ? `, where noise explains ${figure(flips.expected)}` : "";
  return ` Sign flips (${flips.observed}${expected}) rule out negative entropy.`;
}

function nearestWithinMargin(
  potentials: readonly PotentialScore[],
  { estimate, low, high }: ExponentEstimate,
): string | null {
  if (estimate === null || low === null || high === null) return null;
  const furthest = (exponent: number) => Math.max(exponent - low, high - exponent);
  let [best, distance] = [null as string | null, EQUIVALENCE_MARGIN];
  for (const { name, exponent } of potentials) {
    if (exponent !== null && furthest(exponent) <= distance) {
      best = name;
      distance = furthest(exponent);
    }
  }
  return best;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "negative-entropy": "negative entropy (exponentiated gradient)",
  "2-norm": "the 2-norm (Euclidean: gradient descent)",
};

function described(name: string): string {
  return DESCRIPTIONS[name] ?? (name.endsWith("-norm") ? `the ${name}` : name);
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

function needed({ diagnostics: { pairsNeeded }, pairs, clusters }: Evidence): string {
  if (clusters !== null && clusters < FEWEST_CLUSTERS) {
    return `An interval needs at least ${FEWEST_CLUSTERS} clusters; there are ${clusters}.`;
  }
  if (pairsNeeded === null) return "Many more synapses, or synapses of more different sizes, are needed.";
  return pairsNeeded > pairs
    ? `About ${grouped(pairsNeeded)} synapses like these would tell neighbours 0.5 apart (80 % power).`
    : "The interval lies between two of them; more synapses would narrow it.";
}

/** "0.05 [−0.08, 0.19]", "…" for an end outside the range looked at. */
function interval(exponent: { estimate: number | null; low: number | null; high: number | null }): string {
  const end = (value: number | null) => (value === null ? "…" : value.toFixed(2).replace("-", "−"));
  return `${end(exponent.estimate)} [${end(exponent.low)}, ${end(exponent.high)}]`;
}

function figure(value: number | null): string {
  return value === null ? "–" : Number(value.toPrecision(2)).toString().replace("-", "−");
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-GB");
}
