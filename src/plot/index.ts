/**
 * The plot room: figures of a fit and the report that holds them.
 *
 * Everything here is drawn from plain results, a `GeometryFit` and a `GeometryPicture`; nothing is computed but scales
 * and the heights of bars. A figure takes the document that it is drawn into, so that the same functions serve a page
 * and Node; it comes out as one standalone SVG of 640 pixels' width, title, legend and names of the geometries inside,
 * in DejaVu Sans. A number that does not exist is not drawn, and a figure without numbers says why in its frame.
 *
 * `drawFigures` gives all figures that a fit calls for, as text ready to be saved; `reportHtml` puts them into one page
 * that needs no network. Each figure is one file in `figures/` and one row in `figures.ts`. What needs Node (a document,
 * PNG) is in `index.node.ts`.
 */

export { potentialLook } from "./colours.ts";
export { dualChangeHistogram } from "./dual-change-histogram.ts";
export { dualChangePanels } from "./dual-change-panels.ts";
export type { Figure, FigureOptions } from "./figure.ts";
export { continuumExponentAt } from "./figures/delta-cdf-continuum.ts";
export { type DrawnFigure, drawFigure, drawFigures, figures } from "./figures.ts";
export { type LearningPass, learningCurve } from "./learning-curve.ts";
export { LEVEL_MARGINS, levelSets } from "./level-sets.ts";
export { type AccuracyPoint, accuracy, type GroupPoint, type PanelPoint } from "./paper/accuracy.ts";
export { type TwoWeightPath, type TwoWeightSurface, twoWeightPaths } from "./paper/dynamics.ts";
export { type IrrelevantInputsPoint, irrelevantInputs } from "./paper/r-of-k.ts";
export {
  type RegressionFigureOptions,
  type RegressionPoint,
  regressionGrid,
  type SeedBand,
} from "./paper/regression.ts";
export { type FinetunedNetwork, finetunedNetworks } from "./paper/rnn.ts";
export { placeOf, type RobustnessPoint, robustness } from "./paper/robustness.ts";
export { type SizeBin, type SizeModel, sizesBeforeAndAfter, type WidthCurve } from "./paper/spines.ts";
export { powerCurve } from "./power-curve.ts";
export { type ReportContext, reportHtml } from "./report.ts";
export type { Range } from "./scales.ts";
export { exponentOfSteps, type StepFit } from "./steps.ts";
export { svgText } from "./svg-text.ts";
export { weightHistograms } from "./weight-histograms.ts";
export {
  formatCount,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatPercent,
  STATUS_WORDS,
} from "./words.ts";
