import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { DEFAULT_DESIGN, type DesignSettings, designControl, informationError } from "./design.ts";

/** Synapses for 80 % power at two-sided 5 %, from the error of one synapse. */
function needed(settings: Partial<DesignSettings>, exponent: number, difference: number, ratio: number) {
  const error = informationError({ ...DEFAULT_DESIGN, ...settings }, exponent, 1, ratio);
  return ((1.959964 + 0.841621) * (error / difference)) ** 2;
}

describe("informationError", () => {
  it("300 learning and 300 control synapses, change 20 %, λ = 0", () => {
    expect(Math.abs(informationError(DEFAULT_DESIGN, 0, 300, 300) - 0.15)).toBeLessThan(0.01);
  });

  // Computed independently by simulation of the same information over random sizes: 5 % for their sampling.
  it.each([
    [0.1, 0, 1337, 334],
    [0.2, 0, 191, 48],
    [0.2, 1, 200, 50],
    [0.35, 0, 72, 18],
    [0.5, 1, 65, 16],
  ])(
    "change %d, λ = %d: %d synapses tell half a unit apart, %d a whole one",
    (change, exponent, half, whole) => {
      expect(needed({ change }, exponent, 0.5, 1) / half).toBeGreaterThan(0.94);
      expect(needed({ change }, exponent, 0.5, 1) / half).toBeLessThan(1.06);
      expect(needed({ change }, exponent, 1, 1)).toBeCloseTo(needed({ change }, exponent, 0.5, 1) / 4, 6);
      expect(Math.abs(needed({ change }, exponent, 1, 1) - whole)).toBeLessThan(0.06 * whole + 1);
    },
  );

  it("fewer control synapses need more learning ones", () => {
    expect(needed({}, 0, 0.5, 0.3) / 229).toBeGreaterThan(0.94);
    expect(needed({}, 0, 0.5, 0.3) / 229).toBeLessThan(1.06);
  });
});

describe("designControl", () => {
  it("confirms its answer by simulation, within five points", () => {
    const design = designControl({ change: 0.5 }, { random: createRandom(1) });
    expect(design.schema).toBe("syngeo.design/1");
    expect(Math.abs(design.simulation.power - 0.8)).toBeLessThan(0.05);
    expect(design.simulation.runs).toBe(600);
    expect(design.simulated).toHaveLength(4);
  }, 60_000);

  it("multiplies by the design effect of clusters", () => {
    const settings = { change: 0.5, perCluster: 11, clusterCorrelation: 0.1 };
    const design = designControl(settings, { random: createRandom(1) });
    expect(design.designEffect).toBeCloseTo(2, 12);
    expect(design.simulation.clusters).toBe(Math.ceil(design.simulation.learning / 11));
  }, 60_000);

  it.each([
    [{ between: [1, 1] as const }, "two exponents"],
    [{ power: 0.4 }, "a power"],
    [{ change: 0 }, "a change"],
    [{ controlRatio: 0 }, "a ratio"],
    [{ clusterCorrelation: 2 }, "a correlation"],
  ])("refuses %j", (settings, words) => {
    expect(() => designControl(settings, { random: createRandom(1) })).toThrow(words);
  });
});
