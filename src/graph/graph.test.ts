/** Definition, refusals and files of graphs; nothing is run here. */

import { describe, expect, it } from "vitest";
import { decodeOnnx, encodeOnnx } from "../data/onnx/wire.ts";
import * as ops from "./index.ts";
import {
  Add,
  constant,
  decodeModel,
  defineGraph,
  Exp,
  encodeModel,
  input,
  integers,
  MaxPool,
  Mul,
  printGraph,
  Split,
  tensorOf,
} from "./index.ts";

const x = input("x", "float32", [2, 3]);
const y = input("y", "float32", [2, 3]);

describe("defineGraph", () => {
  it("keeps only what the outputs need, in the order of execution, equal small constants once", () => {
    const shared = Exp(Mul(x, 2));
    Add(shared, 7);
    const graph = defineGraph({
      name: "small",
      inputs: [x, y],
      outputs: { z: Add(shared, Mul(y, 2)), shared },
    });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "small(x: float32[2,3], y: float32[2,3]) {
        t0: float32[2,3] = Mul x, 2
        shared: float32[2,3] = Exp t0
        t1: float32[2,3] = Mul y, 2
        z: float32[2,3] = Add shared, t1
      } z, shared"
    `);
    expect(graph.constants).toHaveLength(1);
  });

  it("gives outputs that are inputs, constants or each other nodes of their own", () => {
    const sum = Add(x, y);
    const graph = defineGraph({
      inputs: [x, y],
      outputs: { a: sum, b: sum, c: x, d: ops.scalar(1, "float32") },
    });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(x: float32[2,3], y: float32[2,3]) {
        a: float32[2,3] = Add x, y
        b: float32[2,3] = Identity a
        c: float32[2,3] = Identity x
        d: float32[] = Identity 1
      } a, b, c, d"
    `);
  });

  it("names further outputs only where they are used", () => {
    const [first] = Split(x, [1, 2], { axis: 1 });
    const pooled = MaxPool(input("image", "float32", [1, 1, 4, 4]), {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
    const image = pooled.origin.kind === "node" ? pooled.origin.node.inputs[0] : null;
    if (image === null) throw new Error("the pool has no input");
    const large = constant(tensorOf("float32", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    const graph = defineGraph({ inputs: [x, image], outputs: { first, pooled, large } });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(x: float32[2,3], image: float32[1,1,4,4]) {
        c1: float32[3,3] = constant
        first: float32[2,1], t0: float32[2,2] = Split x, [1,2] {axis 1}
        pooled: float32[1,1,2,2] = MaxPool image {kernel_shape [2,2], strides [2,2]}
        large: float32[3,3] = Identity c1
      } first, pooled, large"
    `);
  });

  it("survives graphs of a hundred thousand nodes in a row", () => {
    let value = x;
    for (let i = 0; i < 100_000; i++) value = Exp(value);
    expect(defineGraph({ inputs: [x], outputs: { value } }).nodes).toHaveLength(100_000);
  });

  it("refuses inputs that are missing or no inputs, and names given twice", () => {
    expect(() => defineGraph({ inputs: [x], outputs: { z: Add(x, y) } })).toThrowErrorMatchingInlineSnapshot(
      `[InputError: defineGraph: expected every input that the outputs need to be listed, got none for "y" (float32[2,3]); add it to inputs]`,
    );
    expect(() => defineGraph({ inputs: [Exp(x)], outputs: {} })).toThrowErrorMatchingInlineSnapshot(
      `[InputError: defineGraph: expected values made by input() as inputs, got a node of type float32[2,3] (index 0); list the inputs it is computed from]`,
    );
    expect(() => defineGraph({ inputs: [x, y], outputs: { y: Exp(x) } })).toThrowErrorMatchingInlineSnapshot(
      `[InputError: defineGraph: expected each name once among inputs and outputs, got "y" twice; rename one of them]`,
    );
  });
});

describe("shape rules", () => {
  const image = input("image", "float32", [1, 4, 5, 5]);
  const kernel = input("kernel", "float32", [2, 4, 3, 3]);
  const whole = input("whole", "int64", [2]);
  const double = input("double", "float64", [2, 3]);
  const refused: readonly (readonly [string, () => unknown])[] = [
    ["Add of other shapes", () => Add(x, input("w", "float32", [2, 2]))],
    ["Add of other types", () => Add(x, double)],
    ["Add of numbers", () => Add(1, 2)],
    ["ArgMax along no axis", () => ops.ArgMax(x, { axis: 2 })],
    ["AveragePool of a matrix", () => ops.AveragePool(x, { kernel_shape: [2] })],
    ["BatchNormalization of other channels", () => ops.BatchNormalization(image, x, x, x, x)],
    ["Clip between lists", () => ops.Clip(x, y)],
    ["Concat of other sizes", () => ops.Concat([x, input("w", "float32", [3, 3])], { axis: 1 })],
    ["Conv of other channels", () => ops.Conv(image, kernel, null, { group: 2 })],
    ["Conv with a window too large", () => ops.Conv(image, kernel, null, { dilations: [3, 1] })],
    ["Conv with strides for one axis", () => ops.Conv(image, kernel, null, { strides: [1] })],
    [
      "ConvTranspose to nothing",
      () => ops.ConvTranspose(kernel, ops.Transpose(kernel), null, { pads: [9, 9, 9, 9] }),
    ],
    ["Expand to a smaller shape", () => ops.Expand(x, [2, 2])],
    ["Flatten beyond the axes", () => ops.Flatten(x, { axis: 3 })],
    ["Gather by floats", () => ops.Gather(x, y)],
    ["GatherElements of other ranks", () => ops.GatherElements(x, whole)],
    ["Gemm of other sizes", () => ops.Gemm(x, y)],
    ["Gemm with C too large", () => ops.Gemm(x, y, input("c", "float32", [3, 3]), { transB: 1 })],
    ["LayerNormalization with a wide scale", () => ops.LayerNormalization(x, input("s", "float32", [2, 3]))],
    ["MatMul of other sizes", () => ops.MatMul(x, y)],
    ["Not of floats", () => ops.Not(x)],
    ["Pad with two pads", () => ops.Pad(x, [1, 1])],
    ["Pad below nothing", () => ops.Pad(x, [-3, 0, 0, 0])],
    ["ReduceSum along an axis twice", () => ops.ReduceSum(x, [1, -1])],
    ["Relu of integers", () => ops.Relu(whole)],
    ["Reshape to other sizes", () => ops.Reshape(x, [4, -1])],
    ["Reshape to a computed shape", () => ops.Reshape(x, Add(whole, whole))],
    ["ScatterElements of other updates", () => ops.ScatterElements(x, integers([1]), y)],
    ["Slice of uneven lists", () => ops.Slice(x, [0], [1, 2])],
    ["Softmax along no axis", () => ops.Softmax(x, { axis: 5 })],
    ["Split to other sizes", () => Split(x, [1, 2])],
    ["Split to nothing", () => Split(x, null)],
    ["Squeeze of an axis of 2", () => ops.Squeeze(x, [0])],
    ["Transpose with an axis twice", () => ops.Transpose(x, { perm: [0, 0] })],
    ["Where by floats", () => ops.Where(x, x, y)],
    ["constant of other sizes", () => constant(tensorOf("float32", [3], [1]))],
    ["input without a name", () => input("", "float32", [1])],
    ["input of a broken size", () => input("x", "float32", [1.5])],
  ];

  it.each(refused)("refuse %s", (_, build) => {
    expect(build).toThrowErrorMatchingSnapshot();
  });
});

describe("decodeModel", () => {
  const graph = defineGraph({ inputs: [x, y], outputs: { z: Mul(Exp(x), y) } });
  const weights = tensorOf("float32", [2, 3], [1, 2, 3, 4, 5, 6]);

  it("gives back initializers of inputs by name", () => {
    const decoded = decodeModel(encodeModel(graph, { initializers: { y: weights } }));
    expect(decoded.initializers).toEqual({ y: weights });
    expect(printGraph(decoded.graph)).toBe(printGraph(graph));
  });

  it("makes inputs of stored tensors where asked, constants of them otherwise", () => {
    const stored = defineGraph({
      inputs: [x],
      outputs: { z: ops.Gemm(x, constant(weights), null, { transB: 1 }) },
    });
    const bytes = encodeModel(stored);
    expect(printGraph(decodeModel(bytes).graph)).toMatchInlineSnapshot(`
      "graph(x: float32[2,3]) {
        z: float32[2,2] = Gemm x, [1,2,3,4,5,6](2×3) {transB 1}
      } z"
    `);
    const decoded = decodeModel(bytes, { asInput: (_, { shape }) => shape.length === 2 });
    expect(printGraph(decoded.graph)).toMatchInlineSnapshot(`
      "graph(x: float32[2,3], c0: float32[2,3]) {
        z: float32[2,2] = Gemm x, c0 {transB 1}
      } z"
    `);
    expect(decoded.initializers).toEqual({ c0: weights });
  });

  it("names operators, opsets and sizes that it does not know", () => {
    const model = decodeOnnx(encodeModel(graph));
    const [exp, ...others] = model.graph.nodes;
    const written = (change: object) => encodeOnnx({ ...model, ...change });
    const withNode = (change: object) =>
      written({ graph: { ...model.graph, nodes: [{ ...exp, ...change }, ...others] } });
    const [first] = model.graph.inputs;
    const decode = (bytes: Uint8Array) => () => decodeModel(bytes);
    expect(decode(withNode({ opType: "Exq" }))).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: onnx "model": expected an operator in the list, got Exq ("Exp_0"), near Exp; compose it from others]`,
    );
    expect(decode(withNode({ domain: "com.microsoft" }))).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: onnx "model": expected an operator in the list, got com.microsoft.Exp ("Exp_0"), near Exp; compose it from others]`,
    );
    expect(
      decode(withNode({ attributes: { axis: { kind: "int", value: 1 } } })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: onnx "model": expected Exp as in the list of operators, got attribute axis ("Exp_0"); export the model without it]`,
    );
    expect(decode(withNode({ inputs: ["w"] }))).toThrowErrorMatchingInlineSnapshot(
      `[InputError: onnx "model": expected nodes after what they need, got "w" that nothing before has made; export the model again]`,
    );
    expect(decode(written({ opsets: { "": 9 } }))).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: onnx "model": expected opset 13 to 22, got 9; export the model for opset 20]`,
    );
    const open = { ...first, shape: ["batch", 3] };
    expect(decode(written({ graph: { ...model.graph, inputs: [open] } }))).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: onnx "model": expected fixed sizes, got "batch" (input "x"); export the model with a fixed batch size]`,
    );
  });

  it("takes the axes of older opsets from the attribute", () => {
    const mean = defineGraph({ inputs: [x], outputs: { m: ops.ReduceMean(x, [1]) } });
    const model = decodeOnnx(encodeModel(mean));
    const [node] = model.graph.nodes;
    const older = { ...node, inputs: ["x"], attributes: { axes: { kind: "ints" as const, value: [1] } } };
    const bytes = encodeOnnx({ ...model, opsets: { "": 13 }, graph: { ...model.graph, nodes: [older] } });
    expect(printGraph(decodeModel(bytes).graph)).toBe(printGraph(mean));
  });

  it("refuses initializers that are not inputs or of another type", () => {
    expect(() => encodeModel(graph, { initializers: { w: weights } })).toThrowErrorMatchingInlineSnapshot(
      `[InputError: encodeModel: expected an initializer for one of x, y, got "w"; leave it out]`,
    );
    const wide = tensorOf("float64", [1], [1]);
    expect(() => encodeModel(graph, { initializers: { y: wide } })).toThrowErrorMatchingInlineSnapshot(
      `[InputError: encodeModel: expected float32[2,3], got float64[1] (initializer "y"); convert it first]`,
    );
  });
});
