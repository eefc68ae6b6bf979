/** A graph as the bytes of a standard `.onnx` file. */

import type { OnnxAttribute, OnnxNode, OnnxValue } from "../data/onnx/model.ts";
import { encodeOnnx } from "../data/onnx/wire.ts";
import { InputError } from "../errors.ts";
import { type AttributeKind, kindsOf, type OpType } from "./attributes.ts";
import type { Graph, NamedValue } from "./graph.ts";
import { type ElementType, type GraphNode, type GraphTensor, sameValueType, typeText } from "./value.ts";

/** The operator set that files are written for, and the version of the format that goes with it. */
export const OPSET = 20;
const IR_VERSION = 9;

/** The codes of element types in attributes, as the format numbers them. */
export const elementTypeCodes: { readonly [D in ElementType]: number } = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export interface EncodeOptions {
  /** Values for some of the inputs: those then may be left out when the file is run. */
  readonly initializers?: Readonly<Record<string, GraphTensor>>;
}

/**
 * The bytes of a `.onnx` file (opset 20).
 *
 * @throws InputError `unknown-name`, `bad-type` for an initializer that is not an input, or of another type
 */
export function encodeModel(graph: Graph, { initializers = {} }: EncodeOptions = {}): Uint8Array {
  for (const [name, tensor] of Object.entries(initializers)) requireInput(graph, name, tensor);
  return encodeOnnx({
    irVersion: IR_VERSION,
    producer: "syngeo",
    opsets: { "": OPSET },
    graph: {
      name: graph.name,
      nodes: graph.nodes.map((node, i) => nodeRecord(node, i, graph)),
      initializers: [
        ...graph.constants,
        ...Object.entries(initializers).map(([name, tensor]) => ({ name, tensor })),
      ],
      inputs: graph.inputs.map(valueRecord),
      outputs: graph.outputs.map(valueRecord),
    },
  });
}

function requireInput(graph: Graph, name: string, tensor: GraphTensor): void {
  const found = graph.inputs.find((entry) => entry.name === name);
  if (found === undefined) {
    throw new InputError({
      code: "unknown-name",
      message: `encodeModel: expected an initializer for one of ${graph.inputs.map((entry) => entry.name).join(", ")}, got "${name}"; leave it out`,
    });
  }
  if (sameValueType(found.value, tensor)) return;
  throw new InputError({
    code: "bad-type",
    message: `encodeModel: expected ${typeText(found.value)}, got ${typeText(tensor)} (initializer "${name}"); convert it first`,
  });
}

function valueRecord({ name, value }: NamedValue): OnnxValue {
  return { name, dtype: value.dtype, shape: value.shape };
}

function nodeRecord(node: GraphNode, index: number, { names }: Graph): OnnxNode {
  const nameOf = (value: GraphNode["inputs"][number]) => (value === null ? "" : (names.get(value) ?? ""));
  return {
    name: `${node.opType}_${index}`,
    opType: node.opType,
    domain: "",
    inputs: withoutTrailingBlanks(node.inputs.map(nameOf)),
    outputs: withoutTrailingBlanks(node.outputs.map(nameOf)),
    attributes: attributeRecords(node.opType, node.attributes),
  };
}

function withoutTrailingBlanks(names: readonly string[]): readonly string[] {
  return names.slice(0, names.findLastIndex((name) => name !== "") + 1);
}

function attributeRecords(opType: OpType, attributes: object): Record<string, OnnxAttribute> {
  const kinds = kindsOf(opType);
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, attributeRecord(kinds[name], value)]));
}

function attributeRecord(kind: AttributeKind, value: unknown): OnnxAttribute {
  // The operator's type has tied the value to the kind; Object.entries forgets it.
  return kind === "type"
    ? { kind: "int", value: elementTypeCodes[value as ElementType] }
    : ({ kind, value } as OnnxAttribute);
}
