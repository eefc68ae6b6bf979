/** Axes whose ticks and labels are given, each label in the middle of its axis, and their grid lines. */

import { GRID } from "./colours.ts";
import { FONT_SIZE } from "./frame.ts";
import { axisX, axisY, gridX, gridY, type Markish } from "./marks.ts";
import type { Tick } from "./scales.ts";
import { textWidth } from "./text-width.ts";

const LABEL = { labelAnchor: "center", labelArrow: "none", tickSize: 5 } as const;
/** The margin that the bottom axis needs, in pixels. */
export const BOTTOM_MARGIN = 46;
const LINES = { stroke: GRID, strokeOpacity: 1 };

export function bottomAxis(ticks: readonly Tick[], label: string | null): Markish {
  return axisX(places(ticks), { ...LABEL, text: names(ticks), label, labelOffset: BOTTOM_MARGIN - 10 });
}

/** Ticks and label take the room of `sideMargin`. */
export function leftAxis(ticks: readonly Tick[], label: string | null): Markish {
  return axisY(places(ticks), { ...LABEL, text: names(ticks), label, labelOffset: sideMargin(ticks) - 12 });
}

/** As `leftAxis`, on the other side. */
export function rightAxis(ticks: readonly Tick[], label: string): Markish {
  const labelOffset = sideMargin(ticks) - 12;
  return axisY(places(ticks), { ...LABEL, text: names(ticks), label, labelOffset, anchor: "right" });
}

/** The margin that tick labels and an axis label need on the left or right, in pixels. */
export function sideMargin(ticks: readonly Tick[]): number {
  const widest = names(ticks).reduce((width, name) => Math.max(width, textWidth(name, FONT_SIZE)), 24);
  return Math.round(widest) + 46;
}

export function verticalGrid(ticks: readonly Tick[]): Markish {
  return gridX(places(ticks), LINES);
}

export function horizontalGrid(ticks: readonly Tick[]): Markish {
  return gridY(places(ticks), LINES);
}

function places(ticks: readonly Tick[]): number[] {
  return ticks.map(({ value }) => value);
}

function names(ticks: readonly Tick[]): string[] {
  return ticks.map(({ label }) => label);
}
