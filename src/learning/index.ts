/**
 * The learning room: optimisers that work in any geometry, as graphs.
 *
 * An optimiser is a chain of units (`init` makes states, `update` turns gradients into updates of dual weights); the
 * units know no potential. The last step, `mirrorStep`, adds the update in the dual and comes back:
 * w ← (φ′)⁻¹(φ′(w) + update). So every optimiser goes with every potential, plain gradient descent being the 2-norm and
 * Adam under the negative entropy AdamW-EG. Constraints project what comes out onto their sets: signs, zero and up, masks.
 *
 * `trainingStep` joins loss, gradient, chain, mirror step and constraints in one ONNX graph with its state as inputs and
 * outputs; `openLoop` of the graph room repeats it. It can take many runs side by side, which `stackRuns` and `takeRun`
 * put together and apart. `matchedRate` makes geometries learn at one speed. Schedules are pure functions of the step, and `mirrorPath` takes the steps of a few
 * weights in plain numbers, to be looked at.
 */

export { type AdamOptions, adam } from "./adam.ts";
export { type Constraint, frozenSigns, mask, nonNegative } from "./constraints.ts";
export { matchedRate } from "./matched-rate.ts";
export { type MirrorPath, type MirrorPathOptions, mirrorPath } from "./mirror-path.ts";
export { type MirrorGraph, mirrorStep, type PotentialFamily } from "./mirror-step.ts";
export { stackRuns, takeRun } from "./runs.ts";
export { constantRate, cosineRate, type Schedule, stepRate, warmUp } from "./schedules.ts";
export {
  type Parameter,
  type TrainingStep,
  type TrainingStepOptions,
  trainingStep,
} from "./training-step.ts";
export { chain, type Unit, type UnitContext, type UnitResult } from "./unit.ts";
export {
  clipGlobalNorm,
  decoupledWeightDecay,
  type MomentumOptions,
  momentum,
  scaleByLearningRate,
  weightDecay,
} from "./units.ts";
