import { describe, expect, it } from "vitest";
import { InputError, UnsupportedError } from "../../errors.ts";
import type { OnnxModel } from "./model.ts";
import { decodeOnnx, encodeOnnx } from "./wire.ts";

const model: OnnxModel = {
  irVersion: 9,
  producer: "by hand",
  opsets: { "": 20, "com.example": 1 },
  graph: {
    name: "all",
    nodes: [
      {
        name: "first",
        opType: "Anything",
        domain: "com.example",
        inputs: ["x", "", "w"],
        outputs: ["y"],
        attributes: {
          a: { kind: "float", value: 0.5 },
          b: { kind: "int", value: -3 },
          c: { kind: "string", value: "naïve" },
          d: { kind: "floats", value: [1, 0.25] },
          e: { kind: "ints", value: [0, -1, 2 ** 40] },
          f: { kind: "strings", value: ["", "two"] },
          g: { kind: "tensor", value: { dtype: "int8", shape: [2], data: Int8Array.of(-1, 5) } },
        },
      },
    ],
    initializers: [
      { name: "w", tensor: { dtype: "float64", shape: [1, 2], data: Float64Array.of(Math.PI, -0) } },
      { name: "n", tensor: { dtype: "int64", shape: [], data: BigInt64Array.of(-(2n ** 62n)) } },
      { name: "empty", tensor: { dtype: "float32", shape: [0, 3], data: new Float32Array(0) } },
      { name: "mask", tensor: { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) } },
    ],
    inputs: [{ name: "x", dtype: "float32", shape: [2, "batch", ""] }],
    outputs: [{ name: "y", dtype: "uint16", shape: [] }],
  },
};

describe("the ONNX wire format", () => {
  it("gives back every kind of attribute, tensor and size", () => {
    expect(decodeOnnx(encodeOnnx(model))).toEqual(model);
  });

  it("reads the bytes of a model written by hand, its tensor as a list of numbers", () => {
    // ir_version 8; opset 17; graph { name "g"; initializer { dims 2; data_type FLOAT; float_data 1, 2; name "w" } }
    const tensor = [0x08, 2, 0x10, 1, 0x22, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0x42, 1, 0x77];
    const graph = [0x12, 1, 0x67, 0x2a, tensor.length, ...tensor];
    const decoded = decodeOnnx(Uint8Array.of(0x08, 8, 0x3a, graph.length, ...graph, 0x42, 2, 0x10, 17));
    expect(decoded.opsets).toEqual({ "": 17 });
    expect(decoded.graph.initializers).toEqual([
      { name: "w", tensor: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } },
    ]);
  });

  it("answers any truncation with an InputError or the part that is a whole message", () => {
    const bytes = encodeOnnx(model);
    let refused = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        decodeOnnx(bytes.subarray(0, length));
      } catch (error) {
        expect(error instanceof InputError || error instanceof UnsupportedError, String(error)).toBe(true);
        refused++;
      }
    }
    // Only the opsets stand after the graph, so nearly every cut goes through it.
    expect(refused).toBeGreaterThan(bytes.length * 0.9);
  });

  it("says what is wrong with bytes that are no model, and with tensors of a wrong length", () => {
    expect(() => decodeOnnx(new TextEncoder().encode("hello"), "a.onnx")).toThrow(
      /onnx "a\.onnx": expected a model/,
    );
    expect(() => decodeOnnx(new Uint8Array(0))).toThrow(/expected a model with a graph, got 0 bytes/);
    const short = { dtype: "float32" as const, shape: [3], data: Float32Array.of(1, 2) };
    const broken = encodeOnnx({
      ...model,
      graph: { ...model.graph, initializers: [{ name: "w", tensor: short }] },
    });
    expect(() => decodeOnnx(broken)).toThrow(/expected 3 values of "w" \(float32\[3\]\), got 2/);
  });
});
