import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { pairWeights } from "../paired-weights.ts";
import { controlPairs } from "./control-pairs.ts";
import { convolutionLikelihood, convolutionWithControl } from "./convolution.ts";
import { afterDualChange } from "./dual-step.ts";
import { type ControlSimulation, simulateControl } from "./simulate-control.ts";
import { varianceWithControl } from "./variance-with-control.ts";

/** ∫ N(w¹; (1+m) u(z), V(u)) φ(z) dz by 20,000 steps. */
function integrated(initial: number, final: number, point: readonly number[]): number {
  const [exponent, mean, logSpread, growth, logAdditive, logMultiplicative] = point;
  const [additive, multiplicative] = [Math.exp(logAdditive), Math.exp(logMultiplicative)];
  const steps = 20_000;
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    const z = -8 + (16 * (k + 0.5)) / steps;
    const u = afterDualChange(initial, mean + Math.exp(logSpread) * z, exponent);
    const square = u * u + 0.02 ** 2;
    const stretch = Math.min(25, (initial ** 2 / square) ** (exponent - 1));
    const variance =
      0.7 * (additive + multiplicative * square) + 0.3 * (additive + multiplicative * initial ** 2) * stretch;
    const gap = final - (1 + growth) * u;
    sum += Math.exp(-0.5 * z * z - (0.5 * gap * gap) / variance) / Math.sqrt(variance);
  }
  return (sum * 16) / steps / (2 * Math.PI);
}

describe("the density of a final weight", () => {
  const initial = [0.3, 0.6, 1, 1.7, 3];
  const final = [0.25, 0.9, 1.1, 1.5, 3.6];
  const pairs = controlPairs(pairWeights(initial, final), pairWeights(initial, final));
  it.each([0, 0.5, 1, 2])("is the convolution integral at λ = %d", (exponent) => {
    const point = [exponent, 0.05, Math.log(0.3), 0.01, Math.log(0.004), Math.log(0.03)];
    const likelihood = convolutionLikelihood(pairs, "gaussian", false, point);
    const each = new Float64Array(likelihood.count);
    likelihood.contributions(point, each);
    for (let i = 0; i < initial.length; i++) {
      const { learning } = pairs;
      const exact = Math.log(integrated(learning.initial[i], learning.final[i], point));
      // 32 bins as histograms: two per cent of the density.
      expect(Math.abs(each[i] - exact)).toBeLessThan(0.03);
    }
  });
});

const runs = 10;

function fits(settings: Partial<ControlSimulation>) {
  return Array.from({ length: runs }, (_, k) => {
    const { pairs, control } = simulateControl(settings, createRandom(`convolution ${k}`));
    const both = controlPairs(pairs, control);
    const variance = varianceWithControl(both, 0.95);
    return { variance, convolution: convolutionWithControl(both, variance, false) };
  });
}

describe("150 learning and 150 control synapses", () => {
  it.each([0, 1, 2])(
    "recovers λ = %d, also where the variance function does not",
    (exponent) => {
      const found = fits({ exponent, change: 0.5, learning: 150, control: 150 });
      const mean = found.reduce((sum, { convolution }) => sum + convolution.estimate, 0) / runs;
      // One estimate has an SD of 0.15 to 0.25: three errors of the mean of 10.
      expect(Math.abs(mean - exponent)).toBeLessThan(0.24);
      expect(found.every(({ convolution }) => convolution.influence !== null)).toBe(true);
    },
    60_000,
  );
});

it("finds that small synapses take part more often, and by how much", () => {
  const settings = { learning: 300, control: 300, change: 0.5, drift: 0.8, activity: { a: 0.7, b: -2 } };
  const { pairs, control } = simulateControl(settings, createRandom(4));
  const both = controlPairs(pairs, control);
  const variance = varianceWithControl(both, 0.95);
  const all = convolutionWithControl(both, variance, false);
  const some = convolutionWithControl(both, variance, true);
  expect(2 * (some.logLikelihood - all.logLikelihood)).toBeGreaterThan(7.8);
  const { estimate, standardError } = some.selectivity ?? { estimate: 0, standardError: 0 };
  expect(estimate + 3 * standardError).toBeGreaterThan(-2);
  expect(estimate + 2 * standardError).toBeLessThan(0);
});
