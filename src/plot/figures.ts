/** The list of figures, in the order of the report. A new figure is a file in `figures/` and a row here. */

import type { GeometryFit } from "../inference/geometry-fit.ts";
import type { GeometryPicture } from "../inference/geometry-picture.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { changeBySize } from "./figures/change-by-size.ts";
import { controlEstimates } from "./figures/control-estimates.ts";
import { deltaCdfContinuum } from "./figures/delta-cdf-continuum.ts";
import { dualChangeHistograms } from "./figures/dual-change-histograms.ts";
import { finalByInitial } from "./figures/final-by-initial.ts";
import { groups } from "./figures/groups.ts";
import { independence } from "./figures/independence.ts";
import { learningAndControl } from "./figures/learning-and-control.ts";
import { likelihoodProfile } from "./figures/likelihood-profile.ts";
import { noiseSensitivity } from "./figures/noise-sensitivity.ts";
import { whoResponded } from "./figures/who-responded.ts";
import { svgText } from "./svg-text.ts";
import { formatCount } from "./words.ts";

export const figures: readonly Figure[] = [
  learningAndControl,
  controlEstimates,
  whoResponded,
  changeBySize,
  finalByInitial,
  independence,
  likelihoodProfile,
  dualChangeHistograms,
  deltaCdfContinuum,
  groups,
  noiseSensitivity,
];

/** A figure as it is saved and put into the report. */
export interface DrawnFigure {
  readonly name: string;
  readonly caption: string;
  /** The text of an SVG file. */
  readonly svg: string;
}

/** All figures that the fit calls for; those that lack numbers say so in their frame. */
export function drawFigures(
  fit: GeometryFit,
  picture: GeometryPicture,
  options: FigureOptions,
): DrawnFigure[] {
  return figures
    .filter((figure) => figure.applies(fit))
    .map((figure) => drawFigure(figure, fit, picture, options));
}

/** One of them, for a page that draws figure after figure and answers its visitor in between. */
export function drawFigure(
  figure: Figure,
  fit: GeometryFit,
  picture: GeometryPicture,
  options: FigureOptions,
): DrawnFigure {
  return {
    name: figure.name,
    caption: figure.caption(fit, picture) + drawnNote(figure, fit, picture),
    svg: svgText(figure.draw(fit, picture, options), figure.name),
  };
}

/** Figures made from pairs rather than from the fit: above 50,000 pairs those are a sample. */
const FROM_PAIRS: readonly Figure[] = [independence, dualChangeHistograms, deltaCdfContinuum];

function drawnNote(figure: Figure, { pairs }: GeometryFit, picture: GeometryPicture): string {
  if (!FROM_PAIRS.includes(figure) || picture.pairs >= pairs.used) return "";
  return ` Drawn from ${formatCount(picture.pairs)} of the ${formatCount(pairs.used)} pairs, taken at random.`;
}
