/** One geometry's dual changes at full size, for a page on which the geometry is chosen by pointing. */

import type { GeometryFit } from "../inference/geometry-fit.ts";
import type { GeometryPicture } from "../inference/geometry-picture.ts";
import { potentialLook } from "./colours.ts";
import type { FigureOptions } from "./figure.ts";
import { densityPlot, densityTop, missingReason } from "./figures/dual-change-histograms.ts";
import { drawFrame, drawReason } from "./frame.ts";
import { formatNumber, formatPercent } from "./words.ts";

const HEIGHT = 340;

/**
 * Density of z = d/SD(d), d the change in the dual space of the potential `name`, over the standard normal density.
 *
 * The axes are those of every potential of the fit, so that nothing but the bars changes from one to the next.
 *
 * @param name  one of `fit.potentials`
 */
export function dualChangeHistogram(
  fit: GeometryFit,
  picture: GeometryPicture,
  name: string,
  { document }: FigureOptions,
): SVGElement {
  const title = `Dual change under ${name}, against N(0, 1)`;
  const score = fit.potentials.find((potential) => potential.name === name);
  const histogram = picture.histograms.find(({ potential }) => potential === name);
  if (score === undefined || histogram === undefined || histogram.density.length === 0) {
    const reason =
      score === undefined ? `${name} is not among the geometries compared` : missingReason(score);
    return drawReason({ document, title, description: reason }, reason);
  }
  const names = fit.potentials.map((potential) => potential.name);
  const top = densityTop(picture);
  const peak = Math.max(...histogram.density);
  const beyondAxis = peak > top ? `; peak ${formatNumber(peak)}` : "";
  const note = `ΔCDF ${formatNumber(score.deltaCdf)}, floor ${formatNumber(score.deltaCdfFloor)}; |z| > 5: ${formatPercent(histogram.beyond)}${beyondAxis}`;
  return drawFrame({ document, title, description: note, note, height: HEIGHT }, ({ width, height }) =>
    densityPlot(document, histogram, potentialLook(name, names).colour, { width: width - 24, height, top }),
  );
}
