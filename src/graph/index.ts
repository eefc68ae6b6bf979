/**
 * The graph room: computations as ONNX graphs, their gradients, and running them.
 *
 * A graph is built from values by functions under ONNX's own names, with ONNX's attributes (opset 20): `Gemm(x, w, b,
 * { transB: 1 })`. Shapes are fixed, and wrong ones are refused where they arise. Nothing is global: each value knows the
 * node that made it, and `defineGraph` collects what the outputs need. `gradient` adds the nodes of the derivatives;
 * `printGraph` shows a graph as short text; `encodeModel` and `decodeModel` write and read `.onnx` files; `openSession`
 * (`index.node.ts`) and `openWebSession` (`index.web.ts`) run the same bytes, `openLoop` carries weights from step to step.
 *
 * An operator is a name in `attributes.ts` and, in `ops/`, a function with its shape rule and its gradient rule; the
 * table in `rules.ts` does not compile without it. Graphs may be float32 or float64, but ONNX Runtime has no float64
 * kernels on the CPU for the operators in `float32Only`: they can be built and differentiated in float64, not run.
 */

export type { Attributes, OpType } from "./attributes.ts";
export { type DecodedModel, type DecodeOptions, decodeModel } from "./decode.ts";
export { type EncodeOptions, encodeModel, OPSET } from "./encode.ts";
export { float32Only } from "./float64.ts";
export { gradient } from "./gradient.ts";
export { defineGraph, type Graph, type GraphDefinition, type NamedValue } from "./graph.ts";
export { type Loop, type LoopOptions, openLoop } from "./loop.ts";
export * from "./operators.ts";
export { fastSign } from "./ops/arithmetic.ts";
export { zeros } from "./ops/selection.ts";
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
  sameValueType,
  scalar,
  sizeOf,
  tensorOf,
  typeText,
  type Value,
  type ValueType,
  zeroTensor,
} from "./value.ts";
