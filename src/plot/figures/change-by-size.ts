/** How the change of a weight depends on its size: the slope is the geometry. */

import type { GeometryFit, SizeBin } from "../../inference/geometry-fit.ts";
import {
  BOTTOM_MARGIN,
  bottomAxis,
  horizontalGrid,
  leftAxis,
  rightAxis,
  sideMargin,
  verticalGrid,
} from "../axes.ts";
import { HEADLINE, INK, potentialLook } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { areaY, dot, line, link, type Markish, plotGroup } from "../marks.ts";
import { hull, logTicks, padLog, type Range, type Tick } from "../scales.ts";
import {
  EXPONENTS_LOOKED_AT,
  exponentDecimals,
  formatCount,
  formatDecimals,
  formatEstimate,
  formatExponent,
  formatNumber,
  formatPercent,
  formatPlural,
} from "../words.ts";

const TITLE = "How the change of a weight depends on its size";

/**
 * SD of the weight change in bins of initial size, with the straight lines SD ∝ |w|^(1−λ) of the named potentials.
 *
 * Small changes obey Δw ≈ Δy/φ″(w), so that the axis on the right, 1/SD, is the curvature φ″ up to a factor. All lines
 * pass through the geometric middle of the bins; the wedge holds the slopes inside the headline interval.
 */
export const changeBySize: Figure = {
  name: "change-by-size",
  title: TITLE,
  applies: () => true,
  caption: (fit) => {
    const bins = usableBins(fit);
    if (bins.length < 2) return "The change could not be followed over bins of size.";
    const smallest = bins[0];
    const largest = bins[bins.length - 1];
    const slope = fit.exponent.estimate === null ? null : 1 - fit.exponent.estimate;
    return (
      `The standard deviation of the weight change goes from ${formatNumber(smallest.deviation)} at an initial size of ` +
      `${formatNumber(smallest.size)} to ${formatNumber(largest.deviation)} at ${formatNumber(largest.size)} ` +
      `(${formatPlural(bins.length, "bin")}, vertical lines: ${formatPercent(fit.exponent.level)} intervals); ` +
      (slope === null
        ? "no exponent could be estimated."
        : `the estimate λ̂ = ${formatEstimate(fit.exponent)} is the line SD ∝ |w|^(1−λ) with a slope of ${formatDecimals(slope, exponentDecimals(fit.exponent))}.`)
    );
  },
  draw(fit, picture, { document }) {
    const description = changeBySize.caption(fit, picture);
    const frame = { document, title: TITLE, description };
    const bins = usableBins(fit);
    if (bins.length < 2) {
      return drawReason(
        frame,
        `needs at least two bins of initial size in which weights changed, got ${bins.length}`,
      );
    }
    const sizes = padLog(hull(bins.map((bin) => bin.size)) ?? { low: 1, high: 1 }, 0.06);
    const deviations = deviationRange(bins, sizes);
    const marks = [
      verticalGrid(logTicks(sizes)),
      horizontalGrid(logTicks(deviations)),
      ...slopeMarks(fit, bins, sizes),
      link(bins, { x: "size", y1: "low", y2: "high", stroke: INK, strokeWidth: 1.5 }),
      dot(bins, { x: "size", y: "deviation", r: 3.5, fill: INK }),
      ...axes(bins, sizes, deviations),
    ];
    return drawFrame({ ...frame, legend: legend(fit), ...noteOf(fit) }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        marginLeft: sideMargin(logTicks(deviations)),
        marginRight: sideMargin(curvatureTicks(bins, deviations)),
        marginTop: 12,
        marginBottom: BOTTOM_MARGIN,
        x: { type: "log", domain: [sizes.low, sizes.high] },
        y: { type: "log", domain: [deviations.low, deviations.high] },
        marks,
      }),
    );
  },
};

function usableBins(fit: GeometryFit): SizeBin[] {
  return fit.changeBySize
    .filter(
      ({ size, deviation }) =>
        size > 0 && deviation > 0 && Number.isFinite(size) && Number.isFinite(deviation),
    )
    .map((bin) => ({
      ...bin,
      low: bin.low > 0 ? bin.low : bin.deviation,
      high: Number.isFinite(bin.high) ? bin.high : bin.deviation,
    }));
}

/** At least half as many decades as the sizes span, so that a slope looks like one where the bins are level. */
function deviationRange(bins: readonly SizeBin[], sizes: Range): Range {
  const held = padLog(hull(bins.flatMap((bin) => [bin.low, bin.high])) ?? { low: 1, high: 1 }, 0.08);
  const missing = Math.sqrt(sizes.high / sizes.low) / (held.high / held.low);
  const factor = Math.sqrt(Math.max(1, missing));
  return { low: held.low / factor, high: held.high * factor };
}

/** Lines through the geometric middle of the bins: SD(w) = SD_m (w/w_m)^(1−λ). */
function slopeMarks(fit: GeometryFit, bins: readonly SizeBin[], sizes: Range): Markish[] {
  const middleSize = Math.exp(bins.reduce((sum, bin) => sum + Math.log(bin.size), 0) / bins.length);
  const middle = Math.exp(bins.reduce((sum, bin) => sum + Math.log(bin.deviation), 0) / bins.length);
  const deviationAt = (size: number, exponent: number) => middle * (size / middleSize) ** (1 - exponent);
  const straight = (exponent: number) =>
    [sizes.low, sizes.high].map((size) => ({ size, deviation: deviationAt(size, exponent) }));
  const names = fit.potentials.map(({ name }) => name);
  const marks: Markish[] = [];
  const { estimate, low, high } = fit.exponent;
  if (estimate !== null) {
    const wedge = [sizes.low, middleSize, sizes.high].map((size) => ({
      size,
      low: deviationAt(size, low ?? EXPONENTS_LOOKED_AT.low),
      high: deviationAt(size, high ?? EXPONENTS_LOOKED_AT.high),
    }));
    marks.push(
      areaY(wedge, { x: "size", y1: "low", y2: "high", fill: HEADLINE, fillOpacity: 0.22, clip: true }),
    );
  }
  if (estimate !== null) {
    const look = { stroke: HEADLINE, strokeWidth: 4.5, strokeOpacity: 0.75, clip: true };
    marks.push(line(straight(estimate), { x: "size", y: "deviation", ...look }));
  }
  for (const { name, exponent } of fit.potentials) {
    if (exponent === null) continue;
    const { colour, dash } = potentialLook(name, names);
    const look = { stroke: colour, strokeWidth: 2, strokeDasharray: dash ?? "none", clip: true };
    marks.push(line(straight(exponent), { x: "size", y: "deviation", ...look }));
  }
  return marks;
}

function axes(bins: readonly SizeBin[], sizes: Range, deviations: Range): Markish[] {
  return [
    bottomAxis(logTicks(sizes), "initial size |w⁰| (unit of the file)"),
    leftAxis(logTicks(deviations), "SD of the weight change (unit of the file)"),
    rightAxis(curvatureTicks(bins, deviations), "relative curvature φ″ ∝ 1/SD"),
  ];
}

/** Round values of the curvature, at the deviations that have them. */
function curvatureTicks(bins: readonly SizeBin[], deviations: Range): Tick[] {
  const scale = bins[0].curvature * bins[0].deviation;
  const ticks = logTicks({ low: scale / deviations.high, high: scale / deviations.low });
  return ticks.map(({ value, label }) => ({ value: scale / value, label }));
}

function legend(fit: GeometryFit): LegendEntry[] {
  const names = fit.potentials.map(({ name }) => name);
  const bins = usableBins(fit);
  const pairs = bins.reduce((sum, bin) => sum + bin.pairs, 0);
  const label = `${formatCount(bins.length)} bins of ${formatCount(pairs)} pairs`;
  const entries: LegendEntry[] = [{ label, colour: INK, mark: "range", width: 1.5 }];
  if (fit.exponent.estimate !== null) {
    const label = `estimate λ̂ = ${formatExponent(fit.exponent)}, interval shaded`;
    entries.push({ label, colour: HEADLINE, mark: "line", width: 3.5 });
  }
  for (const { name, exponent } of fit.potentials) {
    if (exponent !== null) entries.push({ label: name, mark: "line", ...potentialLook(name, names) });
  }
  return entries;
}

function noteOf(fit: GeometryFit): { readonly note?: string } {
  if (fit.noise.method !== null) {
    return { note: "the change shown includes the measurement noise; the estimate accounts for it" };
  }
  return fit.groups.length < 2
    ? {}
    : { note: "the bins pool all groups; the estimate gives each its own scale" };
}
