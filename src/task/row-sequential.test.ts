import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { type Examples, type FloatTensor, reshapeInputs } from "./examples.ts";
import { rowSequential, timeFirst } from "./row-sequential.ts";

const inputs: FloatTensor = {
  dtype: "float32",
  shape: [2, 3, 2],
  data: Float32Array.from({ length: 12 }, (_, i) => i),
};
const images: Examples = {
  name: "digits",
  inputs,
  targets: { dtype: "int32", shape: [2], data: Int32Array.of(4, 5) },
};

describe("rowSequential", () => {
  it("takes images with and without a channel as steps of rows, without moving a value", () => {
    expect(rowSequential(images)).toEqual(images);
    const sequences = rowSequential(reshapeInputs(images, [1, 3, 2]));
    expect(sequences.inputs.shape).toEqual([2, 3, 2]);
    expect(sequences.inputs.data).toBe(images.inputs.data);
  });

  it.each([[[6]], [[3, 1, 2]]])("refuses inputs of shape [n, %j]", async (shape) => {
    expect((await refusal(() => rowSequential(reshapeInputs(images, shape)))).code).toBe("not-images");
  });
});

describe("timeFirst", () => {
  it("puts the same step of all sequences together", () => {
    const expected = [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11];
    expect(timeFirst(inputs)).toEqual({
      dtype: "float32",
      shape: [3, 2, 2],
      data: Float32Array.from(expected),
    });
    const wide = timeFirst({ ...inputs, dtype: "float64", data: Float64Array.from(inputs.data) });
    expect(wide).toEqual({ dtype: "float64", shape: [3, 2, 2], data: Float64Array.from(expected) });
  });

  it("refuses what are no sequences", async () => {
    expect((await refusal(() => timeFirst({ ...inputs, shape: [2, 6] }))).code).toBe("not-sequences");
  });
});
