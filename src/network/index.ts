/**
 * The network room: layers, the networks made of them, and how their weights start.
 *
 * A layer is a plan of its parameters and a function from weights and inputs to outputs, as graph; `sequential` composes
 * layers, and a network is a layer too. Parameters are called as PyTorch calls them (`rnn.weight_hh_l0` [post, pre]), so
 * that files go both ways. Most layers compute several runs side by side, with a leading axis of runs on every weight;
 * those that cannot say so (`sideBySide`).
 *
 * `initialise` draws the weights of a whole network, with the scale rules of the field (gain/√fan), PyTorch's defaults,
 * log-normal and exponential sizes, and split biases. The same seed gives the same weights, bit for bit, and each parameter
 * has a stream of its own name.
 *
 * The room knows no data and no learning rule.
 */

export {
  averagePool,
  type ConvolutionOptions,
  convolution,
  flatten,
  globalAveragePool,
  maxPool,
} from "./convolution.ts";
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
export {
  type InitialisationOptions,
  type InitialisationScheme,
  initialisationSchemes,
  initialise,
} from "./initialise.ts";
export {
  activation,
  type BiasKind,
  type Layer,
  type Named,
  type ParameterPlan,
  type ParameterRole,
  sequential,
} from "./layer.ts";
export { type LinearOptions, linear } from "./linear.ts";
export { binaryCrossEntropy, crossEntropy, type Loss, meanSquaredError } from "./losses.ts";
export { convolutionalNetwork, multilayerPerceptron, recurrentNetwork } from "./models.ts";
export { layerNormalisation } from "./normalisation.ts";
export { type RecurrentOptions, recurrent } from "./recurrent.ts";
