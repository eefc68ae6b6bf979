/** ΔCDF against the potential that is tested, for each true one (Pogodin et al. 2024, Fig. 3B). */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin } from "../axes.ts";
import { INK, potentialLook } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { type Area, drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { areaY, dot, line, type Markish, plotGroup, ruleX } from "../marks.ts";
import { linearTicks } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { formatDecimals } from "../words.ts";

/** One true potential tested on one other. */
export interface RobustnessPoint {
  /** How weights start; a panel each. */
  readonly start: string;
  /** The true potential. */
  readonly potential: string;
  /** p of the tested norm; 1 is the negative entropy. */
  readonly tested: number;
  readonly deltaCdf: number;
  /** SD over data sets; null with fewer than two. */
  readonly deviation: number | null;
}

const TITLE = "ΔCDF under every potential, for three true ones";
const GAP = 8;
const PANEL_TITLE = 20;

/**
 * One panel a start: mean ΔCDF with a band of one SD, a dot where it is least; thin lines stand at the true potentials.
 *
 * @returns a standalone SVG; one line with the reason where there are no points
 */
export function robustness(points: readonly RobustnessPoint[], { document }: FigureOptions): SVGElement {
  const starts = [...new Set(points.map(({ start }) => start))];
  const potentials = [...new Set(points.map(({ potential }) => potential))];
  const curves = starts.flatMap((start) =>
    potentials.map((potential) => points.filter((one) => one.start === start && one.potential === potential)),
  );
  const frame = { document, title: TITLE, description: describe(curves) };
  if (points.length === 0) return drawReason(frame, "no run has ended");
  const highest = Math.max(...points.map(({ deltaCdf, deviation }) => deltaCdf + (deviation ?? 0)));
  const legend: LegendEntry[] = [
    ...potentials.map((potential): LegendEntry => {
      const { colour, dash } = potentialLook(potential, potentials);
      return { label: `truth ${potential}`, colour, dash, mark: "line" };
    }),
    { label: "least", colour: INK, mark: "dot" },
  ];
  return drawFrame({ ...frame, legend, height: 380 }, ({ width, height }) => {
    const first = Math.round((width - GAP) / 2) + 14;
    const panels = starts.map((start, k) => {
      const area = { width: k === 0 ? first : width - GAP - first, height: height - PANEL_TITLE };
      const place = k === 0 ? 0 : first + GAP;
      return svgElement(document, "g", { transform: `translate(${place},0)` }, [
        ...panel(
          document,
          points.filter((one) => one.start === start),
          { area, highest, isFirst: k === 0 },
        ),
      ]);
    });
    return svgElement(document, "g", {}, panels);
  });
}

const tickLabel = (value: number) => (value === 1 ? "NE" : String(value));
const testedTicks = [1, 1.5, 2, 2.5, 3].map((value) => ({ value, label: tickLabel(value) }));

interface Panel {
  readonly area: Area;
  readonly highest: number;
  readonly isFirst: boolean;
}

function panel(document: Document, points: readonly RobustnessPoint[], { area, highest, isFirst }: Panel) {
  const ticks = linearTicks({ low: 0, high: highest }, 6);
  const marginLeft = isFirst ? sideMargin(ticks) : 16;
  const potentials = [...new Set(points.map(({ potential }) => potential))];
  const heading = { x: marginLeft, y: 14, "font-weight": "bold" };
  const curves = potentials.map((potential) => points.filter((one) => one.potential === potential));
  const plot = plotGroup(document, {
    ...area,
    marginTop: 8,
    marginLeft,
    marginRight: 16,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [1, 3] },
    y: { domain: [0, highest], axis: null },
    marks: [
      horizontalGrid(ticks),
      bottomAxis(testedTicks, "tested p-norm (NE: negative entropy)"),
      ...(isFirst ? [leftAxis(ticks, "ΔCDF, uncentred")] : []),
      ...curves.flatMap((curve) => curveMarks(curve)),
    ],
  });
  return [
    svgElement(document, "text", heading, [`${points[0]?.start} start`]),
    svgElement(document, "g", { transform: `translate(0,${PANEL_TITLE})` }, [plot]),
  ];
}

function curveMarks(curve: readonly RobustnessPoint[]): Markish[] {
  const { colour, dash } = potentialLook(curve[0].potential, []);
  const band = curve.flatMap(({ tested, deltaCdf, deviation }) =>
    deviation === null
      ? []
      : [{ tested, low: Math.max(0, deltaCdf - deviation), high: deltaCdf + deviation }],
  );
  return [
    ruleX([placeOf(curve[0].potential)], { stroke: colour, strokeOpacity: 0.5, strokeDasharray: "2 3" }),
    areaY(band, { x: "tested", y1: "low", y2: "high", fill: colour, fillOpacity: 0.2 }),
    line(curve, {
      x: "tested",
      y: "deltaCdf",
      stroke: colour,
      strokeWidth: 2,
      ...(dash === null ? {} : { strokeDasharray: dash }),
    }),
    dot([least(curve)], { x: "tested", y: "deltaCdf", r: 4, fill: colour }),
  ];
}

/** p of a potential's name; 1 for the negative entropy. */
export function placeOf(potential: string): number {
  return potential === "negative-entropy" ? 1 : Number(potential.replace("-norm", ""));
}

function least(curve: readonly RobustnessPoint[]): RobustnessPoint {
  return curve.reduce((a, b) => (b.deltaCdf < a.deltaCdf ? b : a));
}

function describe(curves: readonly (readonly RobustnessPoint[])[]): string {
  const parts = curves
    .filter((curve) => curve.length > 0)
    .map((curve) => {
      const { start, potential, tested, deltaCdf } = least(curve);
      return `truth ${potential}, ${start} start, at ${tickLabel(tested)} (${formatDecimals(deltaCdf, 3)})`;
    });
  return parts.length === 0 ? "No run has ended." : `ΔCDF is least: ${parts.join("; ")}.`;
}
