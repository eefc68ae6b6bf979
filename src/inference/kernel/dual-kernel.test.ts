import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compiledKernel } from "../../../scripts/make-kernel.ts";
import { parsePotential } from "../../geometry/index.ts";
import { createRandom } from "../../random.ts";
import { createDualKernel, KERNEL_PAIRS } from "./dual-kernel.ts";

const NORMS = ["1.5-norm", "2-norm", "2.5-norm", "3-norm"];

/** Weights of every size and closeness, and some that change sign, in float64. */
function variedPairs(count: number) {
  const random = createRandom(1);
  const initial = Float64Array.from(
    { length: count },
    () => (random.uniform() < 0.5 ? -1 : 1) * 10 ** (16 * random.uniform() - 8),
  );
  const final = initial.map((weight) => {
    const flip = random.uniform() < 0.1 ? -1 : 1;
    return flip * weight * Math.exp(10 ** (16 * random.uniform() - 14) * random.normal());
  });
  return { initial, final };
}

async function changesOf<A extends Float64Array | Float32Array>(name: string, initial: A, final: A) {
  const kernel = await createDualKernel({ tables: 1 });
  const count = kernel.load(initial, final);
  kernel.pass(parsePotential(name), count, { duals: false });
  const plain = kernel.changes.slice(0, count);
  kernel.pass(parsePotential(name), count, { duals: true });
  expect(kernel.changes.slice(0, count)).toEqual(plain);
  return plain;
}

describe("the compiled kernel", () => {
  it("is that of its source", async () => {
    const kept = readFileSync(join(import.meta.dirname, "compiled-kernel.ts"), "utf8");
    expect(await compiledKernel()).toBe(kept);
  });

  it.each(NORMS)("has the dual changes of the %s bit for bit", async (name) => {
    const { initial, final } = variedPairs(KERNEL_PAIRS);
    const { dualChange } = parsePotential(name);
    expect(Array.from(await changesOf(name, initial, final), (change) => change + 0)).toEqual(
      Array.from(initial, (weight, i) => dualChange(weight, final[i]) + 0), // + 0: −0 and 0 are one change
    );
  });

  it("has the dual changes of the negative entropy to 1e-15 of each, also the tiny ones and across signs", async () => {
    const { initial, final } = variedPairs(KERNEL_PAIRS);
    const { dualChange } = parsePotential("negative-entropy");
    const changes = await changesOf("negative-entropy", initial, final);
    for (const [i, change] of changes.entries()) {
      const expected = dualChange(initial[i], final[i]);
      // A few roundings; across signs of logarithms up to 40 that may cancel.
      const allowed = initial[i] > 0 === final[i] > 0 ? 1e-15 * Math.abs(expected) : 4e-14;
      expect(Math.abs(change - expected), `${initial[i]} to ${final[i]}`).toBeLessThanOrEqual(allowed);
    }
  });

  it("has them of float32 too, down to the smallest", async () => {
    const varied = variedPairs(KERNEL_PAIRS - 2);
    const pairs = Array.from(varied.initial, (weight, i) => [weight, varied.final[i]])
      .map((pair) => pair.map(Math.fround))
      .filter((pair) => pair.every((weight) => weight !== 0 && Number.isFinite(weight)))
      .concat([
        [1e-45, 3e38],
        [3e38, -1e-45],
      ]);
    const before = Float32Array.from(pairs, ([weight]) => weight);
    const after = Float32Array.from(pairs, ([, weight]) => weight);
    const { dualChange } = parsePotential("negative-entropy");
    for (const [i, change] of (await changesOf("negative-entropy", before, after)).entries()) {
      const expected = dualChange(before[i], after[i]);
      // As above; the last pair has two logarithms near 100.
      const allowed = before[i] > 0 === after[i] > 0 ? 1e-15 * Math.abs(expected) : 1e-13;
      expect(Math.abs(change - expected), `${before[i]} to ${after[i]}`).toBeLessThanOrEqual(allowed);
    }
  });

  it("takes the logarithms of the smallest and largest numbers", async () => {
    const initial = Float64Array.of(5e-324, 1e-310, 2 ** -1022, 1e-300, 1.7e308, 1, 3e-320);
    const final = Float64Array.of(1e308, 2e-310, 2 ** -1023, 1e300, 5e-324, 1, 3e-320);
    const changes = await changesOf("negative-entropy", initial, final);
    for (const [i, change] of changes.entries()) {
      expect(change).toBeCloseTo(Math.log(final[i]) - Math.log(initial[i]), 11);
    }
  });

  it.each([1, 2, 3, 4, 5, 1023])(
    "takes %i pairs: counts, packs and sums them as a plain loop does",
    async (count) => {
      const { initial, final } = variedPairs(count);
      const kernel = await createDualKernel({ tables: 1 });
      kernel.load(new Float64Array(KERNEL_PAIRS).fill(7), new Float64Array(KERNEL_PAIRS).fill(-9));
      expect(kernel.load(initial, final)).toBe(count);
      expect(kernel.initial.slice(0, count)).toEqual(initial);
      expect(kernel.final.slice(0, count)).toEqual(final);
      const potential = parsePotential("2-norm");
      kernel.pass(potential, count, { duals: true });
      const sums = new Float64Array(4);
      kernel.addMoments(count, 3, sums);
      const expected = new Float64Array(4);
      for (const [i, weight] of initial.entries()) {
        const change = final[i] - weight;
        const terms = [change - 3, (change - 3) ** 2, change ** 2, weight ** 2];
        for (const [k, term] of terms.entries()) expected[k] += term;
      }
      for (const [k, sum] of sums.entries()) {
        // A thousand terms in another order; the first may cancel, against the root of the second.
        expect(Math.abs(sum - expected[k])).toBeLessThan(
          1e-12 * (k === 0 ? Math.sqrt(count * expected[1]) : expected[k]),
        );
      }
    },
  );

  it.each(["float32", "float64"])(
    "tallies every kind of %s pair that it leaves out, wherever it stands",
    async (precision) => {
      const kinds = [
        [Number.NaN, 1],
        [1, Number.POSITIVE_INFINITY],
        [0, 1],
        [-0, -2],
        [1, 0],
        [0, -0],
        [2, 2],
        [-1e-40, -1e-40],
        [1, -1],
        [0.5, 0.75],
      ];
      const make = (values: number[]) =>
        precision === "float32" ? Float32Array.from(values) : Float64Array.from(values);
      for (let turn = 0; turn < kinds.length; turn++) {
        const turned = [...kinds.slice(turn), ...kinds.slice(0, turn)];
        const kernel = await createDualKernel({ tables: 1 });
        const initial = make(turned.map(([before]) => before));
        const final = make(turned.map(([, after]) => after));
        expect(kernel.load(initial, final)).toBe(4);
        expect(Array.from(kernel.tally)).toEqual([2, 2, 1, 1, 2, 1]);
        const usable = turned.filter((pair) =>
          pair.every((weight) => weight !== 0 && Number.isFinite(weight)),
        );
        expect(kernel.initial.slice(0, 4)).toEqual(Float64Array.from(make(usable.map(([before]) => before))));
        expect(kernel.final.slice(0, 4)).toEqual(Float64Array.from(make(usable.map(([, after]) => after))));
      }
    },
  );
});
