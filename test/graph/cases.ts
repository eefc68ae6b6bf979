/** For every operator small uses of it: the suite compares values and gradients of each. */

import type { ElementType, OpType, Value } from "../../src/graph/index.ts";
import * as ops from "../../src/graph/index.ts";

/** What an input of a case holds; "float" stands for the type under test. */
export interface Filling {
  readonly dtype: "float" | Exclude<ElementType, "float32" | "float64">;
  readonly shape: readonly number[];
  /** The values, or how to draw them. */
  readonly values: readonly number[] | "normal" | "positive";
}

export interface Case {
  readonly inputs: readonly Filling[];
  build(...inputs: Value[]): Value | readonly Value[];
}

const normal = (...shape: number[]): Filling => ({ dtype: "float", shape, values: "normal" });
const positive = (...shape: number[]): Filling => ({ dtype: "float", shape, values: "positive" });
const list = (dtype: Filling["dtype"], ...values: number[]): Filling => ({
  dtype,
  shape: [values.length],
  values,
});
const int64 = (shape: readonly number[], ...values: number[]): Filling => ({ dtype: "int64", shape, values });
const bool = (shape: readonly number[], ...values: number[]): Filling => ({ dtype: "bool", shape, values });

const unary = (op: (x: Value) => Value, filling = normal(2, 3)): Case => ({
  inputs: [filling],
  build: (x) => op(x),
});

type Binary = (a: Value, b: Value) => Value;

/** Equal shapes, broadcasting on either side, a single number. */
const binary = (op: Binary, filling = normal): readonly Case[] => [
  { inputs: [filling(2, 3), filling(2, 3)], build: op },
  { inputs: [filling(4, 2, 3), filling(2, 1)], build: op },
  { inputs: [filling(3), filling(2, 1, 3)], build: op },
  { inputs: [filling(2, 2), filling()], build: op },
];

const comparison = (op: Binary): readonly Case[] => [
  { inputs: [list("float", 1, 2, 3, -1), list("float", 1, 3, 2, -1)], build: op },
  { inputs: [int64([2, 1], 4, 5), int64([2], 5, 4)], build: op },
];

const logic = (op: Binary): readonly Case[] => [
  { inputs: [bool([4], 0, 0, 1, 1), bool([4], 0, 1, 0, 1)], build: op },
];

type Reduce = (x: Value, axes: readonly number[] | null, options?: { readonly keepdims?: 0 | 1 }) => Value;

const reduction = (op: Reduce): readonly Case[] => [
  { inputs: [normal(2, 3)], build: (x) => op(x, null, { keepdims: 0 }) },
  { inputs: [normal(2, 3, 2)], build: (x) => op(x, [0, -1]) },
  { inputs: [normal(2, 3, 2)], build: (x) => op(x, [1], { keepdims: 0 }) },
];

const everyOption = { kernel_shape: [3, 2], strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 1] } as const;

/** Every corner of where windows lie, for a layer made of them. */
const conv = ops.Conv;
const convolutions: readonly Case[] = [
  {
    inputs: [normal(2, 3, 5, 5), normal(4, 3, 3, 3), normal(4)],
    build: (x, w, b) => conv(x, w, b, { pads: [1, 1, 1, 1] }),
  },
  { inputs: [normal(2, 6, 5, 4), normal(4, 6, 2, 3)], build: (x, w) => conv(x, w) },
  { inputs: [normal(2, 3, 7, 6), normal(2, 3, 3, 2)], build: (x, w) => conv(x, w, null, everyOption) },
  {
    inputs: [normal(2, 10, 6, 6), normal(2, 5, 3, 3)],
    build: (x, w) => conv(x, w, null, { group: 2, strides: [2, 3] }),
  },
  {
    inputs: [normal(2, 3, 5, 5), normal(3, 1, 3, 3)],
    build: (x, w) => conv(x, w, null, { group: 3, auto_pad: "SAME_UPPER" }),
  },
  {
    inputs: [normal(1, 2, 5, 6), normal(2, 2, 2, 4)],
    build: (x, w) => conv(x, w, null, { auto_pad: "SAME_LOWER" }),
  },
  {
    inputs: [normal(1, 2, 6, 5), normal(2, 2, 3, 3)],
    build: (x, w) => conv(x, w, null, { auto_pad: "SAME_UPPER", strides: [2, 2] }),
  },
  {
    inputs: [normal(1, 2, 4, 4), normal(3, 2, 1, 1)],
    build: (x, w) => conv(x, w, null, { pads: [2, 2, 2, 2] }),
  },
  {
    inputs: [normal(2, 5, 9), normal(4, 5, 3), normal(4)],
    build: (x, w, b) => conv(x, w, b, { strides: [2], dilations: [2] }),
  },
  { inputs: [normal(1, 2, 3, 4, 3), normal(2, 2, 2, 2, 2)], build: (x, w) => conv(x, w) },
];

const transposed = ops.ConvTranspose;
const transposedConvolutions: readonly Case[] = [
  { inputs: [normal(2, 3, 4, 4), normal(3, 2, 3, 3), normal(2)], build: (x, w, b) => transposed(x, w, b) },
  {
    inputs: [normal(2, 6, 3, 4), normal(6, 2, 3, 2)],
    build: (x, w) =>
      transposed(x, w, null, { group: 2, strides: [2, 3], pads: [1, 0, 1, 1], output_padding: [1, 2] }),
  },
  { inputs: [normal(1, 5, 4), normal(5, 6, 3)], build: (x, w) => transposed(x, w, null, { dilations: [2] }) },
];

/** Rows, inner size and columns of matrix products: matrices, and vectors on either side. */
const products = [
  [2, 4, 3],
  [1, 4, 3],
  [2, 4, 1],
  [2, 1, 3],
] as const;

type Pool = (x: Value, options: Parameters<typeof ops.MaxPool>[1]) => Value;

const pools = (pool: Pool): readonly Case[] => [
  { inputs: [normal(2, 3, 4, 4)], build: (x) => pool(x, { kernel_shape: [2, 2], strides: [2, 2] }) },
  // Side by side with a rest, along one axis and along three.
  { inputs: [normal(1, 2, 5, 7)], build: (x) => pool(x, { kernel_shape: [2, 3], strides: [2, 3] }) },
  { inputs: [normal(2, 2, 7)], build: (x) => pool(x, { kernel_shape: [3], strides: [3] }) },
  {
    inputs: [normal(1, 2, 4, 3, 2)],
    build: (x) => pool(x, { kernel_shape: [2, 1, 2], strides: [2, 1, 2] }),
  },
  { inputs: [normal(1, 1, 6, 6)], build: (x) => pool(x, { kernel_shape: [5, 5], strides: [5, 5] }) },
  { inputs: [normal(1, 2, 5, 6)], build: (x) => pool(x, { kernel_shape: [3, 2], pads: [1, 0, 1, 1] }) },
  {
    inputs: [normal(1, 2, 7, 7)],
    build: (x) => pool(x, { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" }),
  },
  { inputs: [normal(1, 2, 6)], build: (x) => pool(x, { kernel_shape: [3], strides: [2], ceil_mode: 1 }) },
  { inputs: [normal(1, 2, 7, 5)], build: (x) => pool(x, { kernel_shape: [2, 2], dilations: [3, 2] }) },
];

export const cases: { readonly [Op in OpType]: readonly Case[] } = {
  Abs: [unary(ops.Abs)],
  Add: binary(ops.Add),
  And: logic(ops.And),
  ArgMax: [
    { inputs: [normal(2, 4)], build: (x) => ops.ArgMax(x, { axis: -1, keepdims: 0 }) },
    { inputs: [list("float", 1, 3, 3)], build: (x) => ops.ArgMax(x, { select_last_index: 1 }) },
  ],
  AveragePool: [
    ...pools(ops.AveragePool),
    {
      inputs: [normal(1, 2, 5, 5)],
      build: (x) => ops.AveragePool(x, { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    },
  ],
  BatchNormalization: [
    {
      inputs: [normal(2, 3, 2, 2), normal(3), normal(3), normal(3), positive(3)],
      build: (x, scale, bias, mean, variance) => ops.BatchNormalization(x, scale, bias, mean, variance),
    },
    {
      inputs: [normal(4, 3), normal(3), normal(3), normal(3), positive(3)],
      build: (x, scale, bias, mean, variance) =>
        ops.BatchNormalization(x, scale, bias, mean, variance, { epsilon: 0.1 }),
    },
  ],
  Cast: [
    unary((x) => ops.Cast(x, { to: "int64" })),
    unary((x) => ops.Cast(x, { to: "bool" }), list("float", 0, 0.5, -2)),
    unary((x) => ops.Cast(x, { to: "float32" })),
    unary((x) => ops.Cast(x, { to: "float64" }), int64([2], 3, -4)),
  ],
  Ceil: [unary(ops.Ceil)],
  Clip: [
    unary((x) => ops.Clip(x, -0.5, 0.5)),
    unary((x) => ops.Clip(x, null, 0.5)),
    {
      inputs: [normal(5), list("float", -0.3), list("float", 0.4)],
      build: (x, a, b) => ops.Clip(x, ops.Squeeze(a), ops.Squeeze(b)),
    },
  ],
  Concat: [
    { inputs: [normal(2, 3), normal(2, 1), normal(2, 2)], build: (...x) => ops.Concat(x, { axis: -1 }) },
  ],
  Conv: convolutions,
  ConvTranspose: transposedConvolutions,
  Cos: [unary(ops.Cos)],
  Div: [...binary(ops.Div, positive), { inputs: [int64([3], 7, -7, 9), int64([], 2)], build: ops.Div }],
  Elu: [unary((x) => ops.Elu(x)), unary((x) => ops.Elu(x, { alpha: 0.5 }))],
  Equal: comparison(ops.Equal),
  Erf: [unary(ops.Erf)],
  Exp: [unary(ops.Exp)],
  Expand: [
    unary((x) => ops.Expand(x, [2, 3, 4]), normal(3, 1)),
    unary((x) => ops.Expand(x, [1, 1]), normal(2, 3)),
  ],
  Flatten: [unary((x) => ops.Flatten(x), normal(2, 3, 2)), unary((x) => ops.Flatten(x, { axis: 0 }))],
  Floor: [unary(ops.Floor)],
  Gather: [
    { inputs: [normal(4, 3), int64([2, 2], 0, 3, 3, -1)], build: (x, i) => ops.Gather(x, i) },
    { inputs: [normal(2, 4, 3), int64([], 2)], build: (x, i) => ops.Gather(x, i, { axis: 1 }) },
  ],
  GatherElements: [
    {
      inputs: [normal(3, 4), int64([3, 1], 2, 0, -1)],
      build: (x, i) => ops.GatherElements(x, i, { axis: 1 }),
    },
    { inputs: [normal(3, 2), int64([2, 2], 2, 0, 2, 1)], build: (x, i) => ops.GatherElements(x, i) },
  ],
  Gelu: [unary((x) => ops.Gelu(x)), unary((x) => ops.Gelu(x, { approximate: "tanh" }))],
  Gemm: products.flatMap(([m, k, n]) =>
    ([0, 1] as const).flatMap((transA) =>
      ([0, 1] as const).map(
        (transB): Case => ({
          inputs: [
            transA ? normal(k, m) : normal(m, k),
            transB ? normal(n, k) : normal(k, n),
            transA ? normal(n) : normal(m, 1),
          ],
          build: (a, b, c) => ops.Gemm(a, b, c, { transA, transB, alpha: 0.5, beta: 0.7 }),
        }),
      ),
    ),
  ),
  GlobalAveragePool: [unary(ops.GlobalAveragePool, normal(2, 3, 2, 2))],
  Greater: comparison(ops.Greater),
  GreaterOrEqual: comparison(ops.GreaterOrEqual),
  HardSigmoid: [
    unary((x) => ops.HardSigmoid(ops.Mul(x, 3))),
    unary((x) => ops.HardSigmoid(x, { alpha: 0.6, beta: 0.4 })),
  ],
  HardSwish: [unary((x) => ops.HardSwish(ops.Mul(x, 3)))],
  Identity: [unary(ops.Identity)],
  LayerNormalization: [
    { inputs: [normal(3, 4), normal(4), normal(4)], build: (x, s, b) => ops.LayerNormalization(x, s, b) },
    {
      inputs: [normal(2, 3, 2), normal(3, 2)],
      build: (x, s) => ops.LayerNormalization(x, s, null, { axis: 1, epsilon: 0.5 }),
    },
  ],
  LeakyRelu: [unary((x) => ops.LeakyRelu(x)), unary((x) => ops.LeakyRelu(x, { alpha: 0.25 }))],
  Less: comparison(ops.Less),
  LessOrEqual: comparison(ops.LessOrEqual),
  Log: [unary(ops.Log, positive(2, 3))],
  LogSoftmax: [unary((x) => ops.LogSoftmax(x)), unary((x) => ops.LogSoftmax(x, { axis: 0 }))],
  MatMul: [
    { inputs: [normal(2, 4), normal(4, 3)], build: ops.MatMul },
    { inputs: [normal(2, 3, 4), normal(4, 2)], build: ops.MatMul },
    { inputs: [normal(2, 1, 3, 4), normal(3, 4, 2)], build: ops.MatMul },
    { inputs: [normal(4), normal(2, 4, 3)], build: ops.MatMul },
    { inputs: [normal(2, 3, 4), normal(4)], build: ops.MatMul },
    { inputs: [normal(4), normal(4)], build: ops.MatMul },
  ],
  Max: [
    ...binary(ops.Max),
    { inputs: [normal(3), normal(3), normal(2, 3)], build: (a, b, c) => ops.Max(a, b, c) },
  ],
  MaxPool: pools(ops.MaxPool),
  Min: binary(ops.Min),
  Mul: binary(ops.Mul),
  Neg: [unary(ops.Neg)],
  Not: [unary(ops.Not, bool([2], 0, 1))],
  Or: logic(ops.Or),
  Pad: [
    unary((x) => ops.Pad(x, [1, 0, 0, 2])),
    unary((x) => ops.Pad(x, [-1, 2, 0, -1], 0.5), normal(3, 3)),
    unary((x) => ops.Pad(ops.Floor(x), [1, 1, 1, 1], null, { mode: "reflect" }), normal(3, 3)),
    unary((x) => ops.Pad(ops.Floor(x), [2, 1, 0, 1], null, { mode: "edge" }), normal(3, 3)),
  ],
  Pow: [
    ...binary(ops.Pow, positive),
    ...[2, 3, 0.5, 1.5, -1].map((exponent) => unary((x) => ops.Pow(x, exponent), positive(3))),
  ],
  Reciprocal: [unary(ops.Reciprocal, positive(3))],
  ReduceMax: reduction(ops.ReduceMax),
  ReduceMean: reduction(ops.ReduceMean),
  ReduceMin: reduction(ops.ReduceMin),
  ReduceSum: reduction(ops.ReduceSum),
  Relu: [unary(ops.Relu)],
  Reshape: [unary((x) => ops.Reshape(x, [3, 2])), unary((x) => ops.Reshape(x, [0, -1, 1]))],
  Round: [
    unary(ops.Round),
    // Exact halves, with an input that may be moved a little.
    unary((x) => ops.Round(ops.Mul(ops.Floor(x), 0.5)), list("float", 1.2, 3.2, -0.8, 5.3)),
  ],
  ScatterElements: [
    {
      inputs: [normal(3, 2), int64([2, 2], 2, 0, 2, 1), normal(2, 2)],
      build: (x, i, u) => ops.ScatterElements(x, i, u, { reduction: "add" }),
    },
    {
      inputs: [normal(2, 3), int64([2, 1], 2, -3), normal(2, 1)],
      build: (x, i, u) => ops.ScatterElements(x, i, ops.Sign(u), { axis: 1 }),
    },
  ],
  Sigmoid: [unary(ops.Sigmoid)],
  Sign: [unary(ops.Sign)],
  Sin: [unary(ops.Sin)],
  Slice: [
    unary((x) => ops.Slice(x, [1], [100]), normal(4, 2)),
    unary((x) => ops.Slice(x, [1, -1], [-1, -100], [1, 0], [2, -1]), normal(3, 7)),
    unary((x) => ops.Slice(x, [6], [0], [0], [-2]), normal(7)),
    unary((x) => ops.Slice(x, [2], [2], [0]), normal(4)),
  ],
  Softmax: [unary((x) => ops.Softmax(x)), unary((x) => ops.Softmax(x, { axis: 0 }), normal(3, 2, 2))],
  Softplus: [unary(ops.Softplus)],
  Split: [
    { inputs: [normal(5, 2)], build: (x) => ops.Split(x, [2, 3]) },
    { inputs: [normal(2, 5)], build: (x) => ops.Split(x, null, { axis: 1, num_outputs: 2 }) },
    { inputs: [normal(2, 5)], build: (x) => ops.Split(x, [1, 3, 1], { axis: 1 })[1] },
  ],
  Sqrt: [unary(ops.Sqrt, positive(3))],
  Squeeze: [
    unary((x) => ops.Squeeze(x), normal(1, 3, 1)),
    unary((x) => ops.Squeeze(x, [-1]), normal(1, 3, 1)),
  ],
  Sub: binary(ops.Sub),
  Tanh: [unary(ops.Tanh)],
  Transpose: [
    unary((x) => ops.Transpose(x)),
    unary((x) => ops.Transpose(x, { perm: [1, 2, 0] }), normal(2, 3, 4)),
  ],
  Unsqueeze: [unary((x) => ops.Unsqueeze(x, [0, -1]))],
  Where: [
    { inputs: [bool([2, 2], 1, 0, 0, 1), normal(2, 2), normal(2)], build: (c, x, y) => ops.Where(c, x, y) },
    { inputs: [bool([2, 1], 1, 0), normal(3), normal(2, 3)], build: (c, x, y) => ops.Where(c, x, y) },
  ],
};
