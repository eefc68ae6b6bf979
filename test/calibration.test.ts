import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../src/random.ts";
import { calibrationSections, type Outcome, runRow, summarise } from "./calibration.ts";

// A small part of `npm run calibrate`, seeds fixed: the figures below are those of one run, the same every time.
// The floors are set by what would happen by chance with other seeds, given the rates of the full suite.
const repeats = 24;

function outcomesOf(section: string, name: string, runs = repeats): readonly Outcome[] {
  const row = calibrationSections[section].find((each) => each.name === name);
  if (row === undefined) throw new Error(`no row "${name}" in the section "${section}"`);
  return runRow(row, runs, createRandom("calibration test").stream(section));
}

describe("200 pairs of known geometry", () => {
  const rows = ["Gaussian", "t₄", "70 % silent", "Gaussian, drift 0.7 SD"];
  const outcomes = new Map<string, readonly Outcome[]>();
  let all: readonly Outcome[] = [];
  beforeAll(() => {
    for (const name of rows) outcomes.set(name, outcomesOf("n=200", name));
    all = [...outcomes.values()].flat();
  }, 120_000);

  // The full suite has 0.96–0.99 right of five: eight wrong of 24 at 0.96 happen once in 400,000 seeds. The paper's ΔCDF has
  // 0.84, 0.74, 0.61 and 0.01 right in these rows.
  it.each(rows)("%s: the nearest of five potentials is right in more than two thirds of the runs", (name) => {
    const figures = summarise(outcomes.get(name) ?? []);
    expect(figures.five).toBeGreaterThan(16 / 24);
    expect(figures.three).toBeGreaterThan(20 / 24);
  });

  it("pooled: right of five in 90 % of the runs, far above ΔCDF", () => {
    // Ten wrong of 96 at a rate of 0.97 happen about once in 1,000 seeds.
    const figures = summarise(all);
    expect(all).toHaveLength(96);
    expect(figures.five).toBeGreaterThanOrEqual(0.9);
    expect(figures.deltaCdfFive).toBeLessThan(0.75);
    expect(figures.likelihoodFive).toBeGreaterThan(0.85);
  });

  it("pooled: the 95 % interval covers the truth in 85 % of the runs or more, and its median is narrower than 0.6", () => {
    // Fifteen misses of 96 at 0.95 happen about once in 10,000 seeds.
    const figures = summarise(all);
    expect(figures.coverage).toBeGreaterThanOrEqual(0.85);
    expect(figures.width).toBeLessThan(0.6);
  });

  it("a geometry that is named is seldom the wrong one", () => {
    expect(summarise(all).wrong).toBeLessThan(0.08);
    expect(summarise(all).right).toBeGreaterThan(0.6);
  });

  it("under drift ΔCDF hardly ever finds the truth, which the headline does", () => {
    expect(summarise(outcomes.get("Gaussian, drift 0.7 SD") ?? []).deltaCdfFive).toBeLessThan(0.3);
  });
});

describe("eight groups of 25 pairs, each of its own scale", () => {
  it("change nothing: the nearest of five is right", () => {
    const figures = summarise(outcomesOf("eight groups, n=200", "Gaussian", 6));
    // The full suite has 0.98 for 200 pairs; two wrong of six happen once in 170 seeds.
    expect(figures.five).toBeGreaterThanOrEqual(5 / 6);
  });
});

describe("known noise", () => {
  it("of 10 %, change 20 %, n = 200: the nearest of three potentials is right", () => {
    // The full suite has 1.00; two wrong of six at 0.97 happen once in 80 seeds.
    const figures = summarise(outcomesOf("known noise", "10 % multiplicative, change 20 %, n=200", 6));
    expect(figures.three).toBeGreaterThanOrEqual(5 / 6);
  });
});

describe("where there is nothing to find, no geometry is named", () => {
  // Related by chance in 10⁻⁷ of shuffled pairs; beyond the noise by chance in about 1 of 2,000 pairs without learning.
  it.each([
    ["shuffled pairing, n=200", 12],
    ["shuffled pairing, n=1000", 6],
    ["shuffled pairing, noise known, n=200", 3],
    ["no learning, 10 % multiplicative noise known, n=200", 12],
    ["no learning, 10 % additive noise known, n=200", 12],
  ])("%s", (name, runs) => {
    const outcomes = outcomesOf("no statement", name, runs);
    expect(outcomes).toHaveLength(runs);
    for (const { fit } of outcomes)
      expect(fit.verdict).toMatchObject({ potential: null, status: "unidentifiable" });
  });
});
