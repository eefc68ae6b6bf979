/** Who finds the right geometry: the share of simulated data sets in which each method picks the true one of five. */

import { bottomAxis, horizontalGrid, leftAxis } from "../axes.ts";
import { GREY, HEADLINE, INK } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { axisY, dot, line, link, type Markish, plotGroup, ruleX, ruleY } from "../marks.ts";
import { hull, padLog, type Tick } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { formatCount, formatPercent, formatPower } from "../words.ts";

/** One method at one number of pairs, or at one way to treat groups. */
export interface AccuracyPoint {
  readonly method: string;
  /** Share right of five, 0 to 1. */
  readonly share: number;
}

/** A point of a panel. */
export interface PanelPoint extends AccuracyPoint {
  /** A row of panels each. */
  readonly noise: string;
  /** A column of panels each. */
  readonly law: string;
  readonly pairs: number;
}

/** A point of the strip beneath the panels. */
export interface GroupPoint extends AccuracyPoint {
  /** Whether each group has a mean and a scale of its own, or all are taken as one. */
  readonly groups: "own" | "pooled";
}

interface Look {
  readonly label: string;
  readonly colour: string;
  readonly dash: string | null;
}

/** One colour a family: ΔCDF, tests of normality, likelihoods, ranks. */
const LOOKS: Readonly<Record<string, Look>> = {
  "delta-cdf": { label: "ΔCDF", colour: "#999933", dash: null },
  "delta-cdf-centred": { label: "ΔCDF, centred", colour: "#999933", dash: "5 3" },
  "anderson-darling": { label: "Anderson–Darling", colour: "#44AA99", dash: null },
  "shapiro-wilk": { label: "Shapiro–Wilk", colour: "#44AA99", dash: "2 3" },
  "gaussian-likelihood": { label: "Gaussian likelihood", colour: "#332288", dash: "5 3" },
  "student-likelihood": { label: "t likelihood", colour: "#332288", dash: null },
  spearman: { label: "Spearman", colour: "#CC79A7", dash: "5 3" },
  "rank-independence": { label: "rank independence (ours)", colour: HEADLINE, dash: null },
};

const TITLE = "Who finds the right one of five geometries";
const CHANCE = 0.2;
const LEFT = 58;
const RIGHT = 14;
const PANEL = 118;
/** Below a panel without an axis. */
const EDGE = 4;
/** Above each row of panels, for its name. */
const HEADING = 28;
/** Above all panels, for the names of their columns. */
const COLUMNS = 20;
/** Title and legend. */
const TOP = 78;
const AXIS = 44;
const STRIP_ROW = 17;
const STRIP_LEFT = 188;

/**
 * Share right against the number of pairs: a row of panels for each noise, a column for each law of change; chance is dotted.
 * Beneath, pooled groups beside groups with a mean and a scale of their own.
 *
 * @returns a standalone SVG; one line with the reason where there are no points
 */
export function accuracy(
  points: readonly PanelPoint[],
  groups: readonly GroupPoint[],
  { document }: FigureOptions,
): SVGElement {
  const frame = { document, title: TITLE, description: describe(points) };
  if (points.length === 0 && groups.length === 0) return drawReason(frame, "no run has ended");
  const noises = distinct(points.map(({ noise }) => noise));
  const methods = distinct([...points, ...groups].map(({ method }) => method));
  const legend = methods.map((method): LegendEntry => {
    const { label, colour, dash } = lookOf(method);
    return { label, colour, dash, mark: "line" };
  });
  const panels = points.length === 0 ? 0 : COLUMNS + noises.length * (PANEL + HEADING) + AXIS;
  const strip = groups.length === 0 ? 0 : HEADING + methods.length * STRIP_ROW + AXIS + 8;
  return drawFrame({ ...frame, legend, height: TOP + panels + strip }, () =>
    svgElement(document, "g", {}, [
      ...columnNames(document, points),
      ...noises.map((noise, k) =>
        svgElement(document, "g", { transform: `translate(0,${COLUMNS + k * (PANEL + HEADING)})` }, [
          ...panelRow(document, points, { noise, isLast: k === noises.length - 1 }),
        ]),
      ),
      ...(groups.length === 0
        ? []
        : [
            svgElement(document, "g", { transform: `translate(0,${panels})` }, [
              ...groupStrip(document, groups, methods),
            ]),
          ]),
    ]),
  );
}

const shareTicks = [0, 0.5, 1].map((value) => ({ value, label: formatPercent(value) }));
const lookOf = (method: string): Look => LOOKS[method] ?? { label: method, colour: INK, dash: null };
const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

interface PanelRow {
  readonly noise: string;
  readonly isLast: boolean;
}

function panelRow(document: Document, points: readonly PanelPoint[], row: PanelRow): SVGElement[] {
  const laws = lawsOf(points);
  const wide = columnWidth(laws);
  const ticks = pairTicks(points);
  const view = padLog(hull(ticks.map(({ value }) => value)) ?? { low: 10, high: 1000 }, 0.17);
  const panels = laws.map((law, k) => {
    const own = points.filter((point) => point.noise === row.noise && point.law === law);
    const left = k === 0 ? LEFT : 6;
    const start = k === 0 ? 0 : LEFT + k * wide - left;
    const plot = plotGroup(document, {
      width: wide + left,
      height: row.isLast ? PANEL + AXIS - EDGE : PANEL,
      marginTop: 6,
      marginLeft: left,
      marginRight: 6,
      marginBottom: row.isLast ? AXIS : EDGE,
      x: { type: "log", domain: [view.low, view.high], axis: null },
      y: { domain: [0, 1], axis: null },
      marks: panelMarks(own, { ticks, isLeft: k === 0, isLast: row.isLast }),
    });
    return svgElement(document, "g", { transform: `translate(${start},${HEADING})` }, [plot]);
  });
  const name = svgElement(document, "text", { x: 16, y: 20, "font-weight": "bold" }, [row.noise]);
  return [name, ...panels];
}

const lawsOf = (points: readonly PanelPoint[]) => distinct(points.map(({ law }) => law));
const columnWidth = (laws: readonly string[]) => (FIGURE_WIDTH - LEFT - RIGHT) / laws.length;

function columnNames(document: Document, points: readonly PanelPoint[]): SVGElement[] {
  const laws = lawsOf(points);
  const wide = columnWidth(laws);
  return laws.map((law, k) =>
    svgElement(document, "text", { x: LEFT + (k + 0.5) * wide, y: 14, "text-anchor": "middle" }, [law]),
  );
}

interface PanelView {
  readonly ticks: readonly Tick[];
  readonly isLeft: boolean;
  readonly isLast: boolean;
}

function panelMarks(points: readonly PanelPoint[], { ticks, isLeft, isLast }: PanelView): Markish[] {
  const curves = distinct(points.map(({ method }) => method)).map((method) =>
    points.filter((point) => point.method === method).sort((a, b) => a.pairs - b.pairs),
  );
  return [
    horizontalGrid(shareTicks),
    ...(isLeft ? [leftAxis(shareTicks, null)] : []),
    ...(isLast ? [bottomAxis(ticks, "pairs")] : []),
    ruleY([CHANCE], { stroke: GREY, strokeDasharray: "1 3" }),
    ...curves.flatMap((curve): Markish[] => {
      const { colour, dash } = lookOf(curve[0].method);
      const place = { x: "pairs", y: "share" } as const;
      return [
        line(curve, {
          ...place,
          stroke: colour,
          strokeWidth: colour === HEADLINE ? 2.5 : 1.75,
          ...(dash === null ? {} : { strokeDasharray: dash }),
        }),
        dot(curve, { ...place, r: 2, fill: colour }),
      ];
    }),
  ];
}

/** At the numbers that were simulated. */
function pairTicks(points: readonly PanelPoint[]): readonly Tick[] {
  const numbers = distinct(points.map(({ pairs }) => pairs)).toSorted((a, b) => a - b);
  return numbers.map((value) => ({ value, label: value < 1e4 ? formatCount(value) : formatPower(value) }));
}

/** Pooled as a ring, own as a disc, joined. */
function groupStrip(
  document: Document,
  groups: readonly GroupPoint[],
  methods: readonly string[],
): SVGElement[] {
  const placed = groups.map((point) => ({
    ...point,
    place: methods.indexOf(point.method),
    colour: lookOf(point.method).colour,
  }));
  const shareOf = (method: string, kind: GroupPoint["groups"]) =>
    placed.find((point) => point.method === method && point.groups === kind)?.share;
  const joins = methods.flatMap((method, place) => {
    const [from, to] = [shareOf(method, "pooled"), shareOf(method, "own")];
    return from === undefined || to === undefined ? [] : [{ place, from, to, colour: lookOf(method).colour }];
  });
  const of = (kind: GroupPoint["groups"]) => placed.filter(({ groups }) => groups === kind);
  const height = methods.length * STRIP_ROW + AXIS;
  const plot = plotGroup(document, {
    width: FIGURE_WIDTH,
    height,
    marginTop: 4,
    marginLeft: STRIP_LEFT,
    marginRight: 30,
    marginBottom: AXIS,
    x: { domain: [0, 1], axis: null },
    y: { domain: [-0.5, methods.length - 0.5], reverse: true, axis: null },
    marks: [
      ruleX(
        shareTicks.map(({ value }) => value),
        { stroke: GREY, strokeOpacity: 0.25 },
      ),
      bottomAxis(shareTicks, "right of five"),
      axisY([...methods.keys()], {
        text: methods.map((method) => lookOf(method).label),
        tickSize: 0,
        label: null,
      }),
      link(joins, { x1: "from", x2: "to", y1: "place", y2: "place", stroke: "colour", strokeWidth: 1.5 }),
      dot(of("pooled"), { x: "share", y: "place", r: 4, fill: "white", stroke: "colour", strokeWidth: 2 }),
      dot(of("own"), { x: "share", y: "place", r: 4, fill: "colour" }),
    ],
    color: { type: "identity" },
  });
  const heading =
    "eight groups of different scales: pooled (rings), each with its own mean and scale (discs)";
  return [
    svgElement(document, "text", { x: 16, y: 14, "font-weight": "bold" }, [heading]),
    svgElement(document, "g", { transform: `translate(0,${HEADING})` }, [plot]),
  ];
}

function describe(points: readonly PanelPoint[]): string {
  const most = Math.max(...points.map(({ pairs }) => pairs));
  const parts = points
    .filter(
      ({ method, pairs }) => pairs === most && (method === "delta-cdf" || method === "rank-independence"),
    )
    .map(
      ({ method, noise, law, share }) => `${lookOf(method).label}, ${law}, ${noise} ${formatPercent(share)}`,
    );
  return parts.length === 0 ? "No run has ended." : `With ${formatCount(most)} pairs: ${parts.join("; ")}.`;
}
