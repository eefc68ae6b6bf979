/** Learning-rate schedules: pure functions of the step, counted from 0. */

import { InputError } from "../errors.ts";

/** The learning rate of a step; the first step is 0. */
export type Schedule = (step: number) => number;

/** The same learning rate at every step. */
export function constantRate(rate: number): Schedule {
  requireRate("constantRate", rate);
  return () => rate;
}

/**
 * Half a cosine from `rate` down to `final`.
 *
 * η(t) = final + (rate − final)(1 + cos(πt/T))/2
 *
 * PyTorch's CosineAnnealingLR has the same values. Like there the cosine goes on after T, so the rate rises again; a run
 * of more steps wants a larger T.
 *
 * @param steps  T, the steps (or passes, if the step counts those) until the end
 * @param final  0 unless given
 * @throws InputError `bad-option`
 * @see Loshchilov & Hutter 2017, "SGDR" (ICLR), arXiv:1608.03983, without its restarts
 */
export function cosineRate(
  rate: number,
  { steps, final = 0 }: { readonly steps: number; readonly final?: number },
): Schedule {
  requireRate("cosineRate", rate);
  requireRate("cosineRate", final);
  requireCount("cosineRate", "steps", steps);
  return (step) => final + ((rate - final) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/**
 * A rate that falls by a factor every so many steps: η(t) = rate·factorᵏ, k = ⌊t / every⌋ (PyTorch's StepLR).
 *
 * @throws InputError `bad-option`
 */
export function stepRate(
  rate: number,
  { every, factor }: { readonly every: number; readonly factor: number },
): Schedule {
  requireRate("stepRate", rate);
  requireRate("stepRate", factor);
  requireCount("stepRate", "every", every);
  return (step) => rate * factor ** Math.floor(step / every);
}

/**
 * A linear rise, then another schedule from its beginning.
 *
 * η(t) = then(0)·(t + 1)/(steps + 1) for t < steps;  then(t − steps) afterwards.
 *
 * @throws InputError `bad-option`
 */
export function warmUp(then: Schedule, { steps }: { readonly steps: number }): Schedule {
  requireCount("warmUp", "steps", steps);
  return (step) => (step < steps ? (then(0) * (step + 1)) / (steps + 1) : then(step - steps));
}

function requireRate(where: string, rate: number): void {
  if (rate >= 0 && rate < Infinity) return;
  throw new InputError({
    code: "bad-option",
    message: `${where}: expected rates and factors >= 0 and finite, got ${rate}; choose another value`,
  });
}

function requireCount(where: string, name: string, count: number): void {
  if (Number.isInteger(count) && count > 0) return;
  throw new InputError({
    code: "bad-option",
    message: `${where}: expected ${name} to be an integer > 0, got ${count}; choose another value`,
  });
}
