import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { independenceTest, plainExponent } from "../rank-independence.ts";
import { activityMixture } from "./activity-mixture.ts";
import { controlPairs } from "./control-pairs.ts";
import { controlScale } from "./control-scale.ts";
import { type SelectiveSimulation, simulateSelective } from "./simulate-selective.ts";
import { truncatedIndependence, truncatedTest } from "./truncated-independence.ts";

const base: SelectiveSimulation = {
  learning: 300,
  control: 150,
  exponent: 0,
  inactiveExponent: 0,
  logSizeDeviation: 0.83,
  change: 0.3,
  ratio: 15,
  activity: "step",
  law: "gaussian",
  drift: 0,
};
const runs = 60;

function simulated(settings: Partial<SelectiveSimulation>, k: number) {
  const simulation = simulateSelective({ ...base, ...settings }, createRandom(`truncated ${k}`));
  const both = controlPairs(simulation.pairs, simulation.control);
  return { ...simulation, both, scale: controlScale(both.control) };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Seeds fixed. Small synapses take part in half, large ones in a fifth of the cases; truth negative entropy.
describe("300 synapses of which small ones take part more often", () => {
  const found = Array.from({ length: runs }, (_, k) => {
    const { pairs, both, scale } = simulated({}, k);
    return {
      naive: plainExponent(continuumPairs(pairs)) ?? Number.NaN,
      truncated: truncatedIndependence(both.learning, scale, 0.95),
      mixture: activityMixture(both, scale),
    };
  });

  it("rank independence of all is off by 0.4", () => {
    const mean = meanOf(found.map(({ naive }) => naive));
    expect(mean).toBeGreaterThan(0.34);
    expect(mean).toBeLessThan(0.48);
  });

  it("the truncated test is not, and its interval covers", () => {
    const estimates = found.map(({ truncated }) => truncated.estimate ?? Number.NaN);
    // SD 0.14 of one estimate: three errors of the mean of 60.
    expect(Math.abs(meanOf(estimates))).toBeLessThan(0.06);
    const covering = found.filter(({ truncated: { low, high } }) => (low ?? -9) <= 0 && (high ?? 9) >= 0);
    expect(covering.length / runs).toBeGreaterThanOrEqual(0.85);
    const widths = found
      .map(({ truncated: { low, high } }) => (high ?? 9) - (low ?? -9))
      .sort((a, b) => a - b);
    expect(widths[runs >> 1]).toBeGreaterThan(0.45);
    expect(widths[runs >> 1]).toBeLessThan(0.65);
  });

  it("the tied mixture is nearer still, and finds that size decides", () => {
    expect(Math.abs(meanOf(found.map(({ mixture }) => mixture.estimate)))).toBeLessThan(0.04);
    const slopes = found.map(({ mixture }) => mixture.selectivity?.estimate ?? Number.NaN);
    expect(meanOf(slopes)).toBeGreaterThan(-0.85);
    expect(meanOf(slopes)).toBeLessThan(-0.55);
  });
});

it("changes only three times beyond the control's leave the interval open or wide", () => {
  const wide = Array.from({ length: 40 }, (_, k) => {
    const { both, scale } = simulated({ ratio: 3 }, k);
    const { low, high } = truncatedIndependence(both.learning, scale, 0.95);
    return !((high ?? Infinity) - (low ?? -Infinity) <= 1.5);
  });
  // The suite has 0.93; fewer than 30 of 40 happen about once in 10,000 seeds.
  expect(wide.filter(Boolean).length).toBeGreaterThanOrEqual(30);
});

it("without a bound it is Kendall's test of all pairs: its root is near that of the rank test", () => {
  const { pairs, both, scale } = simulated({ activity: "all" }, 1);
  const test = truncatedTest(both.learning, scale, 0);
  const ranks = independenceTest(continuumPairs(pairs));
  for (const exponent of [-0.5, 0.5]) {
    expect(Math.sign(test(exponent).statistic)).toBe(Math.sign(ranks.at(exponent)));
    // Both are N(0, 1) at the truth and rise alike; Kendall and Spearman correlate at 0.98.
    expect(Math.abs(test(exponent).statistic - ranks.at(exponent))).toBeLessThan(
      0.2 * Math.abs(ranks.at(exponent)) + 0.5,
    );
  }
  expect(test(0).exceedances).toBe(300);
});

it("T matches the definition, pair by pair", () => {
  const { both, scale } = simulated({ learning: 60 }, 5);
  const { initial, final, logSize } = both.learning;
  const k = 3;
  const direct = (() => {
    const kept = Array.from(initial.keys())
      .map((i) => {
        const reach = k * scale.scale * Math.exp((1 - scale.exponent) * logSize[i]);
        const [low, high] = [Math.max(initial[i] - reach, 1e-3 * initial[i]), initial[i] + reach];
        return {
          w: initial[i],
          d: Math.abs(Math.log(final[i] / initial[i])),
          c: Math.max(Math.log(high / initial[i]), Math.log(initial[i] / low)),
        };
      })
      .filter(({ d, c }) => d > c);
    let [sum, variance] = [0, 0];
    for (const own of kept) {
      const eligible = kept.filter(({ d, c }) => d >= own.d && c <= own.d);
      const rank = 1 + eligible.filter(({ w }) => w < own.w).length;
      if (eligible.length < 2) continue;
      sum += rank - (eligible.length + 1) / 2;
      variance += (eligible.length ** 2 - 1) / 12;
    }
    return -sum / Math.sqrt(variance);
  })();
  expect(truncatedTest(both.learning, scale, k)(0).statistic).toBeCloseTo(direct, 10);
});
