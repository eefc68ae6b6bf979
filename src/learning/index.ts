/**
 * The learning room: optimisers that work in any geometry, as graphs.
 *
 * An optimiser is a chain of units (`init` makes states, `update` turns gradients into updates of dual weights); the
 * units know no potential. The last step, `mirrorStep`, adds the update in the dual and comes back:
 * w ← (φ′)⁻¹(φ′(w) + update). So every optimiser goes with every potential, plain gradient descent being the 2-norm.
 *
 * `trainingStep` joins loss, gradient, chain and mirror step in one ONNX graph with its state as inputs and outputs;
 * `openLoop` of the graph room repeats it. Schedules are pure functions of the step.
 */

export { type MirrorGraph, mirrorStep, type PotentialFamily } from "./mirror-step.ts";
export { constantRate, cosineRate, type Schedule, stepRate, warmUp } from "./schedules.ts";
export {
  type Parameter,
  type TrainingStep,
  type TrainingStepOptions,
  trainingStep,
} from "./training-step.ts";
export { chain, type Named, type Unit, type UnitContext } from "./unit.ts";
export { clipGlobalNorm, type MomentumOptions, momentum, scaleByLearningRate, weightDecay } from "./units.ts";
