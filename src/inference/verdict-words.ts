/** The words of verdicts: numbers as people read them, and the names of geometries in a sentence. */

import type { PotentialScore, Verdict, VerdictStatus } from "./geometry-fit.ts";

/** Finite networks pull λ̂ towards 1 by up to this (2,000 inputs and more), so that no interval may be taken as finer. */
export const EQUIVALENCE_MARGIN = 0.2;

/** A verdict that names no potential. */
export function open(
  status: VerdictStatus,
  statement: string,
  advice: string,
  candidates: readonly string[] = [],
): Verdict {
  return { potential: null, status, candidates, statement, advice };
}

/** λ̂ and the ends of its interval. */
export interface EstimateEnds {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The named potential that the whole interval lies within the margin of. */
export function nearestWithinMargin(
  potentials: readonly PotentialScore[],
  { estimate, low, high }: EstimateEnds,
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

export function described(name: string): string {
  return DESCRIPTIONS[name] ?? (name.endsWith("-norm") ? `the ${name}` : name);
}

export function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "0.05 [−0.08, 0.19]", "…" for an end outside the range looked at. */
export function interval(exponent: EstimateEnds): string {
  const end = (value: number | null) => (value === null ? "…" : value.toFixed(2).replace("-", "−"));
  return `${end(exponent.estimate)} [${end(exponent.low)}, ${end(exponent.high)}]`;
}

export function figure(value: number | null): string {
  return value === null ? "–" : Number(value.toPrecision(2)).toString().replace("-", "−");
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

export function grouped(count: number): string {
  // By hand: the library of languages takes as long to begin as half of the diagnostics.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
