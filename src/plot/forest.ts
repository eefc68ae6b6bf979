/** Rows of estimates with their intervals, one below the other, beside lines at the named potentials. */

import type { PotentialScore } from "../inference/geometry-fit.ts";
import { BOTTOM_MARGIN, bottomAxis } from "./axes.ts";
import { GREY, GRID, INK } from "./colours.ts";
import { EXPONENT_LABEL, namesOnTop } from "./exponent-axis.ts";
import { type Area, FONT_SIZE } from "./frame.ts";
import { dot, link, type Markish, plotGroup, ruleY, text } from "./marks.ts";
import { hull, linearTicks, type Range } from "./scales.ts";
import { shortened, textWidth } from "./text-width.ts";
import { EXPONENTS_LOOKED_AT, exponentDecimals, formatDecimals, formatExponent } from "./words.ts";

export interface ForestRow {
  /** Shortened where it is too long. */
  readonly label: string;
  /** Stands in brackets after the label. */
  readonly detail?: string;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly colour: string;
  readonly mark: "dot" | "diamond";
  /** Stands in place of the interval where there is no estimate. */
  readonly reason: string;
}

const FOREST_ROW = 24;
const LABEL_MOST = 190;
const NUMBERS = 168;
const SHORTEST_RANGE = 0.6;

/** Height that `rows` need in all, with axis and names. */
export function forestHeight(rows: number): number {
  return rows * FOREST_ROW + 92;
}

/** Row names on the left, intervals in the middle, the numbers on the right. An arrow is an end beyond the picture. */
export function forestPlot(
  document: Document,
  rows: readonly ForestRow[],
  potentials: readonly PotentialScore[],
  { width, height }: Area,
): SVGElement {
  const range = forestRange(rows, potentials);
  const longest = Math.max(...rows.map((row) => textWidth(labelOf(row), FONT_SIZE)));
  const marginLeft = Math.max(70, longest + 30);
  const margins = { marginLeft, marginRight: NUMBERS };
  const top = namesOnTop(potentials, range, { width, ...margins });
  const placed = rows.map((row, place) => ({ ...row, place }));
  const drawn = placed.filter(({ estimate }) => estimate !== null);
  const beside = { y: "place", dx: 10, textAnchor: "start", frameAnchor: "right" } as const;
  return plotGroup(document, {
    width,
    height,
    ...margins,
    marginTop: top.marginTop,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [range.low, range.high] },
    y: { domain: [-0.7, rows.length - 0.3], reverse: true, axis: null },
    marks: [
      ruleY(
        placed.map(({ place }) => place),
        { stroke: GRID },
      ),
      ...top.marks,
      ...intervalMarks(drawn, range),
      text(placed, {
        y: "place",
        frameAnchor: "left",
        textAnchor: "end",
        dx: -14,
        text: labelOf,
      }),
      text(
        placed.filter(({ estimate }) => estimate !== null),
        { ...beside, text: (row: ForestRow) => numbersOf(row) },
      ),
      text(
        placed.filter(({ estimate }) => estimate === null),
        { ...beside, text: "reason", fill: GREY },
      ),
      bottomAxis(linearTicks(range, 6), EXPONENT_LABEL),
    ],
  });
}

function labelOf({ label, detail }: ForestRow): string {
  const rest = detail === undefined ? "" : ` (${detail})`;
  return shortened(label, LABEL_MOST - textWidth(rest, FONT_SIZE), FONT_SIZE) + rest;
}

function forestRange(rows: readonly ForestRow[], potentials: readonly PotentialScore[]): Range {
  const values = rows.flatMap(({ estimate, low, high }) => [estimate, low, high]);
  const named = potentials.map(({ exponent }) => exponent);
  const held = hull(values) ?? hull(named) ?? { low: 0, high: 2 };
  const centre = (held.low + held.high) / 2;
  const half = Math.max(SHORTEST_RANGE, 0.56 * (held.high - held.low));
  return {
    low: Math.max(EXPONENTS_LOOKED_AT.low, centre - half),
    high: Math.min(EXPONENTS_LOOKED_AT.high, centre + half),
  };
}

function intervalMarks(rows: readonly (ForestRow & { readonly place: number })[], range: Range): Markish[] {
  const ends = rows.map((row) => ({
    ...row,
    from: Math.max(range.low, row.low ?? range.low),
    to: Math.min(range.high, row.high ?? range.high),
  }));
  const arrow = { y: "place", symbol: "triangle", r: 5 } as const;
  return [
    ...ends.map((row) =>
      link([row], {
        x1: "from",
        x2: "to",
        y: "place",
        stroke: row.colour,
        strokeWidth: row.mark === "diamond" ? 3 : 2,
      }),
    ),
    dot(
      ends.filter(({ low }) => low === null),
      { ...arrow, x: "from", rotate: -90, fill: "colour" },
    ),
    dot(
      ends.filter(({ high }) => high === null),
      { ...arrow, x: "to", rotate: 90, fill: "colour" },
    ),
    ...ends.map((row) =>
      dot([row], {
        x: "estimate",
        y: "place",
        symbol: row.mark === "diamond" ? "diamond" : "circle",
        r: row.mark === "diamond" ? 6 : 4.5,
        fill: row.colour,
        stroke: INK,
        strokeWidth: 0.5,
      }),
    ),
  ];
}

function numbersOf(row: ForestRow): string {
  const decimals = exponentDecimals(row);
  const low =
    row.low === null ? `< ${formatDecimals(EXPONENTS_LOOKED_AT.low, 0)}` : formatDecimals(row.low, decimals);
  const high = row.high === null ? `> ${EXPONENTS_LOOKED_AT.high}` : formatDecimals(row.high, decimals);
  return `${formatExponent(row)} [${low}, ${high}]`;
}
