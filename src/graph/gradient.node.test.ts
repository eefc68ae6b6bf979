/** Gradients of whole networks, run on native kernels. */

import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { openSession } from "./index.node.ts";
import {
  Add,
  defineGraph,
  type FloatType,
  Floor,
  Gemm,
  type Graph,
  type GraphTensor,
  gradient,
  input,
  LogSoftmax,
  MatMul,
  MaxPool,
  Mul,
  Neg,
  Pad,
  printGraph,
  ReduceMean,
  ReduceSum,
  Relu,
  sizeOf,
  Tanh,
  tensorOf,
  type Value,
} from "./index.ts";

interface Network {
  readonly inputs: readonly Value[];
  readonly parameters: readonly Value[];
  readonly loss: Value;
}

function mlp(dtype: FloatType): Network {
  const x = input("x", dtype, [5, 4]);
  const labels = input("labels", dtype, [5, 3]);
  const parameters = [input("w1", dtype, [6, 4]), input("b1", dtype, [6]), input("w2", dtype, [3, 6])];
  const hidden = Relu(Gemm(x, parameters[0], parameters[1], { transB: 1 }));
  const scores = LogSoftmax(Gemm(hidden, parameters[2], null, { transB: 1 }));
  const loss = Neg(ReduceMean(ReduceSum(Mul(scores, labels), [1]), null, { keepdims: 0 }));
  return { inputs: [x, labels, ...parameters], parameters, loss };
}

function rnn(dtype: FloatType, batch: number): Network {
  const steps = Array.from({ length: 4 }, (_, t) => input(`x${t}`, dtype, [batch, 2]));
  const parameters = [input("in", dtype, [2, 5]), input("recurrent", dtype, [5, 5])];
  const first = Tanh(MatMul(steps[0], parameters[0]));
  const last = steps
    .slice(1)
    .reduce((state, x) => Tanh(Add(MatMul(x, parameters[0]), MatMul(state, parameters[1]))), first);
  return {
    inputs: [...steps, ...parameters],
    parameters,
    loss: ReduceMean(Mul(last, last), null, { keepdims: 0 }),
  };
}

function feedsFor(graph: Graph): Record<string, GraphTensor> {
  const draw = (name: string, value: Value) => {
    const random = createRandom(3).stream(name);
    const data = Array.from({ length: sizeOf(value.shape) }, () => Math.fround(random.normal()));
    return tensorOf(value.dtype, value.shape, data);
  };
  return Object.fromEntries(graph.inputs.map(({ name, value }) => [name, draw(name, value)]));
}

function lossGraph({ inputs, parameters, loss }: Network): Graph {
  const gradients = gradient(loss, parameters);
  return defineGraph({
    inputs,
    outputs: { loss, ...Object.fromEntries(gradients.map((g, i) => [`d${i}`, g])) },
  });
}

const nameOf = ({ origin }: Value) => (origin.kind === "input" ? origin.name : "");

describe.each([
  ["a dense network", mlp],
  ["a recurrent network", (dtype: FloatType) => rnn(dtype, 3)],
  ["a recurrent network of more weights than examples", (dtype: FloatType) => rnn(dtype, 2)],
])("gradient of %s", (_, make) => {
  it("is the finite difference of the loss in float64, and the same in float32", async () => {
    const network = make("float64");
    const graph = lossGraph(network);
    const session = await openSession(graph);
    const feeds = feedsFor(graph);
    const exact = await session.run(feeds);
    const step = 1e-6;
    for (const [i, parameter] of network.parameters.entries()) {
      const name = nameOf(parameter);
      const values = Array.from(feeds[name].data, Number);
      for (const k of values.keys()) {
        const lossAt = async (by: number) => {
          const moved = tensorOf("float64", parameter.shape, values.with(k, values[k] + by));
          return Number((await session.run({ ...feeds, [name]: moved })).loss.data[0]);
        };
        const difference = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
        // Rounding of a loss near 1 over a step of 1e-6: about 1e-10.
        expect(Math.abs(Number(exact[`d${i}`].data[k]) - difference)).toBeLessThan(1e-8);
      }
    }
    const single = lossGraph(make("float32"));
    const rounded = await (await openSession(single)).run(feedsFor(single));
    for (const { name } of graph.outputs) {
      const got = Array.from(rounded[name].data, Number);
      const worst = Array.from(exact[name].data, Number).map((value, k) => Math.abs(value - got[k]));
      expect(Math.max(...worst)).toBeLessThan(1e-5); // single precision, sums of tens of terms of size 1
    }
  });
});

describe("gradient", () => {
  const x = input("x", "float64", [3]);

  it("may be differentiated again", async () => {
    const loss = ReduceSum(Mul(x, Mul(x, x)), null, { keepdims: 0 });
    const [first] = gradient(loss, [x]);
    const [second] = gradient(ReduceSum(first, null, { keepdims: 0 }), [x]);
    const session = await openSession(defineGraph({ inputs: [x], outputs: { second } }));
    const { second: got } = await session.run({ x: tensorOf("float64", [3], [1, -2, 0.5]) });
    expect(Array.from(got.data, Number)).toEqual([6, -12, 3]);
  });

  it("leaves out what is not asked for", () => {
    const w = input("w", "float64", [3, 2]);
    const rows = input("rows", "float64", [4, 3]);
    const loss = ReduceSum(MatMul(rows, w), null, { keepdims: 0 });
    const graph = defineGraph({ inputs: [rows, w], outputs: { dw: gradient(loss, [w])[0] } });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(rows: float64[4,3], w: float64[3,2]) {
        t0: float64[1,1] = Reshape 1, [1,1]
        t1: float64[4,2] = Expand t0, [4,2]
        dw: float64[3,2] = Gemm rows, t1 {transA 1}
      } dw"
    `);
  });

  it("is zero where the loss does not depend on a value, or only by steps", () => {
    const loss = ReduceSum(Floor(x), null, { keepdims: 0 });
    const graph = defineGraph({ inputs: [x], outputs: { dx: gradient(loss, [x])[0] } });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(x: float64[3]) {
        dx: float64[3] = Expand 0, [3]
      } dx"
    `);
  });

  it("is with respect to computed values too", () => {
    const y = Tanh(x);
    const loss = ReduceSum(Mul(y, y), null, { keepdims: 0 });
    const graph = defineGraph({ inputs: [x], outputs: { dy: gradient(loss, [y])[0] } });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(x: float64[3]) {
        t0: float64[1] = Reshape 1, [1]
        t1: float64[3] = Expand t0, [3]
        t2: float64[3] = Tanh x
        t3: float64[3] = Mul t1, t2
        t4: float64[3] = Mul t1, t2
        dy: float64[3] = Add t3, t4
      } dy"
    `);
  });

  it("of a ReLU is two conversions and a product", () => {
    const [dx] = gradient(Relu(x), [x], input("dy", "float64", [3]));
    const graph = defineGraph({ inputs: [x, ...inputsNamed(dx, "dy")], outputs: { dx } });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph(x: float64[3], dy: float64[3]) {
        t0: float64[3] = Relu x
        t1: bool[3] = Cast t0 {to bool}
        t2: float64[3] = Cast t1 {to float64}
        dx: float64[3] = Mul dy, t2
      } dx"
    `);
  });

  it("of a weight used at every step is one product where the weight is larger than the examples", () => {
    const sums = (batch: number) => {
      const { inputs, parameters, loss } = rnn("float32", batch);
      const [, recurrent] = gradient(loss, parameters);
      return printGraph(defineGraph({ inputs, outputs: { sum: recurrent } }))
        .split("\n")
        .filter((line) => line.includes("float32[5,5] ="));
    };
    expect(sums(3)).toMatchInlineSnapshot(`
      [
        "  t31: float32[5,5] = Gemm t13, t22 {transA 1}",
        "  t32: float32[5,5] = Gemm t10, t26, t31 {transA 1, transB 0}",
        "  sum: float32[5,5] = Gemm t1, t30, t32 {transA 1, transB 0}",
      ]
    `);
    expect(sums(2)).toMatchInlineSnapshot(`
      [
        "  sum: float32[5,5] = Gemm t10, t32 {transA 1, transB 0}",
      ]
    `);
  });

  it("of the maximum goes to the first of equal places in a window, row-major", async () => {
    const maps = input("maps", "float32", [1, 1, 4, 4]);
    const flows = input("flows", "float32", [1, 1, 2, 2]);
    const pooled = MaxPool(maps, { kernel_shape: [2, 2], strides: [2, 2] });
    const [back] = gradient(pooled, [maps], flows);
    const session = await openSession(defineGraph({ inputs: [maps, flows], outputs: { back } }));
    const rows = [
      [5, 5, 1, 2],
      [5, 5, 2, 2],
      [0, 0, -3, -1],
      [1, 1, -2, -1],
    ];
    const feeds = {
      maps: tensorOf("float32", [1, 1, 4, 4], rows.flat()),
      flows: tensorOf("float32", [1, 1, 2, 2], [1, 2, 3, 4]),
    };
    const got = Array.from((await session.run(feeds)).back.data, Number);
    expect([0, 4, 8, 12].map((start) => got.slice(start, start + 4))).toEqual([
      [1, 0, 0, 2],
      [0, 0, 0, 0],
      [0, 0, 0, 4],
      [3, 0, 0, 0],
    ]);
  });

  it("refuses losses that are not one number, integers and rules that are not there", () => {
    const whole = input("n", "int64", []);
    const loss = ReduceSum(x, null, { keepdims: 0 });
    expect(() => gradient(x, [x])).toThrowErrorMatchingInlineSnapshot(
      `[InputError: gradient: expected a loss of one floating-point number, got float64[3]; reduce it with ReduceMean or give outputGradient]`,
    );
    expect(() => gradient(loss, [whole])).toThrowErrorMatchingInlineSnapshot(
      `[InputError: gradient: expected floating-point values to differentiate by, got int64[] (index 0); leave it out]`,
    );
    expect(() => gradient(loss, [x], input("dy", "float64", [3]))).toThrowErrorMatchingInlineSnapshot(
      `[InputError: gradient: expected an outputGradient of the loss's type float64[], got float64[3]; use Cast or Expand]`,
    );
    const mirrored = ReduceSum(Pad(x, [1, 1], null, { mode: "reflect" }), null, { keepdims: 0 });
    expect(() => gradient(mirrored, [x])).toThrowErrorMatchingInlineSnapshot(
      `[UnsupportedError: gradient: expected no gradient with respect to the input in mode "reflect" of Pad, got one asked for; compose it from other operators]`,
    );
  });
});

/** The inputs of a name among those that a value is computed from. */
function inputsNamed(value: Value, name: string): Value[] {
  if (value.origin.kind === "input") return value.origin.name === name ? [value] : [];
  if (value.origin.kind === "constant") return [];
  const found = value.origin.node.inputs.flatMap((part) => (part === null ? [] : inputsNamed(part, name)));
  return found.slice(0, 1);
}
