import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { euclidean, negativeEntropy, parsePotential, potentialExamples } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { cellCounts, DELTA_CDF_FLOOR, deltaCdf } from "./delta-cdf.ts";
import { normalCdf } from "./special-functions.ts";

const runs = { seed: 20240507, numRuns: 40 };

/** The reference's grid, bit for bit: numpy's linspace takes start + k·step, and the end exactly. */
const grid = Float64Array.from({ length: 1000 }, (_, k) => (k === 999 ? 5 : -5 + k * (10 / 999)));

/** The definition: every z compared with every grid point. */
function naiveDistance(z: readonly number[]): number {
  let sum = 0;
  for (const x of grid) sum += Math.abs(z.filter((value) => x > value).length / z.length - normalCdf(x));
  return (sum * 10) / 999;
}

function naive(changes: readonly number[]) {
  const count = changes.length;
  const mean = changes.reduce((sum, change) => sum + change, 0) / count;
  const deviation = Math.sqrt(changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (count - 1));
  return {
    mean,
    deviation,
    uncentred: naiveDistance(changes.map((change) => change / deviation)),
    centred: naiveDistance(changes.map((change) => (change - mean) / deviation)),
  };
}

const weight = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const pairs = fc.array(fc.tuple(weight, weight), { minLength: 3, maxLength: 40 });

describe("deltaCdf", () => {
  it.each(potentialExamples)(
    "of $name equals the definition, every weight compared with every grid point",
    (potential) => {
      fc.assert(
        fc.property(pairs, (drawn) => {
          const initial = Float64Array.from(drawn, ([before]) => before);
          const final = Float64Array.from(drawn, ([, after]) => after);
          const changes = new Float64Array(initial.length);
          const ours = deltaCdf(potential, initial, final, { changes });
          fc.pre(ours.status === "ok");
          const wanted = naive(drawn.map(([before, after]) => potential.dualChange(before, after)));
          expect(Array.from(changes)).toEqual(
            drawn.map(([before, after]) => potential.dualChange(before, after)),
          );
          expect(ours.mean).toBeCloseTo(wanted.mean, 12);
          expect(ours.deviation / wanted.deviation).toBeCloseTo(1, 10);
          // A z within rounding of a grid point may fall on its other side: one count.
          expect(Math.abs(ours.uncentred - wanted.uncentred)).toBeLessThan(0.011 / drawn.length);
          expect(Math.abs(ours.centred - wanted.centred)).toBeLessThan(0.011 / drawn.length);
          const norm = (values: readonly number[]) => Math.hypot(...values);
          const dual = norm(drawn.map(([before]) => potential.mirrorMap(before)));
          const change = norm(drawn.map(([before, after]) => potential.dualChange(before, after)));
          expect((ours.magnitude * dual) / change).toBeCloseTo(1, 10);
        }),
        { ...runs, numRuns: 10 },
      );
    },
  );

  it("of sign-changing weights takes the dual as sgn(w)(ln|w| + 1) under the negative entropy", () => {
    const initial = Float64Array.of(0.2, -0.3, 0.5, 0.9);
    const final = Float64Array.of(-0.1, -0.4, 0.6, 0.8);
    const dual = (value: number) => Math.sign(value) * (Math.log(Math.abs(value)) + 1);
    const ours = deltaCdf(negativeEntropy, initial, final);
    const wanted = naive(Array.from(initial, (before, i) => dual(final[i]) - dual(before)));
    expect(ours).toMatchObject({ status: "ok", uncentred: expect.closeTo(wanted.uncentred, 10) });
  });

  it("keeps the digits of an SD that is small beside the mean", () => {
    const initial = Float64Array.from({ length: 64 }, (_, i) => i);
    const final = initial.map((before, i) => before + 1e6 + (i % 2 === 0 ? 2 ** -10 : -(2 ** -10)));
    const ours = deltaCdf(euclidean, initial, final);
    expect(ours).toMatchObject({ status: "ok", mean: 1e6 });
    // ±2⁻¹⁰ about 10⁶, which float64 holds exactly: SD = 2⁻¹⁰·√(64/63).
    expect(ours.status === "ok" && ours.deviation * 1024).toBeCloseTo(Math.sqrt(64 / 63), 9);
  });

  it("does not depend on the unit of the weights", () => {
    const random = createRandom("unit");
    const initial = Float64Array.from({ length: 200 }, () => Math.exp(random.normal()));
    const final = initial.map((before) => before * Math.exp(0.2 * random.normal()));
    for (const name of ["1.5-norm", "2-norm", "3-norm", "negative-entropy"]) {
      const potential = parsePotential(name);
      const plain = deltaCdf(potential, initial, final);
      // Powers of two are exact, so that only the logarithm and the powers round.
      const scaled = deltaCdf(
        potential,
        initial.map((value) => 1024 * value),
        final.map((value) => 1024 * value),
      );
      if (plain.status !== "ok" || scaled.status !== "ok") throw new Error("expected numbers");
      expect(scaled.uncentred).toBeCloseTo(plain.uncentred, 10);
      expect(scaled.centred).toBeCloseTo(plain.centred, 10);
      if (name !== "negative-entropy") expect(scaled.magnitude).toBeCloseTo(plain.magnitude, 12);
    }
  });

  it("takes float32 and float64 alike", () => {
    const initial = Float32Array.of(0.5, 0.25, 0.75, 1.5);
    const final = Float32Array.of(0.625, 0.25, 0.5, 1.25);
    expect(deltaCdf(euclidean, initial, final)).toEqual(
      deltaCdf(euclidean, Float64Array.from(initial), Float64Array.from(final)),
    );
  });
});

describe("where there is no number, deltaCdf says why", () => {
  const some = Float64Array.of(0.1, 0.2, 0.3);

  it("nothing changed, or everything by the same", () => {
    expect(deltaCdf(euclidean, some, some)).toEqual({ status: "no-change" });
    for (const count of [2, 10, 11, 100, 1000]) {
      // The sum of a hundred times 0.1 rounds; the SD is zero all the same.
      const initial = new Float64Array(count).fill(0.3);
      expect(deltaCdf(euclidean, initial, new Float64Array(count).fill(0.4))).toEqual({
        status: "no-change",
      });
      const sizes = initial.map((_, i) => 1 + (i % 7) / 8);
      expect(
        deltaCdf(
          negativeEntropy,
          sizes,
          sizes.map((size) => 2 * size),
        ),
      ).toEqual({ status: "no-change" });
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "a weight is %d, at either end",
    (wrong) => {
      const spoiled = Float64Array.of(0.1, wrong, 0.3);
      expect(deltaCdf(euclidean, some, spoiled)).toEqual({ status: "outside-domain" });
      expect(deltaCdf(euclidean, spoiled, some)).toEqual({ status: "outside-domain" });
    },
  );

  it("a weight is absent under the negative entropy, or beyond the maximum of a bounded synapse", () => {
    const absent = Float64Array.of(0.1, 0, 0.4);
    expect(deltaCdf(negativeEntropy, some, absent)).toEqual({ status: "outside-domain" });
    expect(deltaCdf(negativeEntropy, absent, some)).toEqual({ status: "outside-domain" });
    const between = Float64Array.of(-0.1, 0, 0.4);
    expect(deltaCdf(negativeEntropy, Float64Array.of(-0.2, 0.2, 0.3), between)).toEqual({
      status: "outside-domain",
    });
    expect(deltaCdf(euclidean, some, absent).status).toBe("ok");
    const logit = parsePotential("logit:1");
    expect(deltaCdf(logit, some, Float64Array.of(0.2, 1, 0.1))).toEqual({ status: "outside-domain" });
    expect(deltaCdf(logit, some, Float64Array.of(0.2, 0.99, 0.1)).status).toBe("ok");
  });

  it("refuses arrays of two lengths, and a single pair", () => {
    expect(() => deltaCdf(euclidean, some, Float64Array.of(1))).toThrow(
      expect.objectContaining({ code: "lengths-differ" }),
    );
    expect(() => deltaCdf(euclidean, Float64Array.of(1), Float64Array.of(2))).toThrow(
      expect.objectContaining({ code: "too-few-pairs" }),
    );
  });
});

describe("cellCounts", () => {
  it("counts a z on a grid point as not below it: the comparison is strict", () => {
    const { uncentred } = cellCounts(Float64Array.from(grid), 1, 0);
    expect(Array.from(uncentred)).toEqual([0, ...new Array<number>(1000).fill(1)]);
  });

  it("puts the neighbours of every grid point in float64 on their own side of it", () => {
    // Distances of one unit in the last place, which no arithmetic on z may lose.
    const step = (x: number) => 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52);
    for (const [k, x] of grid.entries()) {
      const { uncentred } = cellCounts(Float64Array.of(x - step(x), x + step(x)), 1, 0);
      expect(uncentred[k] + uncentred[k + 1]).toBe(2);
      expect(uncentred[k]).toBe(1);
    }
  });

  it("keeps everything: the ends hold what lies beyond −5 and 5", () => {
    const z = Float64Array.of(-1e300, -5.0001, 5, 1e300, 0);
    const { uncentred, centred } = cellCounts(z, 1, 0);
    expect([uncentred[0], uncentred[1000]]).toEqual([2, 2]);
    expect(centred).toEqual(uncentred);
    expect(uncentred.reduce((sum, count) => sum + count, 0)).toBe(5);
  });
});

describe("the floor: ΔCDF·√n of exact normal draws", () => {
  // √(2/π) ∫ √(Φ(1 − Φ) − ½x²φ² [− φ²]) dx: the mean of |F̂ − N| as n grows, the SD (and the mean) estimated.
  const expected = (centred: boolean) => {
    let sum = 0;
    for (let x = -9; x < 9; x += 1e-3) {
      const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
      const variance = normalCdf(x) * normalCdf(-x) - density ** 2 * (0.5 * x * x + (centred ? 1 : 0));
      sum += Math.sqrt(Math.max(0, variance)) * 1e-3;
    }
    return Math.sqrt(2 / Math.PI) * sum;
  };
  const repeats = 6000;
  const count = 200;
  const random = createRandom("floor");
  const zero = new Float64Array(count);
  const draws = new Float64Array(count);
  const measures = Array.from({ length: repeats }, () => {
    random.fillNormals(draws);
    const measure = deltaCdf(euclidean, zero, draws);
    if (measure.status !== "ok") throw new Error("expected numbers");
    return { uncentred: measure.uncentred * Math.sqrt(count), centred: measure.centred * Math.sqrt(count) };
  });
  const mean = (of: (measure: (typeof measures)[number]) => number) =>
    measures.reduce((sum, measure) => sum + of(measure), 0) / repeats;

  // A mean of 6000 has an error of 0.5 % (uncentred) and 0.3 % (centred), n = 200 is 1 % below the limit.
  it("has the means of the normal limit", () => {
    expect(mean(({ uncentred }) => uncentred) / expected(false)).toBeCloseTo(1, 1);
    expect(mean(({ centred }) => centred) / expected(true)).toBeCloseTo(1, 1);
  });

  it("is what DELTA_CDF_FLOOR says, within 3 % of the limit and of the simulation", () => {
    expect(Math.abs(DELTA_CDF_FLOOR.uncentred / expected(false) - 1)).toBeLessThan(0.03);
    expect(Math.abs(DELTA_CDF_FLOOR.centred / expected(true) - 1)).toBeLessThan(0.03);
    expect(Math.abs(DELTA_CDF_FLOOR.uncentred / mean(({ uncentred }) => uncentred) - 1)).toBeLessThan(0.03);
    expect(Math.abs(DELTA_CDF_FLOOR.centred / mean(({ centred }) => centred) - 1)).toBeLessThan(0.03);
    const upper = measures.map(({ uncentred }) => uncentred).sort((a, b) => a - b)[
      Math.floor(0.95 * repeats)
    ];
    expect(Math.abs(DELTA_CDF_FLOOR.upper / upper - 1)).toBeLessThan(0.06);
  });
});
