/**
 * The network room: what a network is made of before it learns.
 *
 * So far the initialisations: functions (shape, options, random) → Float64Array of row-major weights [post, pre, …kernel],
 * with the scale rules of the field (gain/√fan), PyTorch's defaults, log-normal and exponential weights, and split biases.
 * The same seed and stream give the same weights, bit for bit; every parameter gets a stream of its own name, so that
 * another layer moves none of the others.
 *
 * The room knows no data and no learning rule.
 */

export {
  type BalancedUnits,
  balancedExponential,
  balancedUnits,
  dannDeviation,
  exponential,
  type Fan,
  type LogNormalOptions,
  logNormal,
  normal,
  pytorchLayer,
  pytorchRecurrent,
  type ScaleOptions,
  splitBias,
  uniform,
} from "./initialisations.ts";
