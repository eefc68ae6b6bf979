/** Observed sizes of synapses, and those that a normal change in the dual of a geometry makes of other weights. */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin } from "../axes.ts";
import { GREY, INK, potentialLook } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { line, link, type Markish, plotGroup, rect, ruleY } from "../marks.ts";
import { hull, logTicks, padLog, type Range } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { wrapped } from "../text-width.ts";
import { formatNumber, formatPercent } from "../words.ts";

/** A geometry with its weights before learning and after it. */
export interface SizeModel {
  readonly potential: string;
  /** σ of the change in the dual, in SDs of the observed duals. */
  readonly ratio: number;
  /** ∫|F̂ − F| in the unit of the sizes. */
  readonly wasserstein: number;
  /** Of it, between which 95 % of resamples lie; null without resamples. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly belowZero: number;
  /** Where all weights begin, if these are few; else empty. */
  readonly points: readonly { readonly weight: number; readonly share: number }[];
  /** Shares in bins of log size. */
  readonly bins: readonly SizeBin[];
  /** The same for a change as large as that of two log-normals; empty where the model is these. */
  readonly sameChange: readonly SizeBin[];
}

export interface SizeBin {
  readonly low: number;
  readonly high: number;
  readonly initial: number;
  readonly final: number;
  readonly observed: number;
}

/** How far the most likely model is from the observed sizes, by the size of the change. */
export interface WidthCurve {
  readonly potential: string;
  readonly widths: readonly { readonly ratio: number; readonly distance: number }[];
  /** The distance that a sample of the model itself exceeds in 5 of 100 cases. */
  readonly critical: number;
}

export interface SizeFigureOptions extends FigureOptions {
  /** Of the sizes, such as µm³; null where it is not known. */
  readonly unit: string | null;
  /** Sentences beneath the panels. */
  readonly notes: readonly string[];
}

const TITLE = "Sizes of synapses before and after learning, in three geometries";
const PANEL = { width: FIGURE_WIDTH / 2, height: 190, marginTop: 40, marginRight: 12 } as const;
const CURVES_HEIGHT = 250;
const SAME = "5 3";
const NOTE_SIZE = 11;
const NOTE_LINE = 15;

/**
 * A row for each geometry, weights before on the left and after on the right, and the distance against the size of the change.
 *
 * @returns  a standalone SVG; one line with the reason where there are no models
 */
export function sizesBeforeAndAfter(
  models: readonly SizeModel[],
  curves: readonly WidthCurve[],
  { document, unit, notes }: SizeFigureOptions,
): SVGElement {
  const withUnit = unit === null ? "" : ` ${unit}`;
  const words = (model: SizeModel) => afterWords(model, withUnit);
  const description = models.map((model) => `${model.potential}: ${words(model).join(", ")}`).join("; ");
  const frame = { document, title: TITLE, description: description || "No run has ended" };
  if (models.length === 0) return drawReason(frame, "no run has ended");
  const legend: LegendEntry[] = [
    ...models.map(
      ({ potential }): LegendEntry => ({
        label: potential,
        mark: "line",
        width: 3,
        ...look(potential),
        dash: null,
      }),
    ),
    { label: "observed", mark: "band", colour: GREY, opacity: 0.3 },
    {
      label: "with a change as large as that of the two log-normals",
      mark: "line",
      colour: INK,
      dash: SAME,
      width: 1.5,
    },
  ];
  const lines = notes.flatMap((note) => wrapped(note, FIGURE_WIDTH - 32, NOTE_SIZE));
  const panels = models.length * PANEL.height + CURVES_HEIGHT;
  const height = 96 + panels + lines.length * NOTE_LINE;
  const place = (x: number, y: number, children: readonly SVGElement[]) =>
    svgElement(document, "g", { transform: `translate(${x},${y})` }, children);
  const heading = (...rows: readonly string[]) =>
    svgElement(
      document,
      "g",
      {},
      rows.map((text, k) => svgElement(document, "text", { x: 16, y: 14 + 16 * k }, [text])),
    );
  const axis = unit === null ? "size" : `size / ${unit}`;
  return drawFrame({ ...frame, legend, height }, () =>
    svgElement(document, "g", {}, [
      ...models.flatMap((model, k) => [
        place(0, k * PANEL.height, [
          heading(`${model.potential}, before`, pointWords(model, withUnit)),
          sizes(document, beforeMarks(model), { bins: model.bins, axis }),
        ]),
        place(PANEL.width, k * PANEL.height, [
          heading(...words(model)),
          sizes(document, afterMarks(model), { bins: model.bins, axis }),
        ]),
      ]),
      place(0, models.length * PANEL.height + 16, [
        heading("Kolmogorov's distance, from the most likely start"),
        widthPanel(document, curves),
      ]),
      ...lines.map((text, k) =>
        svgElement(
          document,
          "text",
          { x: 16, y: panels + 20 + k * NOTE_LINE, fill: GREY, "font-size": NOTE_SIZE },
          [text],
        ),
      ),
    ]),
  );
}

const look = (potential: string) => potentialLook(potential, [potential]);
const afterWords = ({ ratio, wasserstein, interval, belowZero }: SizeModel, unit: string) => [
  `after: σ = ${formatNumber(ratio)} SD, ${formatPercent(belowZero)} below zero`,
  `W₁ = ${formatNumber(wasserstein)}${unit}${interval === null ? " from the observed sizes" : ` (${formatNumber(interval.low)} to ${formatNumber(interval.high)})`}`,
];
const pointWords = ({ points }: SizeModel, unit: string) =>
  points.map(({ weight, share }) => `${formatPercent(share)} at ${formatNumber(weight)}${unit}`).join(", ");

interface Drawn {
  readonly marks: readonly Markish[];
  readonly most: number;
}

function beforeMarks({ potential, points, bins, sameChange }: SizeModel): Drawn {
  const { colour } = look(potential);
  if (points.length > 0) {
    const bars = points.map(({ weight, share }) => ({ x: weight, from: 0, to: share }));
    const bar = { x1: "x", x2: "x", y1: "from", y2: "to", stroke: colour, strokeWidth: 4 } as const;
    return { marks: [link(bars, bar)], most: Math.max(...points.map(({ share }) => share)) };
  }
  return {
    marks: [
      bars(bins, "initial", colour, 0.6),
      ...outline(sameChange, "initial", { stroke: INK, strokeDasharray: SAME, strokeWidth: 1.5 }),
    ],
    most: mostOf([...bins, ...sameChange], "initial"),
  };
}

function afterMarks({ potential, bins, sameChange }: SizeModel): Drawn {
  return {
    marks: [
      bars(bins, "observed", GREY, 0.3),
      ...outline(sameChange, "final", { stroke: INK, strokeDasharray: SAME, strokeWidth: 1.5 }),
      ...outline(bins, "final", { stroke: look(potential).colour, strokeWidth: 2.5 }),
    ],
    most: Math.max(mostOf(bins, "observed"), mostOf([...bins, ...sameChange], "final")),
  };
}

type Share = "initial" | "final" | "observed";
const mostOf = (bins: readonly SizeBin[], share: Share) => Math.max(...bins.map((bin) => bin[share]));

const bars = (bins: readonly SizeBin[], share: Share, fill: string, fillOpacity: number): Markish =>
  rect(
    bins.map((bin) => ({ ...bin, zero: 0 })),
    { x1: "low", x2: "high", y1: "zero", y2: share, fill, fillOpacity },
  );

/** A line through the middles of the bins. */
const outline = (bins: readonly SizeBin[], share: Share, style: object): Markish[] =>
  bins.length === 0
    ? []
    : [
        line(
          bins.map((bin) => ({ x: Math.sqrt(bin.low * bin.high), y: bin[share] })),
          { x: "x", y: "y", ...style },
        ),
      ];

function sizes(
  document: Document,
  { marks, most }: Drawn,
  { bins, axis }: { readonly bins: readonly SizeBin[]; readonly axis: string },
): SVGElement {
  const view: Range = { low: bins[0].low, high: bins[bins.length - 1].high };
  const ticks = [0, most].map((value) => ({ value, label: formatNumber(value) }));
  return plotGroup(document, {
    ...PANEL,
    marginLeft: sideMargin(ticks),
    marginBottom: BOTTOM_MARGIN,
    x: { type: "log", domain: [view.low, view.high] },
    y: { domain: [0, 1.08 * most] },
    marks: [bottomAxis(logTicks(view, 6), axis), leftAxis(ticks, "share"), ...marks],
  });
}

function widthPanel(document: Document, curves: readonly WidthCurve[]): SVGElement {
  const all = curves.flatMap(({ widths }) => widths);
  const ratios = padLog(hull(all.map(({ ratio }) => ratio)) ?? { low: 0.01, high: 1 }, 0.02);
  const distances = padLog(hull(all.map(({ distance }) => distance)) ?? { low: 0.01, high: 1 }, 0.05);
  const ticks = { x: logTicks(ratios), y: logTicks(distances) };
  return plotGroup(document, {
    width: FIGURE_WIDTH,
    height: CURVES_HEIGHT - 16,
    marginTop: 24,
    marginLeft: sideMargin(ticks.y),
    marginRight: 24,
    marginBottom: BOTTOM_MARGIN,
    x: { type: "log", domain: [ratios.low, ratios.high] },
    y: { type: "log", domain: [distances.low, distances.high] },
    marks: [
      horizontalGrid(ticks.y),
      bottomAxis(ticks.x, "σ of the change / SD of the observed dual weights"),
      leftAxis(ticks.y, "distance"),
      ruleY(
        curves.slice(0, 1).map(({ critical }) => critical),
        { stroke: GREY, strokeDasharray: "2 3" },
      ),
      ...curves.map(({ potential, widths }) =>
        line(widths, { x: "ratio", y: "distance", stroke: look(potential).colour, strokeWidth: 2.5 }),
      ),
    ],
  });
}
