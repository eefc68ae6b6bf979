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
const window = {
  auto_pad: "string",
  dilations: "ints",
  kernel_shape: "ints",
  pads: "ints",
  strides: "ints",
} as const;
const pooling = { ...window, ceil_mode: "int" } as const;

/** Every operator of the room: adding one here makes the compiler ask for its rule. */
export const attributeKinds = {
  Abs: none,
  Add: none,
  And: none,
  ArgMax: { ...axis, ...keepdims, select_last_index: "int" },
  AveragePool: { ...pooling, count_include_pad: "int" },
  BatchNormalization: { epsilon: "float", momentum: "float", training_mode: "int" },
  Cast: { to: "type" },
  Ceil: none,
  Clip: none,
  Concat: axis,
  Conv: { ...window, group: "int" },
  ConvTranspose: { ...window, group: "int", output_padding: "ints" },
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
  GlobalAveragePool: none,
  Greater: none,
  GreaterOrEqual: none,
  HardSigmoid: { ...alpha, beta: "float" },
  HardSwish: none,
  Identity: none,
  LayerNormalization: { ...axis, epsilon: "float" },
  LeakyRelu: alpha,
  Less: none,
  LessOrEqual: none,
  Log: none,
  LogSoftmax: axis,
  MatMul: none,
  Max: none,
  MaxPool: pooling,
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

/** The kinds of an operator's attributes, by name. */
export function kindsOf(opType: OpType): Readonly<Record<string, AttributeKind>> {
  return attributeKinds[opType];
}
