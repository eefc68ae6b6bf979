/**
 * The inference room: paired weights in, the geometry of their change out.
 *
 * `pairTensors` and `pairWeights` make PairedWeights; `infer` makes a GeometryFit: the exponent λ by rank independence
 * with its interval, a Student-t likelihood, the seed paper's ΔCDF, noise, groups, clusters, diagnostics and a verdict.
 * `pictureOf` makes the numbers behind the figures. `surveyBlocks` reads pairs too many for memory by range and makes a
 * Population of them, of which `inferPopulation` makes the same fit (`inferBlocks` does both). Everything is float64 and plain readonly data.
 *
 * With `control`, pairs measured without learning, λ is that of learning alone (`control/`).
 *
 * `simulatePairs` and `simulateControl` make pairs of a known geometry, from which every method here states its error rate
 * (`npm run calibrate`). The room imports potentials from `geometry` and nothing else; it never prints or reads files,
 * and all randomness is passed in.
 */

export type { ControlEstimate, ControlFit, ControlMethod, Selectivity } from "./control/control-fit.ts";
export {
  DEFAULT_DESIGN,
  type Design,
  type DesignPoint,
  type DesignSettings,
  designControl,
  type SimulatedPoint,
} from "./control/design.ts";
export {
  type ControlSimulation,
  DEFAULT_CONTROL_SIMULATION,
  type SimulatedControl,
  simulateControl,
} from "./control/simulate-control.ts";
export { type Deconvolution, deconvolve } from "./deconvolution.ts";
export { DELTA_CDF_FLOOR, type DeltaCdf, deltaCdf } from "./delta-cdf.ts";
export { type DualChanges, dualChangesOf } from "./dual-changes.ts";
export type { BeginLikelihood } from "./estimate.ts";
export {
  type ExponentScores,
  leastScore,
  type ScoringMethod,
  scoreExponents,
  scoringMethods,
} from "./exponent-scores.ts";
export type * from "./geometry-fit.ts";
export { FIT_SCHEMA } from "./geometry-fit.ts";
export type { ControlPoint, DualHistogram, GeometryPicture } from "./geometry-picture.ts";
export { type InferOptions, infer, inferPopulation } from "./infer.ts";
export {
  kolmogorovCritical,
  kolmogorovDistance,
  wassersteinCritical,
  wassersteinDistance,
} from "./law-distance.ts";
export { type NoiseLevels, noiseOfRepeats } from "./measurement-noise.ts";
export { fitNormalMixture, type NormalMixture } from "./normal-mixture.ts";
export {
  type LeftOut,
  matchesGlob,
  matchTensors,
  type PairTensorOptions,
  pairTensors,
  type TensorPairing,
} from "./pair.ts";
export {
  countPairs,
  type Labels,
  labelsOf,
  type PairCounts,
  type PairedWeights,
  pairWeights,
} from "./paired-weights.ts";
export { type PictureDraw, pictureOf, pictureOfDraw } from "./picture.ts";
export type { Population } from "./population.ts";
export { DEFAULT_POTENTIALS } from "./potential-scores.ts";
export {
  fitSeries,
  type LagFit,
  type SeriesFit,
  type SizeSeries,
  type TurnoverQuarter,
} from "./series/series.ts";
export { type ChangeLaw, DEFAULT_SIMULATION, type SimulationSettings, simulatePairs } from "./simulate.ts";
export { type SmearedPoints, smearedCdf } from "./smeared-points.ts";
export { inferBlocks } from "./stream/infer-blocks.ts";
export type { Lane, Lanes, OpenLanes } from "./stream/lanes.ts";
export { blocksOfArrays, type PairBlocks, type PairPart, type WeightReader } from "./stream/pair-blocks.ts";
export { type Survey, type SurveyOptions, surveyBlocks } from "./stream/survey.ts";
