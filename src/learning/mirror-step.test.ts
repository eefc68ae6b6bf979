import { describe, expect, it } from "vitest";
import { isInside, type Potential, parsePotential, potentialExamples } from "../geometry/index.ts";
import { openSession } from "../graph/index.node.ts";
import { defineGraph, type FloatType, input, printGraph, tensorOf } from "../graph/index.ts";
import { createRandom } from "../random.ts";
import { mirrorStep } from "./mirror-step.ts";

const POINTS = 1000;

async function stepped(
  potential: Potential,
  weights: readonly number[],
  updates: readonly number[],
  dtype: FloatType = "float64",
): Promise<number[]> {
  const w = input("w", dtype, [weights.length]);
  const u = input("u", dtype, [weights.length]);
  const session = await openSession(
    defineGraph({ inputs: [w, u], outputs: { next: mirrorStep(potential)(w, u) } }),
  );
  const { next } = await session.run({
    w: tensorOf(dtype, w.shape, weights),
    u: tensorOf(dtype, u.shape, updates),
  });
  await session.close();
  return Array.from(next.data, Number);
}

/** Weights of all sizes and both signs where the domain has them; updates from tiny to far beyond the weight. */
function draw(potential: Potential) {
  const random = createRandom(7).stream(potential.name);
  const { low, high } = potential.domain;
  const side = () => (random.uniform() < 0.5 ? -1 : 1);
  const weights = Array.from({ length: POINTS }, () =>
    high < Infinity
      ? low + (0.001 + 0.998 * random.uniform()) * (high - low)
      : side() * 10 ** (6 * random.uniform() - 5),
  );
  // In units of the dual weight itself, and in units of 1: both small steps and crossings of zero occur.
  const updates = weights.map((weight, i) => {
    const unit = i % 2 === 0 ? Math.abs(potential.mirrorMap(weight)) : 1;
    return side() * unit * 10 ** (8 * random.uniform() - 7);
  });
  return { weights, updates };
}

const signOf = (weight: number) => (weight < 0 ? -1 : 1);

describe.each(potentialExamples.map((potential) => [potential.name, potential] as const))(
  "mirrorStep in %s",
  (_, potential) => {
    it("is (φ′)⁻¹(φ′(w) + u) at a thousand points", async () => {
      const { weights, updates } = draw(potential);
      const next = await stepped(potential, weights, updates);
      for (const [i, weight] of weights.entries()) {
        const dual = potential.mirrorMap(weight);
        const expected = potential.inverseMirrorMap(dual + updates[i], signOf(weight));
        if (next[i] === expected) continue; // also both infinite
        // The scalar way rounds the dual sum by 2⁻⁵³ of its larger term, and the inverse by that again: on the way back
        // this is divided by the curvature. 32 such roundings, for the operators on either side.
        const terms = Math.abs(dual) + Math.abs(updates[i]) + 1e-300;
        const slope = isInside(potential.domain, expected) ? 1 / potential.curvature(expected) : 0;
        const tolerance = 32 * 2 ** -53 * (Math.abs(expected) + terms * slope);
        expect(Math.abs(next[i] - expected), `${weight} + ${updates[i]}`).toBeLessThanOrEqual(tolerance);
      }
    });

    it("keeps a weight, to rounding, where the update is zero", async () => {
      const { weights } = draw(potential);
      const next = await stepped(
        potential,
        weights,
        weights.map(() => 0),
      );
      // Pow rounds twice, and the power p − 1 and its inverse are rounded too: 1e-13 for exponents down to 0.1.
      for (const [i, weight] of weights.entries())
        expect(Math.abs(next[i] - weight)).toBeLessThanOrEqual(1e-13 * Math.abs(weight));
    });

    it("has the values of float64 in float32, to its rounding", async () => {
      const weights = draw(potential).weights.map(Math.fround);
      const inside = weights.filter(
        (weight) => isInside(potential.domain, weight) && Math.abs(weight) > 0.01,
      );
      const updates = inside.map((weight, i) =>
        Math.fround((i % 3) * 0.01 * Math.abs(potential.mirrorMap(weight))),
      );
      const [single, double] = await Promise.all([
        stepped(potential, inside, updates, "float32"),
        stepped(potential, inside, updates),
      ]);
      expect(inside.length).toBeGreaterThan(POINTS / 4);
      // A few roundings of 6e-8; the 1.1-norm raises to the tenth power, which multiplies them by ten.
      for (const [i, weight] of double.entries())
        expect(Math.abs(single[i] - weight)).toBeLessThanOrEqual(1e-5 * Math.abs(weight));
    });
  },
);

describe("mirrorStep", () => {
  it("moves a zero weight like the scalar potential wherever zero is inside", async () => {
    for (const potential of potentialExamples.filter(({ domain }) => isInside(domain, 0))) {
      const updates = [-3, -0.25, 0, 1e-3, 2];
      const next = await stepped(
        potential,
        updates.map(() => 0),
        updates,
      );
      for (const [i, update] of updates.entries()) {
        const expected = potential.inverseMirrorMap(update);
        // A handful of roundings; exp(ρ·3) of affine:100 multiplies that of its argument by 300.
        expect(Math.abs(next[i] - expected), potential.name).toBeLessThanOrEqual(1e-13 * Math.abs(expected));
      }
    }
  });

  it("leaves zero at zero under the negative entropy", async () => {
    expect(await stepped(parsePotential("eg"), [0, 0, 0], [-5, 0, 5])).toEqual([0, 0, 0]);
  });

  it("is five fast operators for the exponentiated gradient, and needs no Pow at p = 1.5, 2 and 3", () => {
    const textOf = (name: string) => {
      const [w, u] = [input("w", "float32", [2]), input("u", "float32", [2])];
      return printGraph(
        defineGraph({ inputs: [w, u], outputs: { next: mirrorStep(parsePotential(name))(w, u) } }),
      );
    };
    expect(textOf("negative-entropy")).toMatchSnapshot();
    for (const name of ["1.5-norm", "2-norm", "3-norm"]) expect(textOf(name)).not.toContain("Pow");
  });

  it("refuses a potential without a graph", () => {
    const other: Potential = { ...parsePotential("2-norm"), name: "burg" };
    expect(() => mirrorStep(other)).toThrow(
      'mirrorStep: expected a potential of the families negative-entropy, p-norm, hyperbolic-entropy, affine, logit, got "burg"; write its graph in mirror-step.ts',
    );
  });

  it("has no number under the logit for weights that another geometry left outside, and keeps the ends", async () => {
    const next = await stepped(parsePotential("logit:2"), [-1e-3, 2.1, 0, 2, 1], [0.1, 0.1, 0.1, 0.1, 0]);
    expect(next).toEqual([Number.NaN, Number.NaN, 0, 2, 1]);
  });
});
