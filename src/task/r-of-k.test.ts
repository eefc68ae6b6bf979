import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom } from "../random.ts";
import type { Examples } from "./examples.ts";
import { type ROfKOptions, rOfK } from "./r-of-k.ts";

const draw = (options: Partial<ROfKOptions> = {}, seed = 1) =>
  rOfK({ inputs: 150, ...options }, createRandom(seed));

/** How many of the first 100 inputs are on in each sample. */
function counts({ inputs }: Examples): number[] {
  const [n, width] = inputs.shape;
  return Array.from({ length: n }, (_, k) =>
    Array.from(inputs.data.subarray(k * width, k * width + 100), Number).reduce((sum, bit) => sum + bit, 0),
  );
}

describe("rOfK", () => {
  const task = draw();

  it("has 10 000, 1 000 and 1 000 samples, inputs in bytes", () => {
    const { train, validation, heldOut } = task;
    expect([train, validation, heldOut].map((each) => each?.inputs.shape)).toEqual([
      [10_000, 150],
      [1_000, 150],
      [1_000, 150],
    ]);
    expect(train.inputs.dtype).toBe("uint8");
    expect(train.targets).toMatchObject({ dtype: "float32", shape: [10_000, 1] });
  });

  it("has inputs that are fair coins, each and in neighbouring pairs", () => {
    const { data } = task.train.inputs;
    const n = data.length;
    let ones = 0;
    let pairs = 0;
    for (let i = 0; i < n; i++) {
      ones += Number(data[i]);
      if (i > 0) pairs += Number(data[i]) === Number(data[i - 1]) ? 1 : 0;
    }
    // Six standard deviations of n fair coins: 2e-9 by chance.
    expect(Math.abs(ones - n / 2)).toBeLessThan(3 * Math.sqrt(n));
    expect(Math.abs(pairs - n / 2)).toBeLessThan(3 * Math.sqrt(n));
  });

  it("has clean labels to validate and to hold out: 1 where at least 50 of the first 100 are on", () => {
    for (const set of [task.validation, task.heldOut]) {
      if (set === null) expect.fail("expected a set");
      expect([...set.targets.data]).toEqual(counts(set).map((sum) => (sum >= 50 ? 1 : 0)));
    }
  });

  it("has noisy labels to learn from: wrong only next to the threshold, in one of twenty", () => {
    const sums = counts(task.train);
    const labels = [...task.train.targets.data];
    // Noise of −1 turns 50, noise of +1 turns 49; nothing else is near enough.
    for (const [border, wrong] of [
      [50, 0],
      [49, 1],
    ]) {
      const near = labels.filter((_, k) => sums[k] === border);
      const share = near.filter((label) => label === wrong).length / near.length;
      // About 790 such samples; six standard errors: 2e-9 by chance.
      expect(near.length).toBeGreaterThan(500);
      expect(Math.abs(share - 0.05)).toBeLessThan(6 * Math.sqrt((0.05 * 0.95) / near.length));
    }
    const far = labels.filter(
      (label, k) => sums[k] !== 49 && sums[k] !== 50 && label !== (sums[k] >= 50 ? 1 : 0),
    );
    expect(far).toEqual([]);
  });

  it("gives fewer inputs as the first of the same samples, with the same labels", () => {
    const small = { train: 20, validation: 5, heldOut: 5 };
    const narrow = draw({ ...small, inputs: 110 });
    const wide = draw({ ...small, inputs: 1000 });
    for (let k = 0; k < 20; k++) {
      const row = ({ inputs }: Examples, width: number) => [
        ...inputs.data.subarray(k * width, k * width + 110),
      ];
      expect(row(narrow.train, 110)).toEqual(row(wide.train, 1000));
    }
    expect(narrow.train.targets).toEqual(wide.train.targets);
  });

  it("is the same for a seed, and another for another", () => {
    const small = { train: 20, validation: 5, heldOut: 5 };
    expect(draw(small)).toEqual(draw(small));
    expect(draw(small, 2).train.inputs.data).not.toEqual(draw(small).train.inputs.data);
  });

  it.each([{ inputs: 99 }, { relevant: 0 }, { threshold: 101 }, { train: 0 }, { heldOut: -1 }])(
    "refuses %o",
    async (options) => {
      expect(await refusal(() => draw(options))).toMatchObject({ name: "InputError", code: "bad-size" });
    },
  );
});
