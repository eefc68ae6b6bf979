/**
 * The task room: what a network is to learn, as plain arrays of inputs and targets.
 *
 * A Task names examples to learn from and, where it has them, to validate and to hold out. Here are the regression of
 * the seed paper (`linearRegression`), sparse binary inputs (`rOfK`) and hand-written digits (`digitTask`), also read
 * row by row (`rowSequential`); `batchesOfPass` shuffles any of them into batches. Every draw comes from a named stream,
 * and smaller versions of a task are the first part of the same draw, so that sizes can be compared. `twoWeightLosses` are
 * functions of two weights, whose paths can be seen.
 *
 * The room imports files and tensors from `data` and nothing else: it knows no network and no geometry. Digits on disk
 * are read by the Node-only part, `index.node.ts`.
 */

export {
  type Batch,
  type BatchOptions,
  batchesOfPass,
  countBatches,
  orderOfPass,
  toFloatType,
} from "./batches.ts";
export {
  type DigitSplit,
  type Digits,
  digitExamples,
  digitsOfTensors,
  digitTask,
  splitDigits,
} from "./digits.ts";
export {
  countExamples,
  type Examples,
  type FloatTensor,
  type FloatType,
  firstExamples,
  reshapeInputs,
  type StoredInputs,
  type Targets,
  type Task,
  takeExamples,
} from "./examples.ts";
export {
  decayingCovariance,
  type LinearRegressionOptions,
  linearRegression,
  type RegressionDraws,
  regressionDraws,
} from "./linear-regression.ts";
export { type ROfKOptions, rOfK } from "./r-of-k.ts";
export { rowSequential, timeFirst } from "./row-sequential.ts";
export { type TwoWeightLoss, twoWeightLosses, type WeightPair } from "./two-weight-losses.ts";
