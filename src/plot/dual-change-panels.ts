/** Dual changes under a few geometries, side by side, for pairs of which there is no inference. */

import type { DualChanges } from "../inference/dual-changes.ts";
import type { FigureOptions } from "./figure.ts";
import { drawPanels } from "./figures/dual-change-histograms.ts";
import { formatList, formatNumber } from "./words.ts";

/** Small multiples as in the report, of `dualChangesOf` for each potential. @returns  a standalone SVG */
export function dualChangePanels(
  changes: readonly DualChanges[],
  title: string,
  { document }: FigureOptions,
): SVGElement {
  const scores = changes.map(({ name, deltaCdf }) => `${formatNumber(deltaCdf)} (${name})`);
  const description = `The distance ΔCDF of the dual change from a standard normal is ${formatList(scores)}.`;
  return drawPanels(changes, { document, title, description });
}
