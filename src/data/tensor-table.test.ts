import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import type { Tensor } from "../tensor.ts";
import { toFloats } from "../tensor.ts";
import { tensorTable, vectorTable } from "./tensor-table.ts";

describe("toFloats", () => {
  it.each<Tensor>([
    { dtype: "float64", shape: [1], data: Float64Array.of(0.5) },
    { dtype: "float32", shape: [1], data: Float32Array.of(0.5) },
    { dtype: "float16", shape: [1], data: Float32Array.of(0.5) },
  ])("gives the array of $dtype itself", (tensor) => {
    expect(toFloats(tensor)).toBe(tensor.data);
  });

  it.each<[Tensor, number[]]>([
    [{ dtype: "int8", shape: [2], data: Int8Array.of(-1, 2) }, [-1, 2]],
    [{ dtype: "uint32", shape: [1], data: Uint32Array.of(2 ** 32 - 1) }, [2 ** 32 - 1]],
    [{ dtype: "int64", shape: [2], data: BigInt64Array.of(-5n, 2n ** 53n - 1n) }, [-5, 2 ** 53 - 1]],
    [{ dtype: "uint64", shape: [1], data: BigUint64Array.of(7n) }, [7]],
    [{ dtype: "bool", shape: [3], data: Uint8Array.of(0, 1, 2) }, [0, 1, 1]],
  ])("converts %o", (tensor, values) => {
    expect(toFloats(tensor)).toEqual(Float64Array.from(values));
  });

  it.each<Tensor>([
    { dtype: "int64", shape: [2], data: BigInt64Array.of(1n, -(2n ** 53n)) },
    { dtype: "uint64", shape: [2], data: BigUint64Array.of(1n, 2n ** 64n - 1n) },
  ])("refuses $dtype integers beyond 2^53", async (tensor) => {
    const error = await refusal(() => toFloats(tensor));
    expect(error).toMatchObject({ name: "InputError", code: "inexact-integer" });
    expect(error.message).toContain("(index 1)");
  });
});

describe("tensorTable", () => {
  it("makes the columns of a matrix the columns of a table, named by their place", () => {
    const tensor: Tensor = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(tensorTable({ name: "w", tensor })).toEqual({
      source: 'array "w"',
      rows: 2,
      columns: [
        { name: "0", kind: "number", values: Float64Array.of(1, 4) },
        { name: "1", kind: "number", values: Float64Array.of(2, 5) },
        { name: "2", kind: "number", values: Float64Array.of(3, 6) },
      ],
      lines: null,
    });
  });

  it.each([[[]], [[6]], [[1, 2, 3]]])("refuses the shape %j", async (shape) => {
    const size = shape.reduce((product: number, each) => product * each, 1);
    const tensor: Tensor = { dtype: "float64", shape, data: new Float64Array(size) };
    const error = await refusal(() => tensorTable({ name: "w", tensor }));
    expect(error.code).toBe("not-a-matrix");
    expect(error.message).toContain(`got ${JSON.stringify(shape)}`);
  });
});

describe("vectorTable", () => {
  const vector = (name: string, shape: readonly number[], ...values: readonly number[]) => {
    const tensor: Tensor = { dtype: "float64", shape, data: Float64Array.from(values) };
    return { name, tensor };
  };
  const tensors = [
    vector("day0", [2], 1, 2),
    vector("day8", [2, 1], 3, 4),
    vector("cell", [1, 2], 5, 6),
    vector("other", [3], 7, 8, 9),
    vector("square", [2, 2], 0, 0, 0, 0),
  ];

  it("makes the vectors of one length the columns of a table, whichever way they lie", () => {
    const { rows, columns } = vectorTable('file "a.mat"', tensors, "day8");
    expect(rows).toBe(2);
    expect(columns.map(({ name, values }) => [name, ...values])).toEqual([
      ["day0", 1, 2],
      ["day8", 3, 4],
      ["cell", 5, 6],
    ]);
  });

  it.each(["square", "day1"])("refuses %s, which is no vector", async (name) => {
    expect((await refusal(() => vectorTable("file", tensors, name))).code).toBe("not-a-vector");
  });
});
