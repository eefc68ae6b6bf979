/** The paper's measure along the whole continuum of geometries, beside what chance alone would leave. */

import type { GeometryPicture } from "../../inference/geometry-picture.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin } from "../axes.ts";
import { GREY, INK } from "../colours.ts";
import { EXPONENT_LABEL, namesOnTop } from "../exponent-axis.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { dot, line, type Markish, plotGroup, rect, ruleY } from "../marks.ts";
import { hull, linearTicks, logTicks, padLog, type Range } from "../scales.ts";
import { formatDecimals, formatNumber } from "../words.ts";

const TITLE = "Distance of the dual change from a Gaussian, along the continuum";
const UNCENTRED = "#0072B2";
const CENTRED = "#B8860B";

type Measure = "deltaCdf" | "deltaCdfCentred";

/** ΔCDF, uncentred and centred, against λ; the grey band is where exact Gaussian draws lie in 95 of 100 cases. */
export const deltaCdfContinuum: Figure = {
  name: "delta-cdf-continuum",
  title: TITLE,
  applies: () => true,
  caption: (_, picture) => {
    const uncentred = smallest(picture, "deltaCdf");
    const centred = smallest(picture, "deltaCdfCentred");
    if (uncentred === null && centred === null)
      return "ΔCDF does not exist along the continuum for these pairs.";
    const { expected, upper } = picture.floor;
    const say = (minimum: Minimum | null, kind: string) =>
      minimum === null
        ? `${kind} ΔCDF does not exist`
        : `${kind} ΔCDF is smallest at λ = ${formatDecimals(minimum.exponent, 2)} (${formatNumber(minimum.value)})`;
    return (
      `${say(uncentred, "Uncentred")}, ${say(centred, "centred")}; as many exact Gaussian draws as pairs would give ` +
      `${formatNumber(expected)} on average and stay below ${formatNumber(upper)} in 95 of 100 cases (uncentred). ` +
      "Unlike the estimates of λ, the measure is misled by drift, heavy tails and pooled groups."
    );
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: deltaCdfContinuum.caption(fit, picture) };
    const place = placeOf(picture);
    if (place === null) {
      return drawReason(
        frame,
        "ΔCDF does not exist along the continuum for these pairs: nothing changed, or too few pairs",
      );
    }
    const { exponents, range, ticks, margins } = place;
    const top = namesOnTop(fit.potentials, exponents, { width: FIGURE_WIDTH, ...margins });
    const marks = [
      horizontalGrid(ticks),
      ...floorMarks(picture, exponents, range),
      ...top.marks,
      ...curveMarks(picture),
      bottomAxis(linearTicks(exponents), EXPONENT_LABEL),
      leftAxis(ticks, "ΔCDF: distance from N(0, 1)"),
    ];
    return drawFrame({ ...frame, legend: legend(picture) }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        ...margins,
        marginTop: top.marginTop,
        marginBottom: BOTTOM_MARGIN,
        x: { domain: [exponents.low, exponents.high] },
        y: { type: "log", domain: [range.low, range.high] },
        marks,
      }),
    );
  },
};

/** Scales and margins; null where there is no curve. */
function placeOf(picture: GeometryPicture) {
  const points = picture.continuum;
  const values = points.flatMap(({ deltaCdf, deltaCdfCentred }) => [deltaCdf, deltaCdfCentred]).map(positive);
  const curve = hull(values);
  const exponents = hull(points.map(({ exponent }) => exponent));
  if (curve === null || exponents === null || !(exponents.high > exponents.low)) return null;
  const range = padLog(hull([curve.low, curve.high, positive(picture.floor.expected)]) ?? curve, 0.08);
  const ticks = logTicks(range);
  return { exponents, range, ticks, margins: { marginLeft: sideMargin(ticks), marginRight: 24 } };
}

/**
 * The exponent under a place of the figure, so that a pointer can follow the curve; null beside it.
 *
 * @param share  of the figure's width, from the left
 */
export function continuumExponentAt(picture: GeometryPicture, share: number): number | null {
  const place = placeOf(picture);
  if (place === null) return null;
  const { exponents, margins } = place;
  const span = FIGURE_WIDTH - margins.marginLeft - margins.marginRight;
  const along = (share * FIGURE_WIDTH - margins.marginLeft) / span;
  return along < 0 || along > 1 ? null : exponents.low + along * (exponents.high - exponents.low);
}

interface Minimum {
  readonly exponent: number;
  readonly value: number;
}

function smallest(picture: GeometryPicture, measure: Measure): Minimum | null {
  let best: Minimum | null = null;
  for (const point of picture.continuum) {
    const value = positive(point[measure]);
    if (value !== null && (best === null || value < best.value)) best = { exponent: point.exponent, value };
  }
  return best;
}

/** Logarithmic axes have no place for anything else. */
function positive(value: number | null): number | null {
  return value !== null && value > 0 && Number.isFinite(value) ? value : null;
}

function floorMarks({ floor }: GeometryPicture, exponents: Range, range: Range): Markish[] {
  const marks: Markish[] = [];
  if (floor.upper > range.low) {
    const area = [{ x1: exponents.low, x2: exponents.high, y1: range.low, y2: floor.upper }];
    marks.push(
      rect(area, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: GREY, fillOpacity: 0.15, clip: true }),
    );
  }
  if (floor.expected >= range.low)
    marks.push(ruleY([floor.expected], { stroke: GREY, strokeDasharray: "2 3" }));
  return marks;
}

function curveMarks(picture: GeometryPicture): Markish[] {
  const curves = [
    { measure: "deltaCdf", stroke: UNCENTRED, dash: "none" },
    { measure: "deltaCdfCentred", stroke: CENTRED, dash: "6 4" },
  ] as const;
  return curves.flatMap(({ measure, stroke, dash }) => {
    const points = picture.continuum.map((point) => ({
      exponent: point.exponent,
      value: positive(point[measure]),
    }));
    const minimum = smallest(picture, measure);
    return [
      line(points, {
        x: "exponent",
        y: "value",
        stroke,
        strokeWidth: 2.2,
        strokeDasharray: dash,
        clip: true,
      }),
      ...(minimum === null
        ? []
        : [dot([minimum], { x: "exponent", y: "value", r: 5, fill: stroke, stroke: INK, strokeWidth: 1 })]),
    ];
  });
}

function legend(picture: GeometryPicture): LegendEntry[] {
  const at = (measure: Measure) => {
    const minimum = smallest(picture, measure);
    return minimum === null ? "" : `, smallest at λ = ${formatDecimals(minimum.exponent, 2)}`;
  };
  return [
    { label: `uncentred${at("deltaCdf")}`, colour: UNCENTRED, mark: "line" },
    { label: `centred${at("deltaCdfCentred")}`, colour: CENTRED, mark: "line", dash: "6 4" },
    { label: "floor: mean of exact Gaussian draws", colour: GREY, mark: "line", dash: "2 3", width: 1.5 },
    { label: "and 95 % of them", colour: GREY, mark: "band", opacity: 0.15 },
  ];
}
