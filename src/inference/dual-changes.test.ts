import { describe, expect, it } from "vitest";
import { parsePotential } from "../geometry/index.ts";
import { createRandom } from "../random.ts";
import { deltaCdf } from "./delta-cdf.ts";
import { dualChangesOf } from "./dual-changes.ts";

const random = createRandom(1);
const count = 20_000;
const initial = Float64Array.from({ length: count }, () => Math.exp(random.normal()));
const final = initial.map((weight) => weight * Math.exp(0.1 * random.normal()));
const under = (name: string) => dualChangesOf(parsePotential(name), initial, final);

describe("dualChangesOf", () => {
  it("counts every pair once: the bars and what lies beyond them add up to all", () => {
    for (const name of ["negative-entropy", "2-norm", "3-norm"]) {
      const { density, edges, beyond } = under(name).histogram ?? { density: [], edges: [], beyond: 0 };
      const inside = density.reduce((sum, height, k) => sum + height * (edges[k + 1] - edges[k]), 0);
      expect(inside + beyond).toBeCloseTo(1, 12);
    }
  });

  it("follows the normal density under the true geometry, and not under another", () => {
    const furthest = (name: string) => {
      const { density, edges } = under(name).histogram ?? { density: [], edges: [] };
      const misses = density.map((height, k) => {
        const z = (edges[k] + edges[k + 1]) / 2;
        return Math.abs(height - Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
      });
      return Math.max(...misses);
    };
    // Five standard errors of a share of 0.08 of 20,000, per unit of z; one draw, whose seed is fixed.
    expect(furthest("negative-entropy")).toBeLessThan((5 * Math.sqrt(0.08 / count)) / 0.2);
    expect(furthest("2-norm")).toBeGreaterThan(0.2);
  });

  it("has the ΔCDF of deltaCdf and its floor", () => {
    const measure = deltaCdf(parsePotential("2-norm"), initial, final);
    const { deltaCdf: found, deltaCdfFloor } = under("2-norm");
    expect(found).toBe(measure.status === "ok" ? measure.uncentred : Number.NaN);
    expect(deltaCdfFloor).toBeCloseTo(1.18 / Math.sqrt(count), 12);
  });

  it("says why there is no histogram", () => {
    const entropy = parsePotential("negative-entropy");
    const zero = dualChangesOf(entropy, Float64Array.of(0, 1, 2), Float64Array.of(1, 2, 3));
    expect([zero.histogram, zero.deltaCdf, zero.deltaCdfStatus]).toEqual([null, null, "outside-domain"]);
    expect(dualChangesOf(entropy, initial, initial).deltaCdfStatus).toBe("no-change");
  });
});
