/** A `.onnx` file as a graph that can be run, differentiated and written again. */

import type { OnnxModel, OnnxNode, OnnxValue } from "../data/onnx/model.ts";
import { decodeOnnx } from "../data/onnx/wire.ts";
import { InputError, nearestName, UnsupportedError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { type AttributeKind, type Attributes, isOpType, kindsOf, type OpType } from "./attributes.ts";
import { elementTypeCodes } from "./encode.ts";
import { defineGraph, type Graph } from "./graph.ts";
import { opTypes, recordNamed } from "./rules.ts";
import { constant, type ElementType, type GraphTensor, input, integers, type Value } from "./value.ts";

/** The operator sets whose operators mean what they mean here, once reduction axes have moved to an input. */
const OPSETS = { least: 13, most: 22 } as const;

export interface DecodeOptions {
  /** What the file is called in messages. */
  readonly source?: string;
  /** Stored tensors that become inputs, such as the weights to be trained; without it only those the file lists as inputs. */
  readonly asInput?: (name: string, tensor: GraphTensor) => boolean;
}

export interface DecodedModel {
  readonly graph: Graph;
  /** The stored values of inputs, by name. */
  readonly initializers: Readonly<Record<string, GraphTensor>>;
}

/**
 * Reads a `.onnx` file; shapes are inferred anew by the shape rules.
 *
 * @throws InputError `bad-onnx`, and what shape rules throw; UnsupportedError `unsupported-operator` (named),
 *   `unsupported-attribute`, `unsupported-opset`, `unsupported-type`, `not-constant` where a shape is computed
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): DecodedModel {
  const { source = "model", asInput = () => false } = options;
  const where = `onnx "${source}"`;
  const model = decodeOnnx(bytes, source);
  requireOpset(model, where);
  const listed = new Set(model.graph.inputs.map(({ name }) => name));
  const values = new Map<string, Value>();
  const initializers: Record<string, GraphTensor> = {};
  const inputs = model.graph.inputs.map((entry) => inputOf(entry, where));
  for (const { name, tensor } of model.graph.initializers) {
    const held = graphTensor(tensor, name, where);
    if (listed.has(name) || asInput(name, held)) initializers[name] = held;
    else values.set(name, constant(held));
    if (name in initializers && !listed.has(name)) inputs.push(input(name, held.dtype, held.shape));
  }
  for (const value of inputs) if (value.origin.kind === "input") values.set(value.origin.name, value);
  for (const node of model.graph.nodes) addNode(node, values, where);
  const outputs = model.graph.outputs.map(({ name }) => [name, valueNamed(name, values, where)] as const);
  const graph = defineGraph({ name: model.graph.name, inputs, outputs: Object.fromEntries(outputs) });
  return { graph, initializers };
}

function requireOpset({ opsets }: OnnxModel, where: string): void {
  const version = opsets[""];
  if (version !== undefined && version >= OPSETS.least && version <= OPSETS.most) return;
  throw new UnsupportedError({
    code: "unsupported-opset",
    message: `${where}: expected opset ${OPSETS.least} to ${OPSETS.most}, got ${version ?? "none"}; export the model for opset 20`,
  });
}

function inputOf({ name, dtype, shape }: OnnxValue, where: string): Value {
  const open = shape.find((size) => typeof size === "string");
  if (open !== undefined) {
    throw new UnsupportedError({
      code: "unsupported-type",
      message: `${where}: expected fixed sizes, got "${open}" (input "${name}"); export the model with a fixed batch size`,
    });
  }
  const sizes = shape.filter((size) => typeof size === "number");
  return input(name, elementType(dtype, name, where), sizes);
}

function elementType(dtype: string, name: string, where: string): ElementType {
  const found = Object.keys(elementTypeCodes).find((known) => known === dtype);
  // The keys of the table are the element types.
  if (found !== undefined) return found as ElementType;
  throw new UnsupportedError({
    code: "unsupported-type",
    message: `${where}: expected ${Object.keys(elementTypeCodes).join(", ")}, got ${dtype} ("${name}"); convert the model`,
  });
}

function graphTensor(tensor: Tensor, name: string, where: string): GraphTensor {
  elementType(tensor.dtype, name, where);
  // Just checked, which the compiler cannot follow from the type to the tensor.
  return tensor as GraphTensor;
}

function valueNamed(name: string, values: ReadonlyMap<string, Value>, where: string): Value {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw new InputError({
    code: "bad-onnx",
    message: `${where}: expected nodes after what they need, got "${name}" that nothing before has made; export the model again`,
  });
}

function addNode(node: OnnxNode, values: Map<string, Value>, where: string): void {
  const results = node.opType === "Constant" ? [constantOf(node, where)] : operatorOf(node, values, where);
  for (const [i, name] of node.outputs.entries()) {
    if (name === "") continue;
    if (i >= results.length) throw unsupported(node, where, `output ${i}`, "without it");
    values.set(name, results[i]);
  }
}

function unsupported(node: OnnxNode, where: string, what: string, advice: string): UnsupportedError {
  return new UnsupportedError({
    code: "unsupported-attribute",
    message: `${where}: expected ${node.opType} as in the list of operators, got ${what} ("${node.name}"); export the model ${advice}`,
  });
}

function constantOf(node: OnnxNode, where: string): Value {
  const { value } = node.attributes;
  if (value?.kind === "tensor") return constant(graphTensor(value.value, node.name, where));
  throw unsupported(
    node,
    where,
    `attributes ${Object.keys(node.attributes).join(", ")}`,
    "with tensors as constants",
  );
}

function operatorOf(node: OnnxNode, values: ReadonlyMap<string, Value>, where: string): readonly Value[] {
  const { opType, domain } = node;
  if (domain !== "" || !isOpType(opType)) {
    const near = nearestName(opType, opTypes);
    throw new UnsupportedError({
      code: "unsupported-operator",
      message: `${where}: expected an operator in the list, got ${domain === "" ? "" : `${domain}.`}${opType} ("${node.name}")${near === null ? "" : `, near ${near}`}; compose it from others`,
    });
  }
  const inputs = node.inputs.map((name) => (name === "" ? null : valueNamed(name, values, where)));
  const attributes = { ...node.attributes };
  // Before opset 18 the axes of all reductions but the sum were an attribute.
  if (opType.startsWith("Reduce") && attributes.axes?.kind === "ints") {
    inputs.push(integers(attributes.axes.value));
    delete attributes.axes;
  }
  return recordNamed(opType, inputs, readAttributes(opType, { ...node, attributes }, where));
}

function readAttributes<Op extends OpType>(opType: Op, node: OnnxNode, where: string): Attributes<Op> {
  const kinds = kindsOf(opType);
  const read = Object.entries(node.attributes)
    .filter(([name, attribute]) => !isNeutral(opType, name, attribute.value))
    .map(([name, attribute]) => {
      const kind: AttributeKind | undefined = kinds[name];
      if (kind === undefined) throw unsupported(node, where, `attribute ${name}`, "without it");
      if (kind !== "type") {
        if (attribute.kind !== kind) throw unsupported(node, where, `${name} as ${attribute.kind}`, "again");
        return [name, attribute.value];
      }
      const type = Object.entries(elementTypeCodes).find(([, code]) => code === attribute.value);
      if (type === undefined)
        throw unsupported(node, where, `element type ${attribute.value}`, "in another type");
      return [name, type[0]];
    });
  // Each value is of the kind that the table has for its name.
  return Object.fromEntries(read) as Attributes<Op>;
}

/** Attributes that we do not have, at the value at which they do nothing here. */
function isNeutral(opType: OpType, name: string, value: unknown): boolean {
  if (name === "noop_with_empty_axes" || name === "allowzero" || name === "storage_order") return value === 0;
  return (opType === "LayerNormalization" && name === "stash_type") || (name === "saturate" && value === 1);
}
