/** Pairs of which only some take part, more often or less often the larger they are; no measurement noise. */

import type { Random } from "../../random.ts";
import { pairWeights } from "../paired-weights.ts";
import { afterDualChange } from "./dual-step.ts";
import type { SimulatedControl } from "./simulate-control.ts";

/** Share that takes part at x = ln w⁰ less its mean. */
const ACTIVITIES = {
  step: (x: number) => (x < 0 ? 0.5 : 0.2),
  "logit-": (x: number) => 1 / (1 + Math.exp(0.7 + 1.2 * x)),
  "logit+": (x: number) => 1 / (1 + Math.exp(0.7 - 1.2 * x)),
  flat: () => 0.35,
  bump: (x: number) => 0.1 + 0.5 * Math.exp(-2 * x * x),
  all: () => 1,
} as const;

export interface SelectiveSimulation {
  readonly learning: number;
  readonly control: number;
  /** λ of the synapses that take part, and of the others' fluctuation. */
  readonly exponent: number;
  readonly inactiveExponent: number;
  readonly logSizeDeviation: number;
  /** SD of the dual change of those that take part. */
  readonly change: number;
  /** How many times smaller the change of the others is. */
  readonly ratio: number;
  readonly activity: keyof typeof ACTIVITIES;
  readonly law: "gaussian" | "student-4";
  /** Mean over SD of the change of those that take part. */
  readonly drift: number;
}

export function simulateSelective(settings: SelectiveSimulation, random: Random): SimulatedControl {
  const { learning, control, exponent, inactiveExponent, logSizeDeviation, change, ratio, law } = settings;
  const activity = ACTIVITIES[settings.activity];
  const group = (name: string, count: number, learns: boolean) => {
    const own = random.stream(name);
    const [initial, final] = [new Float64Array(count), new Float64Array(count)];
    for (let i = 0; i < count; i++) {
      const x = logSizeDeviation * own.normal();
      const active = own.uniform() < (learns ? activity(x) : 0);
      const draw = law === "gaussian" ? own.normal() : own.studentT(4) / Math.SQRT2;
      const quiet = own.normal();
      initial[i] = Math.exp(x);
      final[i] = active
        ? afterDualChange(initial[i], change * (settings.drift + draw), exponent)
        : afterDualChange(initial[i], (change / ratio) * quiet, inactiveExponent);
    }
    return pairWeights(initial, final, { source: `simulated ${name} pairs` });
  };
  return { pairs: group("learning", learning, true), control: group("control", control, false) };
}
