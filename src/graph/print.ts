import type { Graph } from "./graph.ts";
import { type GraphNode, typeText, type Value } from "./value.ts";

/**
 * A graph as short text: a line a node, with the type of each result; small constants stand in place.
 *
 * @example printGraph(graph)
 * // graph(x: float32[2,3], w: float32[3,4]) {
 * //   t0: float32[2,4] = MatMul x, w
 * //   y: float32[2,4] = Relu t0
 * // } y
 */
export function printGraph(graph: Graph): string {
  const inputs = graph.inputs.map(({ name, value }) => `${name}: ${typeText(value)}`);
  const written = graph.constants.filter(({ tensor }) => tensor.data.length > SHOWN_VALUES);
  return [
    `${graph.name}(${inputs.join(", ")}) {`,
    ...written.map(({ name, tensor }) => `  ${name}: ${typeText(tensor)} = constant`),
    ...graph.nodes.map((node) => `  ${nodeText(node, graph)}`),
    `} ${graph.outputs.map(({ name }) => name).join(", ")}`,
  ].join("\n");
}

const SHOWN_VALUES = 8;

function nodeText(node: GraphNode, graph: Graph): string {
  const results = node.outputs.flatMap((value) => {
    const name = graph.names.get(value);
    return name === undefined ? [] : [`${name}: ${typeText(value)}`];
  });
  const attributes = Object.entries(node.attributes).map(
    ([name, value]) => `${name} ${attributeText(value)}`,
  );
  const settings = attributes.length === 0 ? "" : ` {${attributes.join(", ")}}`;
  const inputs = node.inputs.map((value) => (value === null ? "_" : valueText(value, graph)));
  return `${results.join(", ")} = ${node.opType} ${inputs.join(", ")}${settings}`;
}

function attributeText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(",")}]`;
  // Single precision has seven digits; the rest is how it looks in double.
  return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}

function valueText(value: Value, graph: Graph): string {
  if (value.origin.kind !== "constant" || value.origin.tensor.data.length > SHOWN_VALUES) {
    return graph.names.get(value) ?? "?";
  }
  const { shape, data, dtype } = value.origin.tensor;
  const numbers = Array.from<number | bigint, string>(data, (number) =>
    dtype === "bool" ? String(number !== 0) : String(number),
  );
  return shape.length === 0
    ? numbers[0]
    : `[${numbers.join(",")}]${shape.length > 1 ? `(${shape.join("×")})` : ""}`;
}
