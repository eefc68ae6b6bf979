import { describe, expect, it } from "vitest";
import { potentialOfExponent } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { type SimulationSettings, simulatePairs } from "./simulate.ts";

const simulated = (settings: Partial<SimulationSettings>, name = "simulate") =>
  simulatePairs(settings, createRandom(name));
const squares = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

/** φ′(w¹) − φ′(w⁰) of every pair. */
function dualChange(settings: Partial<SimulationSettings>, name?: string): number[] {
  const potential = potentialOfExponent(settings.exponent ?? 0);
  const { initial, final } = simulated(settings, name);
  return Array.from(initial, (weight, i) => potential.dualChange(weight, final[i]));
}

function shapeOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / values.length;
  return { drift: mean / Math.sqrt(variance), kurtosis: fourth / variance ** 2 };
}

describe("simulatePairs", () => {
  it.each([0, 1, 2])("at λ = %i changes the weights by the share asked for, in RMS", (exponent) => {
    for (const changeSize of [0.01, 0.2, 1]) {
      const { initial, final } = simulated({ exponent, changeSize });
      const relative = Math.sqrt(squares(initial.map((weight, i) => final[i] - weight)) / squares(initial));
      expect(relative / changeSize).toBeCloseTo(1, 6);
    }
  });

  it.each([0, 1, 2])("at λ = %i the scale of the weights changes nothing but their unit", (exponent) => {
    const settings = { exponent, pairs: 50, changeSize: 0.3 };
    const [plain, small] = [simulated(settings), simulated({ ...settings, weightScale: 1e-3 })];
    for (const end of ["initial", "final"] as const)
      for (const [k, weight] of plain[end].entries())
        expect((1000 * small[end][k]) / weight).toBeCloseTo(1, 6);
  });

  it("takes the scale of the dual change where it is given", () => {
    const changes = dualChange({ exponent: 2, pairs: 10_000, weightScale: 0.1, dualScale: 1e-3 });
    // The SD of 10,000 draws is known to 0.7 %.
    expect(Math.abs(1e3 * Math.sqrt(squares(changes) / 10_000) - 1)).toBeLessThan(0.04);
  });

  it("has log-normal weights whose mean is their SD, or normal ones", () => {
    const sizes = Array.from(simulated({ pairs: 10_000 }).initial, (weight) => Math.log(Math.abs(weight)));
    // The variance of a logarithm is ln 2; 10,000 of them know it to 0.01.
    expect(Math.abs(shapeOf(sizes).kurtosis - 3)).toBeLessThan(0.25);
    expect(Math.abs(squares(sizes) / 10_000 - Math.LN2)).toBeLessThan(0.05);
    const normal = Array.from(simulated({ pairs: 10_000, initial: "normal" }).initial);
    expect(Math.abs(shapeOf(normal).kurtosis - 3)).toBeLessThan(0.25);
    const negative = simulated({ pairs: 10_000 }).initial.filter((weight) => weight < 0).length;
    expect(Math.abs(negative / 10_000 - 0.5)).toBeLessThan(0.025);
    expect(simulated({ signs: "positive" }).initial.every((weight) => weight > 0)).toBe(true);
  });

  it("has the law and the drift asked for in the dual", () => {
    const pairs = 10_000;
    const gaussian = shapeOf(dualChange({ pairs, drift: 0.7 }));
    expect(Math.abs(gaussian.drift - 0.7)).toBeLessThan(0.06);
    expect(Math.abs(gaussian.kurtosis - 3)).toBeLessThan(0.25);
    // A mixture of 30 % unit normals and 70 % of SD 1/20: κ = 3·0.3/0.3² = 10 but for the silent ones.
    expect(Math.abs(shapeOf(dualChange({ pairs, law: "silent" })).kurtosis - 9.9)).toBeLessThan(1.7);
    expect(shapeOf(dualChange({ pairs, law: "student-4" })).kurtosis).toBeGreaterThan(6);
  });

  it("draws groups of different scale, and clusters that share the size of their changes", () => {
    const { initial, group } = simulated({ pairs: 4000, groups: 4 });
    const means = [0, 1, 2, 3].map((g) => Math.sqrt(squares(initial.filter((_, i) => i % 4 === g)) / 1000));
    expect(group?.names).toEqual(["group 0", "group 1", "group 2", "group 3"]);
    expect(Math.max(...means) / Math.min(...means)).toBeGreaterThan(1.5);
    const settings = { pairs: 4000, clusterSize: 100 };
    expect(simulated(settings).cluster?.names).toHaveLength(40);
    const change = dualChange(settings);
    const spread = Array.from(
      { length: 40 },
      (_, c) => Math.log(squares(change.slice(100 * c, 100 * c + 100)) / 100) / 2,
    );
    // The logarithm of an SD from 100 changes has an error of 0.07; that of the clusters' scale is 0.5.
    const mean = spread.reduce((sum, value) => sum + value / 40, 0);
    expect(Math.sqrt(squares(spread.map((value) => value - mean)) / 39)).toBeGreaterThan(0.25);
  });

  it("reads both ends with the noise asked for", () => {
    const noise = { additive: 0.1, multiplicative: 0.2 };
    const settings = { pairs: 10_000, changeSize: 1e-9, signs: "positive" as const };
    const quiet = simulated(settings);
    const noisy = simulated({ ...settings, noise });
    const mean = Array.from(quiet.initial).reduce((sum, weight) => sum + weight / 10_000, 0);
    const z = Array.from(quiet.initial, (weight, i) => {
      return (noisy.final[i] - noisy.initial[i]) / Math.sqrt(2 * ((0.2 * weight) ** 2 + (0.1 * mean) ** 2));
    });
    expect(Math.abs(squares(z) / 10_000 - 1)).toBeLessThan(0.075);
  });

  it("is the same for the same stream, and draws each part from its own: noise moves no weight", () => {
    const noise = { additive: 0, multiplicative: 0.1 };
    expect(simulated({ pairs: 20 })).toEqual(simulated({ pairs: 20 }));
    const [quiet, noisy] = [simulated({ pairs: 20 }), simulated({ pairs: 20, noise })];
    for (const [i, weight] of quiet.initial.entries())
      expect(Math.abs(noisy.initial[i] / weight - 1)).toBeLessThan(0.6);
  });
});
