import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { logGamma } from "./special-functions.ts";
import { DEGREES_OF_FREEDOM, fitStudent, type StudentFit, studentLogDensities } from "./student-law.ts";

const runs = { seed: 19080301, numRuns: 50 };
const finite = DEGREES_OF_FREEDOM.filter(Number.isFinite);
const oneGroup = (count: number) => Int32Array.of(0, count);

/** ln f_ν((x − μ)/σ) − ln σ, written out. */
function logDensity(x: number, location: number, scale: number, degreesOfFreedom: number): number {
  const z = (x - location) / scale;
  if (degreesOfFreedom === Number.POSITIVE_INFINITY)
    return -0.5 * (Math.log(2 * Math.PI) + z * z) - Math.log(scale);
  const half = (degreesOfFreedom + 1) / 2;
  const constant =
    logGamma(half) - logGamma(degreesOfFreedom / 2) - 0.5 * Math.log(degreesOfFreedom * Math.PI);
  return constant - half * Math.log1p((z * z) / degreesOfFreedom) - Math.log(scale);
}

/** The best log-likelihood on ever finer grids of μ and ln σ. */
function searched(
  changes: Float64Array,
  degreesOfFreedom: number,
): { value: number; location: number; scale: number } {
  let best = { value: Number.NEGATIVE_INFINITY, location: 0, scale: 1 };
  let [place, logScale, reach] = [0, 0, 2.4];
  for (let round = 0; round < 14; round++, reach *= 0.4) {
    for (let i = -8; i <= 8; i++) {
      for (let j = -8; j <= 8; j++) {
        const [location, scale] = [place + (i * reach) / 8, Math.exp(logScale + (j * reach) / 8)];
        const value = changes.reduce((sum, x) => sum + logDensity(x, location, scale, degreesOfFreedom), 0);
        if (value > best.value) best = { value, location, scale };
      }
    }
    place = best.location;
    logScale = Math.log(best.scale);
  }
  return best;
}

/** Heavy-tailed changes with a drift. */
function drawn(count: number, name: string): Float64Array {
  const random = createRandom(name);
  return Float64Array.from({ length: count }, () => 0.4 + 0.7 * random.studentT(3));
}

describe("fitStudent", () => {
  it("for ν = ∞ is the mean, the population SD and −n/2 (ln 2πσ² + 1)", () => {
    const changes = Float64Array.of(1, 2, 4, 7, -3);
    const fit = fitStudent(changes, oneGroup(5), Number.POSITIVE_INFINITY);
    const variance = changes.reduce((sum, x) => sum + (x - 2.2) ** 2, 0) / 5;
    expect(fit.location[0]).toBeCloseTo(2.2, 14);
    expect(fit.scale[0]).toBeCloseTo(Math.sqrt(variance), 14);
    expect(fit.logLikelihood).toBeCloseTo(-2.5 * (Math.log(2 * Math.PI * variance) + 1), 12);
  });

  it.each(finite)("for ν = %i reaches what a search over μ and σ reaches", (degreesOfFreedom) => {
    for (const name of ["a", "b", "c"]) {
      const changes = drawn(60, name);
      const fit = fitStudent(changes, oneGroup(60), degreesOfFreedom);
      const best = searched(changes, degreesOfFreedom);
      expect(Math.abs(fit.logLikelihood - best.value)).toBeLessThan(1e-6);
      // EM stops when the variance moves by less than 1e-6 of itself.
      expect(fit.location[0]).toBeCloseTo(best.location, 4);
      expect(fit.scale[0] / best.scale).toBeCloseTo(1, 4);
    }
  });

  it.each(DEGREES_OF_FREEDOM)("for ν = %d moves and stretches with the changes", (degreesOfFreedom) => {
    const [count, factor, shift] = [40, 250, -3];
    const changes = drawn(count, "moved");
    const fit = fitStudent(changes, oneGroup(count), degreesOfFreedom);
    const moved = fitStudent(
      changes.map((x) => factor * x + shift),
      oneGroup(count),
      degreesOfFreedom,
    );
    expect(moved.location[0]).toBeCloseTo(factor * fit.location[0] + shift, 6);
    expect(moved.scale[0] / fit.scale[0]).toBeCloseTo(factor, 6);
    expect(moved.logLikelihood).toBeCloseTo(fit.logLikelihood - count * Math.log(factor), 8);
  });

  it("fits every group by itself; groups of fewer than two changes add nothing", () => {
    const [a, b] = [drawn(30, "one"), drawn(20, "two").map((x) => 10 * x + 5)];
    const all = Float64Array.of(...a, 99, ...b);
    const starts = Int32Array.of(0, 30, 31, 31, 51);
    for (const degreesOfFreedom of DEGREES_OF_FREEDOM) {
      const [first, second] = [a, b].map((part) => fitStudent(part, oneGroup(part.length), degreesOfFreedom));
      const fit = fitStudent(all, starts, degreesOfFreedom);
      expect(Array.from(fit.location)).toEqual([first.location[0], 0, 0, second.location[0]]);
      expect(fit.logLikelihood).toBeCloseTo(first.logLikelihood + second.logLikelihood, 10);
    }
  });

  it("comes to the same place from a fit of other changes as from the Gaussian", () => {
    const changes = drawn(200, "warm");
    const elsewhere: StudentFit = {
      degreesOfFreedom: 4,
      location: Float64Array.of(5),
      scale: Float64Array.of(20),
      logLikelihood: 0,
    };
    for (const degreesOfFreedom of DEGREES_OF_FREEDOM) {
      const cold = fitStudent(changes, oneGroup(200), degreesOfFreedom);
      const warm = fitStudent(changes, oneGroup(200), degreesOfFreedom, elsewhere);
      expect(warm.logLikelihood).toBeCloseTo(cold.logLikelihood, 7);
      expect(warm.scale[0]).toBeCloseTo(cold.scale[0], 4);
    }
  });

  it("is more certain of a centre among outliers the fewer the degrees of freedom", () => {
    const changes = Float64Array.of(...Array.from({ length: 40 }, (_, k) => Math.sin(k)), 300, 500);
    const [heavy, gaussian] = [2, Number.POSITIVE_INFINITY].map((ν) => fitStudent(changes, oneGroup(42), ν));
    expect(Math.abs(heavy.location[0])).toBeLessThan(0.3);
    expect(gaussian.location[0]).toBeGreaterThan(15);
    expect(heavy.logLikelihood).toBeGreaterThan(gaussian.logLikelihood + 50);
  });
});

describe("studentLogDensities", () => {
  it("sum to the log-likelihood of the fit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 6, maxLength: 30 }),
        (values) => {
          const changes = Float64Array.from(values, (value, k) => value + 0.01 * k);
          const starts = Int32Array.of(0, 3, changes.length);
          for (const degreesOfFreedom of DEGREES_OF_FREEDOM) {
            const fit = fitStudent(changes, starts, degreesOfFreedom);
            const each = studentLogDensities(changes, starts, fit, new Float64Array(changes.length));
            expect(each.reduce((sum, value) => sum + value, 0)).toBeCloseTo(fit.logLikelihood, 7);
          }
        },
      ),
      runs,
    );
  });

  it.each(DEGREES_OF_FREEDOM)(
    "are those of a density: its integral is one for ν = %d",
    (degreesOfFreedom) => {
      // x = μ + σ sinh t turns the heavy tails into exponential ones, where the trapezoid rule is exact to rounding.
      const [step, location, scale] = [0.05, -1.3, 0.4];
      const t = Float64Array.from({ length: 1601 }, (_, k) => (k - 800) * step);
      const fit: StudentFit = {
        degreesOfFreedom,
        location: Float64Array.of(location),
        scale: Float64Array.of(scale),
        logLikelihood: 0,
      };
      const x = t.map((value) => location + scale * Math.sinh(value));
      const each = studentLogDensities(x, oneGroup(x.length), fit, new Float64Array(x.length));
      const integral = each.reduce(
        (sum, value, k) => sum + Math.exp(value) * scale * Math.cosh(t[k]) * step,
        0,
      );
      expect(integral).toBeCloseTo(1, 10);
    },
  );

  it("are 0 in groups too small to be fitted", () => {
    const changes = Float64Array.of(1, 2, 3, 9);
    const fit = fitStudent(changes, Int32Array.of(0, 3, 4), 4);
    const each = studentLogDensities(changes, Int32Array.of(0, 3, 4), fit, new Float64Array(4).fill(7));
    expect(each[3]).toBe(0);
    expect(each[0]).toBeLessThan(0);
  });
});
