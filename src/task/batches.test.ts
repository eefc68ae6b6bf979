import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { createRandom } from "../random.ts";
import { type BatchOptions, batchesOfPass, countBatches, orderOfPass } from "./batches.ts";
import type { Examples } from "./examples.ts";

const n = 10;
const examples: Examples = {
  name: "train",
  inputs: { dtype: "uint8", shape: [n, 2], data: Uint8Array.from({ length: 2 * n }, (_, i) => i) },
  targets: { dtype: "int32", shape: [n], data: Int32Array.from({ length: n }, (_, i) => 100 + i) },
};
const random = createRandom(1).stream("batches");
const batches = (options: Partial<BatchOptions>) => [
  ...batchesOfPass(examples, { size: 4, pass: 0, random, ...options }),
];
const positions = (options: Partial<BatchOptions>) => batches(options).map((batch) => [...batch.indices]);

describe("batchesOfPass", () => {
  it("visits every example once a pass, each with its own target", () => {
    for (const pass of [0, 1, 2]) {
      const all = batches({ pass });
      expect(all.map((batch) => batch.inputs.shape)).toEqual([
        [4, 2],
        [4, 2],
        [2, 2],
      ]);
      expect(all.flatMap((batch) => [...batch.indices]).sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      for (const { inputs, targets, indices } of all) {
        expect([...targets.data]).toEqual([...indices].map((i) => 100 + i));
        expect([...inputs.data]).toEqual([...indices].flatMap((i) => [2 * i, 2 * i + 1]));
      }
    }
  });

  it("has an order of its own for every pass and seed, and the same whenever it is asked", () => {
    const first = positions({ pass: 3 });
    random.uniform();
    expect(positions({ pass: 3 })).toEqual(first);
    expect(positions({ pass: 4 })).not.toEqual(first);
    expect(positions({ pass: 3, random: createRandom(2).stream("batches") })).not.toEqual(first);
    expect(first.flat()).toEqual([...orderOfPass(n, 3, random)]);
  });

  it("drops the rest where asked, and takes all at once where the size is larger", () => {
    expect(positions({ rest: "drop" }).map((each) => each.length)).toEqual([4, 4]);
    for (const rest of ["keep", "drop"] as const) {
      expect(positions({ rest, size: 100 }).map((each) => each.length)).toEqual([n]);
      for (const size of [1, 3, 5, 10, 11]) {
        const options = { size, pass: 0, random, rest };
        expect(countBatches(examples, options)).toBe([...batchesOfPass(examples, options)].length);
      }
    }
  });

  it("keeps the order, and floating-point values where they are, without a stream", () => {
    expect(positions({ random: null })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    const inputs = { dtype: "float64", shape: [n, 2], data: new Float64Array(2 * n) } as const;
    const [batch] = batchesOfPass({ ...examples, inputs }, { size: n, pass: 0, random: null });
    expect(batch.inputs).toBe(inputs);
  });

  it("gives stored bytes as float32, or the type asked for", () => {
    expect(batches({})[0].inputs.data).toBeInstanceOf(Float32Array);
    expect(batches({ dtype: "float64" })[0].inputs.data).toBeInstanceOf(Float64Array);
  });

  it.each([{ size: 0 }, { size: 1.5 }, { pass: -1 }, { pass: -1, random: null }])(
    "refuses %o",
    async (options) => {
      expect((await refusal(() => batches(options))).code).toBe("bad-size");
    },
  );
});
