/** Membership of a weight in a potential's domain, and the one sentence of its refusal. */

import { InputError } from "../errors.ts";
import type { Interval } from "./potential.ts";

/** All finite numbers. */
export const finiteNumbers: Interval = {
  low: -Infinity,
  high: Infinity,
  lowOpen: true,
  highOpen: true,
  withoutZero: false,
};

/** Whether a weight lies in the domain; NaN never does. */
export function isInside(domain: Interval, weight: number): boolean {
  const aboveLow = domain.lowOpen ? weight > domain.low : weight >= domain.low;
  const belowHigh = domain.highOpen ? weight < domain.high : weight <= domain.high;
  return aboveLow && belowHigh && !(domain.withoutZero && weight === 0);
}

/** The error for a weight outside its domain; `place` says which argument or element it was. */
export function outsideDomain(where: string, domain: Interval, weight: number, place?: string): InputError {
  const what = describeDomain(domain);
  const at = place === undefined ? "" : ` (${place})`;
  return new InputError({
    code: "outside-domain",
    message: `${where}: expected ${what}, got ${weight}${at}; ${advice(domain, weight)}`,
  });
}

/** Throws InputError `outside-domain` unless the dual weight is finite. */
export function requireFiniteDual(where: string, dual: number): void {
  if (Math.abs(dual) < Infinity) return;
  throw new InputError({
    code: "outside-domain",
    message: `${where}: expected a finite dual weight, got ${dual}; take smaller steps if learning diverged`,
  });
}

/** Throws InputError `bad-parameter` unless the parameter is finite and above `bound`. */
export function requireParameter(where: string, name: string, value: number, bound = 0, advice = ""): void {
  if (value > bound && value < Infinity) return;
  throw new InputError({
    code: "bad-parameter",
    message: `${where}: expected ${name} > ${bound} and finite, got ${value}${advice}`,
  });
}

function describeDomain({ low, high, lowOpen, highOpen, withoutZero }: Interval): string {
  if (low === -Infinity && high === Infinity) {
    return withoutZero ? "a weight other than 0 and finite" : "a finite weight";
  }
  return `a weight ${lowOpen ? ">" : ">="} ${low} and ${highOpen ? "<" : "<="} ${high}`;
}

function advice(domain: Interval, weight: number): string {
  if (!Number.isFinite(weight)) return "leave missing or diverged weights out";
  if (weight === 0) return "absent synapses are counted apart, or use hyperbolic-entropy";
  if (weight >= domain.high) return "raise the maximum above the largest weight";
  return "use hyperbolic-entropy, or split by sign";
}
