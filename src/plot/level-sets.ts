/** Level sets of a function of two numbers, to be overlaid with what moves on it. */

import { BOTTOM_MARGIN, bottomAxis, leftAxis } from "./axes.ts";
import { GREY } from "./colours.ts";
import { contour, plotGroup, ruleX, ruleY } from "./marks.ts";
import { linearTicks, type Range } from "./scales.ts";

export interface LevelSetsOptions {
  readonly document: Document;
  readonly width: number;
  readonly height: number;
  readonly x: Range;
  readonly y: Range;
  readonly labels: readonly [string, string];
  /** May be no number outside of where it is defined. */
  value(x: number, y: number): number;
}

/** The space around the levels, in pixels: whoever draws on top needs it. */
export const LEVEL_MARGINS = { top: 10, right: 12, bottom: BOTTOM_MARGIN, left: 66 } as const;

const LEVELS = 12;
/** From the lowest to the highest. */
const COLOURS = ["#f4f7fa", "#e9eff5", "#dde6ef", "#d1dde9", "#c5d4e3", "#b9cbdd", "#adc2d7"] as const;
const SAMPLES = 40;

/** Axes and filled levels, closer together where the function is low. */
export function levelSets({ document, width, height, x, y, labels, value }: LevelSetsOptions): SVGElement {
  const thresholds = thresholdsOf(x, y, value);
  return plotGroup(document, {
    width,
    height,
    marginTop: LEVEL_MARGINS.top,
    marginRight: LEVEL_MARGINS.right,
    marginBottom: LEVEL_MARGINS.bottom,
    marginLeft: LEVEL_MARGINS.left,
    x: { domain: [x.low, x.high] },
    y: { domain: [y.low, y.high] },
    color: { type: "threshold", domain: thresholds.filter((_, k) => k % 2 === 1), range: [...COLOURS] },
    marks: [
      contour({
        x1: x.low,
        x2: x.high,
        y1: y.low,
        y2: y.high,
        fill: value,
        thresholds,
        stroke: "#8c8c8c",
        strokeWidth: 0.6,
        pixelSize: 4,
      }),
      ...(x.low < 0 && x.high > 0 ? [ruleX([0], { stroke: GREY, strokeDasharray: "1 3" })] : []),
      ...(y.low < 0 && y.high > 0 ? [ruleY([0], { stroke: GREY, strokeDasharray: "1 3" })] : []),
      bottomAxis(linearTicks(x, 5), labels[0]),
      leftAxis(linearTicks(y, 5), labels[1]),
    ],
  });
}

/** least + (most − least)·(k/K)², over a grid of the view. */
function thresholdsOf(x: Range, y: Range, value: LevelSetsOptions["value"]): number[] {
  const at = ({ low, high }: Range, k: number) => low + ((high - low) * (k + 0.5)) / SAMPLES;
  const values = Array.from({ length: SAMPLES ** 2 }, (_, k) =>
    value(at(x, k % SAMPLES), at(y, Math.floor(k / SAMPLES))),
  ).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return Array.from({ length: LEVELS }, (_, k) => least + (most - least) * ((k + 0.15) / LEVELS) ** 2);
}
