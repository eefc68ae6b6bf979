import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { isInside } from "./domain.ts";
import type { Potential } from "./potential.ts";
import { parsePotential, potentialExamples, potentialOfExponent } from "./potentials.ts";

const runs = { seed: 20240229, numRuns: 300 };

/** Weights inside the domain: sizes from 1e-6 to 100 of either sign, or the whole of a bounded interval. */
function weightsOf({ domain }: Potential): fc.Arbitrary<number> {
  if (domain.high < Infinity) {
    return fc
      .double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
      .map((share) => domain.low + share * (domain.high - domain.low));
  }
  const sizes = fc.double({ min: -6, max: 2, noNaN: true }).map((decade) => 10 ** decade);
  return fc.tuple(sizes, fc.constantFrom(1, -1)).map(([size, sign]) => size * sign);
}

/** Pairs whose second weight differs by a share, 1e-12 to 0.3, of the way to the domain's end or zero. */
function closePairsOf(potential: Potential): fc.Arbitrary<readonly [number, number]> {
  const share = fc.double({ min: -12, max: -0.52, noNaN: true }).map((decade) => 10 ** decade);
  return fc
    .tuple(weightsOf(potential), share, fc.constantFrom(1, -1))
    .map(([weight, size, sign]) => [weight, weight + size * sign * reach(potential, weight)] as const)
    .filter(([weight, other]) => weight !== other);
}

// Gauss–Legendre on [0, 1], ten points: exact to 1e-16 for these smooth integrands over a share of 0.3.
const nodes = [
  0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717,
];
const nodeWeights = [
  0.2955242247147529, 0.26926671931, 0.219086362515982, 0.1494513491505806, 0.0666713443086881,
];
nodeWeights[1] = 1 - nodeWeights[0] - nodeWeights[2] - nodeWeights[3] - nodeWeights[4];

function integrate(integrand: (share: number) => number): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) {
    sum += 0.5 * nodeWeights[i] * (integrand(0.5 - 0.5 * nodes[i]) + integrand(0.5 + 0.5 * nodes[i]));
  }
  return sum;
}

function signOf(weight: number): 1 | -1 {
  return weight < 0 ? -1 : 1;
}

/** |got − want| as a share of |want|. */
function relativeError(got: number, want: number): number {
  return got === want ? 0 : Math.abs(got - want) / Math.abs(want);
}

describe.each(potentialExamples.map((potential) => [potential.name, potential] as const))(
  "%s",
  (_, potential) => {
    const weights = weightsOf(potential);

    it("comes back from the dual to where it was", () => {
      fc.assert(
        fc.property(weights, (weight) => {
          const back = potential.inverseMirrorMap(potential.mirrorMap(weight), signOf(weight));
          // The dual is rounded to 1e-16; the inverse multiplies that by |y φ″⁻¹(w)/w|, below 100 for these.
          expect(relativeError(back, weight)).toBeLessThan(1e-12);
        }),
        runs,
      );
    });

    it("has a mirror map that increases on each side of zero, and across it where signs may change", () => {
      fc.assert(
        fc.property(weights, weights, (a, b) => {
          if (a === b || (!potential.crossesZero && a > 0 !== b > 0)) return;
          const [low, high] = a < b ? [a, b] : [b, a];
          expect(potential.mirrorMap(high)).toBeGreaterThanOrEqual(potential.mirrorMap(low));
          expect(potential.dualChange(low, high)).toBeGreaterThan(0);
        }),
        runs,
      );
    });

    it("has the derivative of its value as mirror map", () => {
      fc.assert(
        fc.property(weights, (weight) => {
          const h = 1e-4 * reach(potential, weight);
          const [low, high] = [weight - h, weight + h];
          const slope = (potential.value(high) - potential.value(low)) / (high - low);
          const dual = potential.mirrorMap(weight);
          // Central differences: h² φ‴/6 and the rounding of φ over h.
          const rounding = (4e-16 * Math.abs(potential.value(weight))) / h;
          const truncation = 1e-7 * potential.curvature(weight) * Math.abs(weight);
          expect(Math.abs(slope - dual)).toBeLessThan(truncation + rounding + 1e-11 * Math.abs(dual));
        }),
        runs,
      );
    });

    it("has a positive curvature, the derivative of its mirror map", () => {
      fc.assert(
        fc.property(weights, (weight) => {
          const h = 1e-4 * reach(potential, weight);
          const [low, high] = [weight - h, weight + h];
          const slope = potential.dualChange(low, high) / (high - low);
          expect(potential.curvature(weight)).toBeGreaterThan(0);
          // Central differences: h² φ⁗/(6 φ″) is below 1e-8·(p² + 6)/6.
          expect(relativeError(slope, potential.curvature(weight))).toBeLessThan(1e-7);
        }),
        runs,
      );
    });

    it("keeps every digit of a dual change, down to relative changes of 1e-12", () => {
      fc.assert(
        fc.property(closePairsOf(potential), ([initial, final]) => {
          const mean = integrate((share) => potential.curvature(initial + share * (final - initial)));
          const change = potential.dualChange(initial, final);
          const expected = (final - initial) * mean;
          expect(relativeError(change, expected)).toBeLessThan(quadratureError(potential, initial));
          expect(relativeError(potential.dualChange(final, initial), -change)).toBeLessThan(1e-15);
        }),
        runs,
      );
    });

    it("keeps every digit of a divergence, down to relative changes of 1e-12", () => {
      fc.assert(
        fc.property(closePairsOf(potential), ([from, to]) => {
          const d = to - from;
          // Taylor's remainder: D = d² ∫ (1 − s) φ″(from + s d) ds.
          const mean = integrate((share) => (1 - share) * potential.curvature(from + share * d));
          const divergence = potential.divergence(to, from);
          expect(relativeError(divergence, d * d * mean)).toBeLessThan(quadratureError(potential, from));
        }),
        runs,
      );
    });

    it("agrees with the textbook differences where the weights are far apart", () => {
      fc.assert(
        fc.property(weights, weights, (to, from) => {
          const isJoined = potential.crossesZero || to > 0 === from > 0;
          const change = potential.mirrorMap(to) - potential.mirrorMap(from);
          const duals = Math.abs(potential.mirrorMap(to)) + Math.abs(potential.mirrorMap(from));
          // Only the textbook form rounds its large terms, so the bound is a share of them.
          expect(Math.abs(potential.dualChange(from, to) - change)).toBeLessThanOrEqual(4e-16 * (duals + 1));
          const divergence = potential.divergence(to, from);
          expect(divergence).toBeGreaterThanOrEqual(0);
          if (!isJoined) {
            expect(divergence).toBe(Infinity);
            return;
          }
          const terms = [
            potential.value(to),
            -potential.value(from),
            -potential.mirrorMap(from) * (to - from),
          ];
          const largest = Math.max(...terms.map(Math.abs), Math.abs(to), Math.abs(from));
          expect(Math.abs(divergence - (terms[0] + terms[1] + terms[2]))).toBeLessThanOrEqual(
            1e-14 * largest,
          );
        }),
        runs,
      );
    });

    it("is at no distance from itself, and exactly so", () => {
      fc.assert(
        fc.property(weights, (weight) => {
          expect(potential.divergence(weight, weight)).toBe(0);
          expect(potential.dualChange(weight, weight)).toBe(0);
        }),
        runs,
      );
    });

    it("refuses weights outside its domain in every function, showing the weight", () => {
      const { domain } = potential;
      const outside = [Number.NaN, Infinity, -Infinity];
      if (domain.withoutZero) outside.push(0);
      if (domain.high < Infinity) outside.push(domain.low, domain.high, domain.high + 1);
      const inside = potential.inverseMirrorMap(0.1, 1);
      expect(isInside(domain, inside)).toBe(true);
      for (const bad of outside) {
        expect(isInside(domain, bad)).toBe(false);
        const calls: Record<string, () => number> = {
          value: () => potential.value(bad),
          mirrorMap: () => potential.mirrorMap(bad),
          curvature: () => potential.curvature(bad),
          "dualChange, initial": () => potential.dualChange(bad, inside),
          "dualChange, final": () => potential.dualChange(inside, bad),
          "divergence, to": () => potential.divergence(bad, inside),
          "divergence, from": () => potential.divergence(inside, bad),
        };
        for (const [name, call] of Object.entries(calls)) {
          const [method, argument] = name.split(", ");
          const place = argument === undefined ? "" : ` (${argument})`;
          const error = thrownBy(call);
          expect(error.code).toBe("outside-domain");
          expect(error.message).toMatch(
            /^[a-z][A-Za-z]+(\([^)]*\))?\.\w+: expected a .*weight.*; [a-z][^!]*$/,
          );
          expect(error.message).toContain(`.${method}: expected`);
          expect(error.message).toContain(`, got ${bad}${place}; `);
        }
      }
    });

    it("refuses dual weights that are not finite", () => {
      for (const dual of [Number.NaN, Infinity, -Infinity]) {
        expect(thrownBy(() => potential.inverseMirrorMap(dual, 1)).code).toBe("outside-domain");
      }
    });

    it("makes the same dual changes and dual weights in one pass over many as one by one, if it has such a pass", () => {
      const initial = Float64Array.of(0.3, 0.3, 0.3, 1e-6, 2, 0.7);
      const final = Float64Array.of(0.3, 0.3000000000001, 0.9, 5e-6, 1e-3, 0.69);
      const signed = potential.domain.low < 0;
      const signs = signed ? [1, -1, -1, 1, -1, 1] : [1, 1, 1, 1, 1, 1];
      const before = initial.map((weight, i) => weight * signs[i]);
      const after = final.map((weight, i) => weight * (signed && i === 2 ? 1 : signs[i]));
      const [changes, duals] = [new Float64Array(6), new Float64Array(6)];
      potential.dualPass?.(before, after, changes, duals);
      if (potential.dualPass === undefined) return;
      expect(changes).toEqual(before.map((weight, i) => potential.dualChange(weight, after[i])));
      expect(duals).toEqual(before.map((weight) => potential.mirrorMap(weight)));
    });

    it("is found again by its own name", () => {
      const again = parsePotential(potential.name);
      expect(again.name).toBe(potential.name);
      expect(again.exponent).toBe(potential.exponent);
      expect(again.mirrorMap(0.3)).toBe(potential.mirrorMap(0.3));
    });

    it("has the curvature |w|^(λ−1) up to a factor, if it is a member of the continuum", () => {
      const { exponent } = potential;
      if (exponent === null) return expect(potential.name).toContain(":");
      const slope = Math.log(potential.curvature(8) / potential.curvature(2)) / Math.log(4);
      expect(slope).toBeCloseTo(exponent - 1, 12);
      expect(potentialOfExponent(exponent).name).toBe(potential.name);
    });
  },
);

/** How far one may go from a weight and stay in the domain, on its side of zero. */
function reach({ domain }: Potential, weight: number): number {
  return Math.min(Math.abs(weight), domain.high - weight);
}

/** Rounding of the points at which the curvature is taken, as a share: they are close to the end of the domain. */
function quadratureError(potential: Potential, weight: number): number {
  return (5e-15 * Math.abs(weight)) / reach(potential, weight) + 5e-15;
}

function thrownBy(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
