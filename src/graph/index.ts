/**
 * The graph room.
 */

export type { Attributes, OpType } from "./attributes.ts";
export { type DecodedModel, type DecodeOptions, decodeModel } from "./decode.ts";
export { type EncodeOptions, encodeModel, OPSET } from "./encode.ts";
export { float32Only } from "./float64.ts";
export { gradient } from "./gradient.ts";
export { defineGraph, type Graph, type GraphDefinition, type NamedValue } from "./graph.ts";
export { type Loop, type LoopOptions, openLoop } from "./loop.ts";
export * from "./operators.ts";
export { printGraph } from "./print.ts";
export { opTypes } from "./rules.ts";
export type { Session, Signature, SignatureEntry, Tensors } from "./session.ts";
export {
  constant,
  type ElementType,
  type FloatType,
  type GraphNode,
  type GraphTensor,
  type Integers,
  input,
  integers,
  type Operand,
  scalar,
  sizeOf,
  tensorOf,
  typeText,
  type Value,
  type ValueType,
} from "./value.ts";
