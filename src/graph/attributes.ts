/** The operators and their attributes, under the names and with the kinds of the ONNX specification (opset 20). */

import type { ElementType } from "./value.ts";

/** How an attribute is written in the file; "type" is an element type, there an integer code. */
export type AttributeKind = "int" | "ints" | "float" | "string" | "type";

export interface AttributeValues {
  readonly int: number;
  readonly ints: readonly number[];
  readonly float: number;
  readonly string: string;
  readonly type: ElementType;
}

const none = {} as const;
const axis = { axis: "int" } as const;
const alpha = { alpha: "float" } as const;
const keepdims = { keepdims: "int" } as const;

/** Every operator of the room: adding one here makes the compiler ask for its rule. */
export const attributeKinds = {
  Abs: none,
  Add: none,
  And: none,
  ArgMax: { ...axis, ...keepdims, select_last_index: "int" },
  Cast: { to: "type" },
  Ceil: none,
  Clip: none,
  Concat: axis,
  Cos: none,
  Div: none,
  Elu: alpha,
  Equal: none,
  Erf: none,
  Exp: none,
  Expand: none,
  Flatten: axis,
  Floor: none,
  Gather: axis,
  GatherElements: axis,
  Gelu: { approximate: "string" },
  Gemm: { ...alpha, beta: "float", transA: "int", transB: "int" },
  Greater: none,
  GreaterOrEqual: none,
  HardSigmoid: { ...alpha, beta: "float" },
  HardSwish: none,
  Identity: none,
  LeakyRelu: alpha,
  Less: none,
  LessOrEqual: none,
  Log: none,
  LogSoftmax: axis,
  MatMul: none,
  Max: none,
  Min: none,
  Mul: none,
  Neg: none,
  Not: none,
  Or: none,
  Pad: { mode: "string" },
  Pow: none,
  Reciprocal: none,
  ReduceMax: keepdims,
  ReduceMean: keepdims,
  ReduceMin: keepdims,
  ReduceSum: keepdims,
  Relu: none,
  Reshape: none,
  Round: none,
  ScatterElements: { ...axis, reduction: "string" },
  Sigmoid: none,
  Sign: none,
  Sin: none,
  Slice: none,
  Softmax: axis,
  Softplus: none,
  Split: { ...axis, num_outputs: "int" },
  Sqrt: none,
  Squeeze: none,
  Sub: none,
  Tanh: none,
  Transpose: { perm: "ints" },
  Unsqueeze: none,
  Where: none,
} as const satisfies { readonly [op: string]: { readonly [attribute: string]: AttributeKind } };

export type OpType = keyof typeof attributeKinds;

type Kinds<Op extends OpType> = (typeof attributeKinds)[Op];

/** The attributes of one operator; what is left out has the default of the specification. */
export type Attributes<Op extends OpType> = {
  readonly [Name in keyof Kinds<Op>]?: Kinds<Op>[Name] extends AttributeKind
    ? AttributeValues[Kinds<Op>[Name]]
    : never;
};

export function isOpType(name: string): name is OpType {
  return Object.hasOwn(attributeKinds, name);
}
