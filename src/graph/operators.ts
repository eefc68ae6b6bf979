/** The operators, each a function under its name in the ONNX specification; the table of rules is in `rules.ts`. */

export {
  Elu,
  Gelu,
  HardSigmoid,
  HardSwish,
  LeakyRelu,
  LogSoftmax,
  Relu,
  Sigmoid,
  Softmax,
  Softplus,
  Tanh,
} from "./ops/activation.ts";
export {
  Abs,
  Add,
  Clip,
  Div,
  Identity,
  Max,
  Min,
  Mul,
  Neg,
  Pow,
  Reciprocal,
  Sign,
  Sub,
} from "./ops/arithmetic.ts";
export {
  And,
  Cast,
  Equal,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  Not,
  Or,
  Where,
} from "./ops/comparison.ts";
export { Conv, type ConvOptions, ConvTranspose } from "./ops/convolution.ts";
export { Ceil, Cos, Erf, Exp, Floor, Log, Round, Sin, Sqrt } from "./ops/elementary.ts";
export { Gather, GatherElements, ScatterElements } from "./ops/gathering.ts";
export { Gemm, MatMul } from "./ops/linear.ts";
export { BatchNormalization, LayerNormalization } from "./ops/normalisation.ts";
export { AveragePool, GlobalAveragePool, MaxPool } from "./ops/pooling.ts";
export { ArgMax, ReduceMax, ReduceMean, ReduceMin, ReduceSum } from "./ops/reduction.ts";
export { Concat, Pad, Slice, Split } from "./ops/selection.ts";
export { Expand, Flatten, Reshape, Squeeze, Transpose, Unsqueeze } from "./ops/shape.ts";
