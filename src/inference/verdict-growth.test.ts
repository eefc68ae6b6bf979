import { describe, expect, it } from "vitest";
import { potentialOfExponent } from "../geometry/index.ts";
import { createRandom, type Random } from "../random.ts";
import { infer } from "./infer.ts";
import { pairWeights } from "./paired-weights.ts";

const PAIRS = 4000;

/** Dual changes σ(ε + 0.18 z(w)), with z(w) the standardised rank of w: 3 % of the variance grows with the weight. */
function growing(exponent: number, trend: number, random: Random) {
  const potential = potentialOfExponent(exponent);
  const initial = Float64Array.from({ length: PAIRS }, () => {
    const sign = random.uniform() < 0.5 ? -1 : 1;
    return sign * Math.exp(Math.sqrt(Math.LN2) * random.normal());
  });
  const place = new Float64Array(PAIRS);
  const order = Int32Array.from(initial.keys()).sort((a, b) => initial[a] - initial[b]);
  for (const [rank, k] of order.entries()) place[k] = Math.sqrt(12) * ((rank + 0.5) / PAIRS - 0.5);
  const final = initial.map((weight, k) => {
    const change = 0.1 * (random.normal() + trend * place[k]);
    return potential.inverseMirrorMap(potential.mirrorMap(weight) + change, weight < 0 ? -1 : 1);
  });
  return infer(pairWeights(initial, final), { random: createRandom(1) });
}

// At 4,000 pairs λ̂ has a standard error of .02; the bounds leave five of them.
describe.each([
  [0, "negative-entropy"],
  [1, "2-norm"],
  [2, "3-norm"],
] as const)("a mean change that grows with the weight, λ = %d", (exponent, name) => {
  it("hardly moves the exponent, so the geometry is named and the growth said", () => {
    const { verdict, exponent: found } = growing(exponent, 0.18, createRandom(`growth ${exponent}`));
    expect(Math.abs(Number(found.estimate) - exponent)).toBeLessThan(0.15);
    expect(verdict.potential).toBe(name);
    expect(verdict.statement).toContain("The mean change grows with the weight");
  });

  it("is a misfit where it falls instead, as under noise", () => {
    const { verdict } = growing(exponent, -0.25, createRandom(`fall ${exponent}`));
    expect(verdict.status).toBe("misfit");
  });
});
