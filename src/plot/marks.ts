/** The one door to Observable Plot: its marks as they are, and a plot as a group without size, style sheet or fonts. */

import { type Markish, type PlotOptions, plot } from "@observablehq/plot";
import { SVG_NAMESPACE } from "./svg-element.ts";

export {
  areaY,
  axisX,
  axisY,
  contour,
  dot,
  gridX,
  gridY,
  line,
  link,
  type Markish,
  type PlotOptions,
  rect,
  ruleX,
  ruleY,
  text,
} from "@observablehq/plot";

/** A plot as `<g>`, to be placed in a figure: what surrounds it sets the font. */
export function plotGroup(
  document: Document,
  options: Omit<PlotOptions, "document" | "marks"> & { readonly marks: readonly Markish[] },
): SVGElement {
  const drawn = plot({ ...options, marks: [...options.marks], document });
  const group = document.createElementNS(SVG_NAMESPACE, "g");
  group.setAttribute("fill", "currentColor");
  group.setAttribute("text-anchor", "middle");
  for (const child of Array.from(drawn.childNodes)) {
    if (child.nodeName.toLowerCase() !== "style") group.append(child);
  }
  return group;
}
