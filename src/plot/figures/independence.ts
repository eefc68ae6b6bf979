/** The statistic behind the headline: under the true geometry the dual change does not depend on the initial size. */

import type { GeometryFit } from "../../inference/geometry-fit.ts";
import type { GeometryPicture } from "../../inference/geometry-picture.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin } from "../axes.ts";
import { GREY, HEADLINE, INK } from "../colours.ts";
import {
  clippedCurve,
  EXPONENT_LABEL,
  exponentWindow,
  namesOnTop,
  narrowNote,
  type Window,
} from "../exponent-axis.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { line, type Markish, plotGroup, rect, ruleX, ruleY } from "../marks.ts";
import { hull, linearTicks, type Range, type Tick } from "../scales.ts";
import { formatEstimate, formatExponent, formatNumber, formatPercent } from "../words.ts";

const TITLE = "Does the dual change depend on initial size?";
const CRITICALS_SHOWN = 4;

/** T(λ), the standardised rank correlation, with the band inside which λ is not rejected. */
export const independence: Figure = {
  name: "independence",
  title: TITLE,
  applies: () => true,
  caption: (fit, picture) => {
    const { critical } = picture.independence;
    const outcome =
      fit.exponent.estimate === null
        ? "no exponent could be estimated"
        : `the headline estimate is λ̂ = ${formatEstimate(fit.exponent)}`;
    return (
      "The rank correlation T between the size of the dual change and the initial size, in standard errors: exponents " +
      `with |T| ≤ ${formatNumber(critical)} are compatible with a dual change that does not depend on size; ${outcome}.` +
      `${fit.noise.method === null ? "" : " T does not account for the measurement noise; the headline does."}`
    );
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: independence.caption(fit, picture) };
    const points = picture.independence.points.filter(({ statistic }) => Number.isFinite(statistic));
    if (points.length < 2) return drawReason(frame, "the rank correlation is not known along the continuum");
    const places = points.map(({ exponent }) => exponent);
    const view = exponentWindow([fit.exponent], fit.potentials, places);
    const statistics = statisticRange(picture, view);
    const ticks = linearTicks(statistics);
    const margins = { marginLeft: sideMargin(ticks), marginRight: 24 };
    const top = namesOnTop(fit.potentials, view.range, { width: FIGURE_WIDTH, ...margins });
    const marks = [
      ...axes(view.range, ticks),
      ...bandMarks(fit, picture, view.range, statistics),
      ...top.marks,
      line(clippedCurve(points, view.range), {
        x: "exponent",
        y: "statistic",
        stroke: INK,
        strokeWidth: 2.5,
        clip: true,
      }),
    ];
    return drawFrame({ ...frame, legend: legend(fit), ...noteOf(fit, view) }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        ...margins,
        marginTop: top.marginTop,
        marginBottom: BOTTOM_MARGIN,
        x: { domain: [view.range.low, view.range.high] },
        y: { domain: [statistics.low, statistics.high] },
        marks,
      }),
    );
  },
};

function statisticRange({ independence }: GeometryPicture, { range, resolved }: Window): Range {
  const shown = clippedCurve(independence.points, range).map(({ statistic }) => statistic);
  const critical = Number.isFinite(independence.critical) ? independence.critical : 0;
  const whole = hull([...shown, -1.5 * critical, 1.5 * critical]) ?? { low: -1, high: 1 };
  if (!resolved || critical === 0) return whole;
  const limit = CRITICALS_SHOWN * critical;
  return { low: Math.max(whole.low, -limit), high: Math.min(whole.high, limit) };
}

function axes(range: Range, ticks: readonly Tick[]): Markish[] {
  return [
    horizontalGrid(ticks),
    bottomAxis(linearTicks(range), EXPONENT_LABEL),
    leftAxis(ticks, "rank correlation T (standard errors)"),
  ];
}

function bandMarks(fit: GeometryFit, picture: GeometryPicture, range: Range, statistics: Range): Markish[] {
  const { critical } = picture.independence;
  const sides = { x1: "x1", x2: "x2", y1: "y1", y2: "y2", clip: true };
  const accepted = [{ x1: range.low, x2: range.high, y1: -critical, y2: critical }];
  const marks: Markish[] = [ruleY([0], { stroke: GREY, strokeWidth: 1 })];
  if (Number.isFinite(critical)) marks.push(rect(accepted, { ...sides, fill: GREY, fillOpacity: 0.15 }));
  const { estimate, low, high } = fit.exponent;
  if (estimate !== null) {
    const interval = [
      { x1: low ?? range.low, x2: high ?? range.high, y1: statistics.low, y2: statistics.high },
    ];
    marks.push(rect(interval, { ...sides, fill: HEADLINE, fillOpacity: 0.2 }));
    marks.push(ruleX([estimate], { stroke: HEADLINE, strokeWidth: 2 }));
  }
  return marks;
}

function legend(fit: GeometryFit): LegendEntry[] {
  const entries: LegendEntry[] = [
    { label: "T(λ)", colour: INK, mark: "line", width: 2.5 },
    { label: "not rejected", colour: GREY, mark: "band", opacity: 0.15 },
  ];
  if (fit.exponent.estimate !== null) {
    entries.push({ label: `λ̂ = ${formatExponent(fit.exponent)}`, colour: HEADLINE, mark: "line" });
    const label = `its ${formatPercent(fit.exponent.level)} interval`;
    entries.push({ label, colour: HEADLINE, mark: "band" });
  }
  return entries;
}

function noteOf(fit: GeometryFit, view: Window): { readonly note?: string } {
  return fit.noise.method === null
    ? narrowNote(view)
    : { note: "T does not account for the measurement noise; the headline estimate does" };
}
