/** The cases as graphs, with their numbers, and the comparison with plain loops on any runtime. */

import { expect } from "vitest";
import {
  Add,
  constant,
  defineGraph,
  type FloatType,
  float32Only,
  type Graph,
  gradient,
  input,
  Mul,
  type OpType,
  opTypes,
  ReduceSum,
  type Session,
  tensorOf,
  type Value,
} from "../../src/graph/index.ts";
import { createRandom } from "../../src/random.ts";
import { type Case, cases, type Filling } from "./cases.ts";
import { evaluate, type Plains, tensorsOf } from "./evaluate.ts";
import { sizeOf } from "./plain.ts";

export const rows = opTypes.flatMap((op) => cases[op].map((row, i) => ({ op, name: `${op} ${i + 1}`, row })));

export const runsInFloat64 = (graph: Graph) =>
  graph.nodes.every(({ opType }) => !float32Only.includes(opType));

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

/** The inputs x0, x1, … of a case; the name seeds those that are drawn. */
export function feedsOf(
  { inputs }: Case,
  name: string,
): Record<string, { shape: readonly number[]; data: number[] }> {
  return Object.fromEntries(
    inputs.map((filling, i) => [`x${i}`, { shape: filling.shape, data: valuesOf(filling, `${name} ${i}`) }]),
  );
}

const listOf = (built: Value | readonly Value[]) => ("dtype" in built ? [built] : built);

/** The results y0, y1, … of a case. */
export function forwardGraph(row: Case, float: FloatType): Graph {
  const inputs = inputsOf(row, float);
  const built = listOf(row.build(...inputs));
  return defineGraph({ inputs, outputs: Object.fromEntries(built.map((value, i) => [`y${i}`, value])) });
}

/** Σ over the results of each element times a weight of its own, and its gradients. */
export function gradientGraph(row: Case, float: FloatType): Graph {
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

/** Runs a graph and compares with the plain loops; the tolerance is relative to the largest number, or to 1. */
export async function expectRuns(
  open: (graph: Graph) => Promise<Session>,
  graph: Graph,
  feeds: Plains,
  tolerance: number,
): Promise<void> {
  const session = await open(graph);
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

/** The runtime has no kernel for an operator of `float32Only` in float64. */
export async function expectRefusedInFloat64(
  open: (graph: Graph) => Promise<Session>,
  op: OpType,
): Promise<void> {
  const [row] = cases[op];
  const graph = forwardGraph(row, "float64");
  const run = async () => (await open(graph)).run(tensorsOf(graph, feedsOf(row, op)));
  await expect(run()).rejects.toThrow(/Could not find an implementation/);
}

export function expectClose(
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
