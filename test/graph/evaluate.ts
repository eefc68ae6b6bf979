/** Runs a graph by the reference implementations, in float64. */

import {
  type Graph,
  type GraphNode,
  type GraphTensor,
  type OpType,
  tensorOf,
  type Value,
} from "../../src/graph/index.ts";
import type { Plain } from "./plain.ts";
import { references } from "./references.ts";

export type Plains = Readonly<Record<string, Plain>>;

export function evaluate(graph: Graph, feeds: Plains): Plains {
  const known = new Map<Value, Plain>();
  for (const { name, value } of graph.inputs) known.set(value, feeds[name]);
  const read = (value: Value | null) => {
    if (value === null) return null;
    if (value.origin.kind === "constant") return plainOf(value.origin.tensor);
    const found = known.get(value);
    if (found === undefined) throw new Error(`${graph.names.get(value)} has no value`);
    return found;
  };
  for (const node of graph.nodes) {
    const results = evaluateNode(node, node.inputs.map(read));
    for (const [i, output] of node.outputs.entries()) known.set(output, results[i]);
  }
  return Object.fromEntries(
    graph.outputs.map(({ name, value }) => [name, read(value) ?? { shape: [], data: [] }]),
  );
}

function evaluateNode<Op extends OpType>(
  node: GraphNode<Op>,
  inputs: readonly (Plain | null)[],
): readonly Plain[] {
  return references[node.opType](inputs, node.attributes, node.inputs[0]?.dtype.startsWith("int") ?? false);
}

export function plainOf(tensor: GraphTensor): Plain {
  return { shape: tensor.shape, data: Array.from(tensor.data, Number) };
}

export function tensorsOf(graph: Graph, plains: Plains): Record<string, GraphTensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, value }) => [name, tensorOf(value.dtype, value.shape, plains[name].data)]),
  );
}
