import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { countExamples, type Examples, firstExamples, reshapeInputs, takeExamples } from "./examples.ts";

const examples: Examples = {
  name: "train",
  inputs: { dtype: "float32", shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i) },
  targets: { dtype: "int32", shape: [3], data: Int32Array.of(7, 8, 9) },
};

describe("takeExamples", () => {
  it("gives inputs and targets in the order and as often as named, of the same types", () => {
    const taken = takeExamples(examples, [2, 0, 2]);
    expect(taken).toEqual({
      name: "train",
      inputs: {
        dtype: "float32",
        shape: [3, 4],
        data: Float32Array.of(8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11),
      },
      targets: { dtype: "int32", shape: [3], data: Int32Array.of(9, 7, 9) },
    });
    expect(countExamples(takeExamples(examples, []))).toBe(0);
  });

  it.each([3, -1, 0.5, Number.NaN])("refuses position %d", async (position) => {
    const error = await refusal(() => takeExamples(examples, [0, position]));
    expect(error).toMatchObject({ name: "InputError", code: "bad-index" });
    expect(error.message).toContain(`got ${position} (index 1)`);
  });
});

describe("firstExamples", () => {
  it("cuts rows, and columns where asked", () => {
    expect(firstExamples(examples, { count: 2 })).toEqual(takeExamples(examples, [0, 1]));
    expect(firstExamples(examples, { count: 2, inputs: 3 }).inputs).toEqual({
      dtype: "float32",
      shape: [2, 3],
      data: Float32Array.of(0, 1, 2, 4, 5, 6),
    });
  });

  it("refuses more than there is, and columns of what has none", async () => {
    for (const size of [{ count: 4 }, { count: 0 }, { count: 1, inputs: 5 }]) {
      expect((await refusal(() => firstExamples(examples, size))).code).toBe("bad-size");
    }
    const images = reshapeInputs(examples, [2, 2]);
    expect((await refusal(() => firstExamples(images, { count: 1, inputs: 1 }))).code).toBe("not-vectors");
  });
});

describe("reshapeInputs", () => {
  it("keeps the values where they are", () => {
    const images = reshapeInputs(examples, [1, 2, 2]);
    expect(images.inputs.shape).toEqual([3, 1, 2, 2]);
    expect(images.inputs.data).toBe(examples.inputs.data);
  });

  it("refuses another number of values", async () => {
    expect((await refusal(() => reshapeInputs(examples, [5]))).code).toBe("shape-mismatch");
  });
});
