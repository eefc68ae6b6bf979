/** What figures along the continuum of geometries share: a window around the estimate, and the names on top. */

import type { PotentialScore } from "../inference/geometry-fit.ts";
import { GREY, potentialLook } from "./colours.ts";
import { FONT_SIZE } from "./frame.ts";
import { type Markish, ruleX, text } from "./marks.ts";
import { hull, type Range } from "./scales.ts";
import { textWidth } from "./text-width.ts";

export const EXPONENT_LABEL = "exponent λ of the geometry";
const LABEL_ROW = 15;
const NEIGHBOUR = 0.75;
/** Share of the picture below which an interval is a line. */
const THINNEST = 0.01;

interface Interval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The part of a curve to show, and whether the curve has points enough inside the interval to be shown closely. */
export interface Window {
  readonly range: Range;
  readonly resolved: boolean;
  /** Whether the interval is too narrow to be seen. */
  readonly narrow: boolean;
}

/**
 * Four half-widths of the interval about the estimate, with the named potentials near it; all of the curve without an
 * estimate on it.
 *
 * @param places  exponents at which the curve is known, in rising order
 */
export function exponentWindow(
  intervals: readonly Interval[],
  potentials: readonly PotentialScore[],
  places: readonly number[],
): Window {
  const whole = hull(places) ?? { low: -1, high: 3 };
  const centre = intervals[0].estimate;
  if (centre === null || centre < whole.low || centre > whole.high) {
    return { range: whole, resolved: false, narrow: false };
  }
  const { low, high } = intervals[0];
  const reach = Math.max((high ?? whole.high) - centre, centre - (low ?? whole.low));
  const step = stepNear(places, centre);
  const half = Math.max(4 * reach, 2.5 * step);
  const near = nearPotentials(potentials, centre, 6 * reach).flatMap((place) => [
    place - 0.15 * half,
    place + 0.15 * half,
  ]);
  const wanted =
    hull([centre - half, centre + half, ...near, ...intervals.flatMap((i) => [i.low, i.high])]) ?? whole;
  const range = { low: Math.max(whole.low, wanted.low), high: Math.min(whole.high, wanted.high) };
  return { range, resolved: reach >= step / 3, narrow: 2 * reach < THINNEST * (range.high - range.low) };
}

/** The nearest named exponent, unless it is far, and all within `distance`. */
function nearPotentials(potentials: readonly PotentialScore[], centre: number, distance: number): number[] {
  const all = potentials.flatMap(({ exponent }) => (exponent === null ? [] : [exponent]));
  const nearest = Math.min(NEIGHBOUR, ...all.map((exponent) => Math.abs(exponent - centre)));
  return all.filter(
    (exponent) => Math.abs(exponent - centre) <= Math.max(nearest, Math.min(distance, NEIGHBOUR)),
  );
}

function stepNear(places: readonly number[], centre: number): number {
  let step = Number.POSITIVE_INFINITY;
  for (let k = 1; k < places.length; k++) {
    if (places[k] < centre - 1e-9 || places[k - 1] > centre + 1e-9) continue;
    step = Math.min(step, places[k] - places[k - 1]);
  }
  return Number.isFinite(step) ? step : 0.1;
}

export interface NamesOnTop {
  /** Room that the names need above the frame, in pixels. */
  readonly marginTop: number;
  readonly marks: Markish[];
}

/** A faint line at each named potential in the range, its name above the frame, in as many rows as they need. */
export function namesOnTop(
  potentials: readonly PotentialScore[],
  range: Range,
  plot: { readonly width: number; readonly marginLeft: number; readonly marginRight: number },
): NamesOnTop {
  const names = potentials.map(({ name }) => name);
  const inside = potentials
    .flatMap(({ name, exponent }) => (exponent === null ? [] : [{ name, exponent }]))
    .filter(({ exponent }) => exponent >= range.low && exponent <= range.high)
    .sort((a, b) => a.exponent - b.exponent);
  const span = plot.width - plot.marginLeft - plot.marginRight;
  const rowEnds: number[] = [];
  const marks = inside.flatMap(({ name, exponent }) => {
    const place = plot.marginLeft + (span * (exponent - range.low)) / (range.high - range.low);
    const half = textWidth(name, FONT_SIZE) / 2;
    const centre = Math.min(Math.max(place, half + 4), plot.width - half - 4);
    const free = rowEnds.findIndex((end) => end < centre - half - 6);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = centre + half;
    const { colour, dash } = potentialLook(name, names);
    return [
      ruleX([exponent], {
        stroke: colour,
        strokeWidth: 1.5,
        strokeDasharray: dash ?? "none",
        strokeOpacity: 0.85,
      }),
      text([name], {
        x: () => exponent,
        frameAnchor: "top",
        lineAnchor: "bottom",
        dx: centre - place,
        dy: -5 - LABEL_ROW * row,
        fill: GREY,
      }),
    ];
  });
  return { marginTop: 10 + LABEL_ROW * Math.max(1, rowEnds.length), marks };
}

/** The part of a curve inside a range, with its ends put where the range ends. */
export function clippedCurve<P extends { readonly exponent: number }>(
  points: readonly P[],
  range: Range,
): P[] {
  const first = points.findLastIndex(({ exponent }) => exponent <= range.low);
  const last = points.findIndex(({ exponent }) => exponent >= range.high);
  return points.slice(Math.max(0, first), last === -1 ? points.length : last + 1);
}

/** The words for a curve whose points lie too far apart to show the interval closely. */
export function narrowNote({ narrow }: Window): { readonly note?: string } {
  return !narrow ? {} : { note: "the interval is narrower than this picture can show" };
}
