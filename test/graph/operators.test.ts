/** Every operator: values against plain loops, gradients against finite differences, on the runtime in both precisions. */

import { describe, expect, it } from "vitest";
import { openSession } from "../../src/graph/index.node.ts";
import {
  Add,
  constant,
  decodeModel,
  defineGraph,
  encodeModel,
  type FloatType,
  float32Only,
  type Graph,
  gradient,
  input,
  Mul,
  opTypes,
  printGraph,
  ReduceSum,
  tensorOf,
  type Value,
} from "../../src/graph/index.ts";
import { createRandom } from "../../src/random.ts";
import { type Case, cases, type Filling } from "./cases.ts";
import { evaluate, type Plains, tensorsOf } from "./evaluate.ts";
import { sizeOf } from "./plain.ts";

function inputsOf({ inputs }: Case, float: FloatType): Value[] {
  return inputs.map(({ dtype, shape }, i) => input(`x${i}`, dtype === "float" ? float : dtype, shape));
}

/** Drawn in single precision, so that both precisions start from the same numbers. */
function valuesOf({ shape, values }: Filling, seed: string): number[] {
  if (values !== "normal" && values !== "positive") return [...values];
  const random = createRandom(seed);
  const draw = () => (values === "normal" ? random.normal() : 0.3 + random.uniform());
  return Array.from({ length: sizeOf(shape) }, () => Math.fround(draw()));
}

function feedsOf(
  { inputs }: Case,
  name: string,
): Record<string, { shape: readonly number[]; data: number[] }> {
  return Object.fromEntries(
    inputs.map((filling, i) => [`x${i}`, { shape: filling.shape, data: valuesOf(filling, `${name} ${i}`) }]),
  );
}

const listOf = (built: Value | readonly Value[]) => ("dtype" in built ? [built] : built);

function forwardGraph(row: Case, float: FloatType): Graph {
  const inputs = inputsOf(row, float);
  const built = listOf(row.build(...inputs));
  return defineGraph({ inputs, outputs: Object.fromEntries(built.map((value, i) => [`y${i}`, value])) });
}

/** Σ over the results of each element times a weight of its own, and its gradients. */
function gradientGraph(row: Case, float: FloatType): Graph {
  const inputs = inputsOf(row, float);
  const parts = listOf(row.build(...inputs))
    .filter((value) => value.dtype === float)
    .map((value) => {
      const weights = Array.from({ length: sizeOf(value.shape) }, (_, i) => Math.fround(Math.sin(i + 1)));
      return ReduceSum(Mul(value, constant(tensorOf(float, value.shape, weights))), null, { keepdims: 0 });
    });
  const loss =
    parts.length === 0 ? constant(tensorOf(float, [], [0])) : parts.reduce((left, right) => Add(left, right));
  const asked = inputs.filter((value) => value.dtype === float);
  const gradients = gradient(loss, asked);
  return defineGraph({
    inputs,
    outputs: {
      loss,
      ...Object.fromEntries(gradients.map((value, i) => [`d${inputs.indexOf(asked[i])}`, value])),
    },
  });
}

async function expectRuns(graph: Graph, feeds: Plains, tolerance: number): Promise<void> {
  const session = await openSession(graph);
  const results = await session.run(tensorsOf(graph, feeds));
  const expected = evaluate(graph, feeds);
  for (const { name, dtype, shape } of session.outputs) {
    expect(results[name].shape, name).toEqual(expected[name].shape);
    expect(shape, name).toEqual(expected[name].shape);
    expect(results[name].dtype, name).toBe(dtype);
    expectClose(Array.from(results[name].data, Number), expected[name].data, tolerance, name);
  }
  await session.close();
}

function expectClose(
  got: readonly number[],
  expected: readonly number[],
  tolerance: number,
  name: string,
): void {
  expect(got.length, name).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const worst = Math.max(0, ...expected.map((value, i) => Math.abs(value - got[i])));
  // NaN would pass a comparison from the other side.
  expect(
    worst <= tolerance * scale,
    `${name}: off by ${worst} of ${scale}: got ${got.slice(0, 6)}, expected ${expected.slice(0, 6)}`,
  ).toBe(true);
}

function finiteDifferences(graph: Graph, feeds: Plains, name: string): number[] {
  const step = 1e-5;
  const loss = (data: number[]) =>
    evaluate(graph, { ...feeds, [name]: { ...feeds[name], data } }).loss.data[0];
  return feeds[name].data.map((value, i) => {
    const moved = (by: number) => feeds[name].data.map((other, j) => (i === j ? value + by : other));
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
}

const runsInFloat64 = (graph: Graph) => graph.nodes.every(({ opType }) => !float32Only.includes(opType));

const rows = opTypes.flatMap((op) => cases[op].map((row, i) => ({ op, name: `${op} ${i + 1}`, row })));

describe.each(rows)("$name", ({ op, name, row }) => {
  const feeds = feedsOf(row, name);

  it("equals the plain loops", async () => {
    // Single precision: rounding of sums of up to a hundred terms of size 1.
    await expectRuns(forwardGraph(row, "float32"), feeds, 1e-5);
    const graph = forwardGraph(row, "float64");
    expect(graph.nodes.some(({ opType }) => opType === op)).toBe(true);
    if (runsInFloat64(graph)) await expectRuns(graph, feeds, 1e-13);
  });

  it("comes back from its file as the same text", () => {
    const graph = gradientGraph(row, "float32");
    expect(printGraph(decodeModel(encodeModel(graph)).graph)).toBe(printGraph(graph));
  });

  it("has the gradient of its finite differences", async () => {
    const graph = gradientGraph(row, "float64");
    const forward = defineGraph({
      inputs: graph.inputs.map(({ value }) => value),
      outputs: { loss: graph.outputs[0].value },
    });
    const exact = evaluate(graph, feeds);
    for (const output of graph.outputs.slice(1)) {
      const differences = finiteDifferences(forward, feeds, output.name.replace("d", "x"));
      // A step of 1e-5 loses 1e-10 to the third derivative and as much to rounding; attributes are single precision.
      expectClose(exact[output.name].data, differences, 1e-7, output.name);
    }
    if (runsInFloat64(graph)) await expectRuns(graph, feeds, 1e-12);
    await expectRuns(gradientGraph(row, "float32"), feeds, 1e-5);
  });
});

describe("float32Only", () => {
  // That the others do run in float64 is part of every row above.
  it.each(float32Only)("lists %s, which the runtime refuses in float64", async (op) => {
    const row = cases[op][0];
    const graph = forwardGraph(row, "float64");
    const run = async () => (await openSession(graph)).run(tensorsOf(graph, feedsOf(row, op)));
    await expect(run()).rejects.toThrow(/Could not find an implementation/);
  });
});
