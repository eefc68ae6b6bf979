import { describe, expect, it } from "vitest";
import { parsePotential } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { initialWeights } from "./initial-weights.ts";
import type { Row } from "./run-kind.ts";

const COUNT = 600;
const SIGMA = 0.5;

/** Three quarters begin at 0.04 and the others at 0.16, and all change by N(0, 0.5²) in ln w. */
const random = createRandom(2).stream("two points");
const grown = Float64Array.from(
  { length: COUNT },
  (_, i) => (i % 4 === 0 ? 0.16 : 0.04) * Math.exp(SIGMA * random.normal()),
);

const optionsFor = (name: string, resamples = 0) => ({
  potential: parsePotential(name),
  widths: 2,
  resamples,
  random: createRandom(1),
});
const rowsOf = async (name: string, sizes: Float64Array, resamples = 0) =>
  (await initialWeights(sizes, optionsFor(name, resamples))).rows;
const grownRows = new Map<string, readonly Row[]>();
for (const name of ["negative-entropy", "2-norm", "3-norm"]) grownRows.set(name, await rowsOf(name, grown));
const rowsFor = (name: string) => grownRows.get(name) ?? expect.fail(`nothing on ${name}`);
const fitOf = (rows: readonly Row[], start: string): Row => {
  const row = rows.find((each) => each.part === "fit" && each.start === start);
  return row ?? expect.fail(`no fit from ${start}`);
};

const sizesOf = (rows: readonly Row[]): Row =>
  rows.find(({ part }) => part === "sizes") ?? expect.fail("no sizes");

describe("initialWeights", () => {
  it("finds the two points that sizes have grown from under the negative entropy, and fits from there", () => {
    const rows = rowsFor("negative-entropy");
    const points = rows.filter(({ part }) => part === "point");
    // Standard errors of ln w and of σ are 0.03 to 0.05 at this n and overlap; the seed is fixed.
    expect(Math.abs(Math.log(Number(points[0].weight) / 0.04))).toBeLessThan(0.15);
    expect(Math.abs(Math.log(Number(points[1].weight) / 0.16))).toBeLessThan(0.25);
    expect(Math.abs(Number(points[0].share) - 0.75)).toBeLessThan(0.12);
    const { deviation, distance, belowZero, wasserstein } = fitOf(rows, "two points");
    const { critical, wassersteinCritical } = sizesOf(rows);
    expect(Math.abs(Number(deviation) - SIGMA)).toBeLessThan(0.08);
    expect(Number(distance)).toBeLessThan(Number(critical));
    expect(Number(wasserstein)).toBeLessThan(Number(wassersteinCritical));
    expect(belowZero).toBe(0);
  });

  it.each(["2-norm", "3-norm"])(
    "excludes a change of that size in the %s, which carries weights below zero",
    (name) => {
      const rows = rowsFor(name);
      const { distance, belowZero } = fitOf(rows, "same change");
      const { critical } = sizesOf(rows);
      expect(Number(distance)).toBeGreaterThan(3 * Number(critical));
      expect(Number(belowZero)).toBeGreaterThan(0.05);
      const largest = fitOf(rows, "largest change");
      expect(Number(largest.distance)).toBeLessThanOrEqual(Number(critical));
      expect(Number(largest.ratio)).toBeLessThan(0.3);
    },
  );

  it("has the change of the two log-normals in the 2-norm as simulated: √E(w₁ − w₀)²", () => {
    const rows = rowsFor("negative-entropy");
    const [low, high] = rows.filter(({ part }) => part === "point").map(({ weight }) => Number(weight));
    const { share } = rows.find(({ part }) => part === "point") ?? expect.fail("no point");
    const sigma = Number(fitOf(rows, "two points").deviation);
    const draws = createRandom(3).stream("changes");
    let squares = 0;
    const count = 200_000;
    for (let i = 0; i < count; i++) {
      const from = i < Number(share) * count ? low : high;
      squares += (from * (Math.exp(sigma * draws.normal()) - 1)) ** 2 / count;
    }
    const found = Number(fitOf(rowsFor("2-norm"), "same change").deviation);
    // The square of a log-normal's change has heavy tails: its mean of 200,000 is within 1 % with room.
    expect(Math.abs(found / Math.sqrt(squares) - 1)).toBeLessThan(0.02);
  });

  it("lets all of the spread be the change where sizes are normal and far from zero, in the 2-norm", async () => {
    const draws = createRandom(4).stream("normal");
    const sizes = Float64Array.from({ length: COUNT }, () => 10 + draws.normal());
    const { ratio, belowZero } = fitOf(await rowsOf("2-norm", sizes), "largest change");
    expect(Number(ratio)).toBeGreaterThan(0.95);
    expect(Number(belowZero)).toBeLessThan(1e-12);
  });

  it("calls the ends of its search no finding: all changes fit forty sizes, and none fits sizes in steps", async () => {
    const draws = createRandom(5).stream("few");
    const few = Float64Array.from({ length: 40 }, () => 10 + draws.normal());
    const wide = await initialWeights(few, optionsFor("2-norm"));
    // A normal of 1.5 SDs about a point is 0.10 from a normal of 1 SD, and 40 values leave 0.21.
    expect(fitOf(wide.rows, "largest change")).toMatchObject({
      ratio: expect.closeTo(1.5, 9),
      doubt: wide.doubts[0],
    });
    expect(wide.doubts).toEqual([
      "every change up to 1.5 SD of the dual weights fits, and larger ones are not looked at",
    ]);
    const steps = Float64Array.from({ length: COUNT }, (_, i) => 1 + (i % 4));
    const narrow = await initialWeights(steps, optionsFor("2-norm"));
    // A point in each step leaves half of it, a quarter of eight, to either side.
    expect(fitOf(narrow.rows, "smallest change")).toMatchObject({
      ratio: expect.closeTo(0.002, 9),
      doubt: narrow.doubts[0],
    });
    expect(narrow.doubts[0]).toMatch(/^no change fits, not even one of 0.002 SD/);
    expect(narrow.rows.some(({ start }) => start === "largest change")).toBe(false);
  });

  it("has shares of one in its bins, apart from what lies outside of them", () => {
    const bins = rowsFor("3-norm").filter(({ part, start }) => part === "bin" && start === "largest change");
    const sumOf = (column: string) => bins.reduce((sum, row) => sum + Number(row[column]), 0);
    expect(sumOf("observed")).toBeCloseTo(1, 12);
    expect(sumOf("initial")).toBeCloseTo(1, 6);
    const below = Number(fitOf(rowsFor("3-norm"), "largest change").belowZero);
    // Bins begin at a third of the least weight: a little of the final ones is between zero and there.
    expect(sumOf("final")).toBeLessThanOrEqual(1 - below);
    expect(sumOf("final")).toBeGreaterThan(1 - below - 0.02);
  });

  it("takes two thousand quantiles of more sizes, with nearly the same answer", async () => {
    const many = Float64Array.from({ length: 5 * COUNT }, (_, i) => grown[i % COUNT]);
    const both = [await rowsOf("negative-entropy", grown), await rowsOf("negative-entropy", many)];
    const [few, more] = both.map((rows) => fitOf(rows, "two points"));
    expect(sizesOf(both[1]).count).toBe(5 * COUNT);
    expect(Math.abs(Number(more.deviation) - Number(few.deviation))).toBeLessThan(0.01);
  });

  it.each(["negative-entropy", "2-norm"])(
    "has W₁ of resamples about that of the sizes, the same with the same seed, and none without resamples (%s)",
    async (name) => {
      const some = grown.subarray(0, 200);
      const both = [await rowsOf(name, some, 40), await rowsOf(name, some, 40)];
      expect(both[0]).toEqual(both[1]);
      const { wasserstein, wassersteinLow, wassersteinHigh } = fitOf(both[0], "largest change");
      expect(Number(wassersteinLow)).toBeLessThan(Number(wassersteinHigh));
      // A resample holds some sizes twice: about √2 times as far from a smooth law as the sizes are.
      expect(Number(wassersteinHigh)).toBeGreaterThan(Number(wasserstein));
      expect(Number(wassersteinLow)).toBeLessThan(2 * Number(wasserstein));
      expect(fitOf(rowsFor(name), "largest change").wassersteinLow).toBeNull();
    },
  );
});
