/** ΔCDF and relative dual change of regressions against their size (Pogodin et al. 2024, Fig. 3A). */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, verticalGrid } from "../axes.ts";
import { GREY } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { type Area, drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { areaY, dot, line, type Markish, plotGroup } from "../marks.ts";
import { hull, linearTicks, logTicks, padLog, type Range, type Tick } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { formatCount, formatNumber } from "../words.ts";

/** The middle of some seeds, and what 90 % of them lie between. */
export interface SeedBand {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** All seeds of one regression in one geometry. */
export interface RegressionPoint {
  readonly potential: string;
  /** c, how fast correlations decay. */
  readonly power: number;
  /** D. */
  readonly inputs: number;
  /** Such as `D^½`: which of the numbers of samples it is. */
  readonly samples: string;
  readonly deltaCdf: SeedBand;
  readonly relativeChange: SeedBand;
}

export interface RegressionFigureOptions extends FigureOptions {
  /** ΔCDF·√D of D exact normal numbers, on average. */
  readonly floor: number;
}

const TITLE = "Dual changes of regressions against their size";
const LOOKS = [
  { colour: "#0072B2", dash: null },
  { colour: "#E69F00", dash: "6 3" },
  { colour: "#CC79A7", dash: "2 2" },
] as const;
const FLOOR_DASH = "1 3";
const PANEL_HEIGHT = 150;
const HEADING = 20;
const LEFT_MARGIN = 66;
const GAP = 12;
/** The scale of ΔCDF in the paper. */
const PAPER_DISTANCE = 0.2;

type Quantity = "deltaCdf" | "relativeChange";

/**
 * A panel for each geometry, in rows: ΔCDF with its noise floor and relative dual change, for each power of the correlations.
 *
 * Lines are medians over seeds, bands reach from their 5 % to their 95 % quantile.
 *
 * @returns  a standalone SVG; one line with the reason where there are no points
 */
export function regressionGrid(
  points: readonly RegressionPoint[],
  { document, floor }: RegressionFigureOptions,
): SVGElement {
  const frame = { document, title: TITLE, description: describe(points) };
  const sizes = hull(points.map(({ inputs }) => inputs));
  if (sizes === null) return drawReason(frame, "no run has ended");
  const [potentials, powers] = [distinct(points, "potential"), distinct(points, "power")];
  const rows = powers.flatMap((power) => [
    { power, quantity: "deltaCdf" as const },
    { power, quantity: "relativeChange" as const },
  ]);
  const legend = legendOf(distinct(points, "samples"));
  const height = 38 + 18 * 2 + HEADING + rows.length * PANEL_HEIGHT + BOTTOM_MARGIN;
  const views = { sizes: padLog(sizes, 0.04), distance: distances(points), change: changes(points) };
  return drawFrame({ ...frame, legend, height }, (area) => {
    const columns = columnsOf(potentials.length, area);
    const headings = potentials.map((potential, k) =>
      svgElement(document, "text", { x: columns[k].middle, y: HEADING - 8, "text-anchor": "middle" }, [
        potential,
      ]),
    );
    const panels = rows.flatMap(({ power, quantity }, row) =>
      potentials.map((potential, k) => {
        const own = points.filter((point) => point.potential === potential && point.power === power);
        const isLast = row === rows.length - 1;
        const panel = drawPanel(document, own, {
          quantity,
          views,
          floor,
          samples: distinct(points, "samples"),
          width: columns[k].width,
          leftLabel: k === 0 ? labelOf(quantity, power) : null,
          isLast,
        });
        const place = `translate(${columns[k].left},${HEADING + row * PANEL_HEIGHT})`;
        return svgElement(document, "g", { transform: place }, [panel]);
      }),
    );
    return svgElement(document, "g", {}, [...headings, ...panels]);
  });
}

const labelOf = (quantity: Quantity, power: number) =>
  `${quantity === "deltaCdf" ? "ΔCDF" : "relative change"}, c = ${power}`;

interface Views {
  readonly sizes: Range;
  readonly distance: Range;
  readonly change: Range;
}

interface PanelOptions {
  readonly quantity: Quantity;
  readonly views: Views;
  readonly floor: number;
  readonly samples: readonly string[];
  readonly width: number;
  /** Null for all panels but the first of a row. */
  readonly leftLabel: string | null;
  readonly isLast: boolean;
}

function drawPanel(
  document: Document,
  points: readonly RegressionPoint[],
  { quantity, views, floor, samples, width, leftLabel, isLast }: PanelOptions,
): SVGElement {
  const isDistance = quantity === "deltaCdf";
  const view = isDistance ? views.distance : views.change;
  const ticks = { x: logTicks(views.sizes, 4), y: isDistance ? linearTicks(view, 4) : logTicks(view, 5) };
  const unnamed = (all: readonly Tick[]) => all.map(({ value }) => ({ value, label: "" }));
  return plotGroup(document, {
    width,
    height: PANEL_HEIGHT + (isLast ? BOTTOM_MARGIN - GAP : 0),
    marginTop: 6,
    marginLeft: leftLabel === null ? GAP / 2 : LEFT_MARGIN,
    marginRight: GAP / 2,
    marginBottom: isLast ? BOTTOM_MARGIN : GAP,
    x: { type: "log", domain: [views.sizes.low, views.sizes.high] },
    y: { type: isDistance ? "linear" : "log", domain: [view.low, view.high], clamp: true },
    marks: [
      horizontalGrid(ticks.y),
      verticalGrid(ticks.x),
      bottomAxis(isLast ? ticks.x : unnamed(ticks.x), isLast ? "inputs D" : null),
      leftAxis(leftLabel === null ? unnamed(ticks.y) : ticks.y, leftLabel),
      ...(isDistance ? [floorMark(floor, views.sizes)] : []),
      ...samples.flatMap((name, k) =>
        seriesMarks(
          points.filter((point) => point.samples === name),
          quantity,
          LOOKS[k % LOOKS.length],
        ),
      ),
    ],
  });
}

/** floor/√D, at places so near that the curve looks smooth. */
function floorMark(floor: number, { low, high }: Range): Markish {
  const places = Array.from({ length: 41 }, (_, k) => low * (high / low) ** (k / 40));
  const curve = places.map((inputs) => ({ inputs, height: floor / Math.sqrt(inputs) }));
  return line(curve, {
    x: "inputs",
    y: "height",
    stroke: GREY,
    strokeWidth: 1.5,
    strokeDasharray: FLOOR_DASH,
  });
}

function seriesMarks(
  points: readonly RegressionPoint[],
  quantity: Quantity,
  { colour, dash }: (typeof LOOKS)[number],
): Markish[] {
  const places = [...points]
    .sort((a, b) => a.inputs - b.inputs)
    .map((point) => ({ inputs: point.inputs, ...point[quantity] }));
  const dashed = dash === null ? {} : { strokeDasharray: dash };
  return [
    areaY(places, { x: "inputs", y1: "low", y2: "high", fill: colour, fillOpacity: 0.2 }),
    line(places, { x: "inputs", y: "median", stroke: colour, strokeWidth: 2, ...dashed }),
    dot(places, { x: "inputs", y: "median", r: 2.5, fill: colour }),
  ];
}

function legendOf(samples: readonly string[]): LegendEntry[] {
  const lines = samples.map(
    (name, k): LegendEntry => ({ label: `N = ${name}`, mark: "line", ...LOOKS[k % LOOKS.length] }),
  );
  return [
    ...lines,
    { label: "5 to 95 % of the seeds", colour: LOOKS[0].colour, mark: "band" },
    {
      label: "floor: as many exact normal numbers",
      colour: GREY,
      mark: "line",
      dash: FLOOR_DASH,
      width: 1.5,
    },
  ];
}

/** The first column has the axis, the plots are of one width. */
function columnsOf(count: number, { width }: Area) {
  const edge = 10;
  const inner = (width - edge - LEFT_MARGIN - GAP / 2 - (count - 1) * GAP) / count;
  return Array.from({ length: count }, (_, k) => {
    const left = k === 0 ? 0 : LEFT_MARGIN + GAP / 2 + k * (inner + GAP) - GAP / 2 - GAP / 2;
    const margin = k === 0 ? LEFT_MARGIN : GAP / 2;
    return { left, width: inner + margin + GAP / 2, middle: left + margin + inner / 2 };
  });
}

function distances(points: readonly RegressionPoint[]): Range {
  const highest = hull(points.map(({ deltaCdf }) => deltaCdf.high))?.high ?? PAPER_DISTANCE;
  return { low: 0, high: Math.max(PAPER_DISTANCE, highest * 1.05) };
}

function changes(points: readonly RegressionPoint[]): Range {
  const range = hull(points.flatMap(({ relativeChange: { low, high } }) => [low, high]));
  return padLog(range ?? { low: 0.1, high: 1 }, 0.05);
}

function distinct<Key extends keyof RegressionPoint>(
  points: readonly RegressionPoint[],
  key: Key,
): RegressionPoint[Key][] {
  return [...new Set(points.map((point) => point[key]))];
}

function describe(points: readonly RegressionPoint[]): string {
  const largest = Math.max(...points.map(({ inputs }) => inputs));
  const parts = points
    .filter(({ inputs }) => inputs === largest)
    .map(
      ({ potential, samples, power, deltaCdf, relativeChange }) =>
        `${potential}, N = ${samples}, c = ${power}: ΔCDF ${formatNumber(deltaCdf.median)}, relative change ${formatNumber(relativeChange.median)}`,
    );
  return parts.length === 0
    ? "No run has ended."
    : `Medians at ${formatCount(largest)} inputs: ${parts.join("; ")}.`;
}
