/** Networks finetuned in a known geometry: the paper's measure under every potential, and λ with its interval. */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, verticalGrid } from "../axes.ts";
import { GREY, INK, potentialLook } from "../colours.ts";
import { EXPONENT_LABEL } from "../exponent-axis.ts";
import type { FigureOptions } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { dot, line, link, type Markish, plotGroup, ruleX, ruleY } from "../marks.ts";
import { hull, linearTicks, type Range } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { formatDecimals, formatPlural } from "../words.ts";

export interface FinetunedNetwork {
  /** The geometry that it learned in, and its λ. */
  readonly potential: string;
  readonly exponent: number;
  /** Recurrent neurons. */
  readonly hidden: number;
  /** λ̂ with its interval; null where there is none, or an end beyond what was looked at. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Expected ΔCDF of as many exact Gaussian draws. */
  readonly floor: number | null;
  /** ΔCDF under each potential that was tested. */
  readonly scores: readonly { readonly exponent: number; readonly deltaCdf: number }[];
}

const TITLE = "Geometry of finetuned recurrent networks";
const SCORES_HEIGHT = 230;
const EXPONENTS_HEIGHT = 150;
/** λ that the axes show. */
const SHOWN: Range = { low: -0.35, high: 2.35 };
/** The short names of the five potentials of the paper. */
const TESTED = [
  { value: 0, label: "NE" },
  { value: 0.5, label: "1.5" },
  { value: 1, label: "2" },
  { value: 1.5, label: "2.5" },
  { value: 2, label: "3" },
];

/**
 * For each number of neurons, a panel of ΔCDF for each geometry that networks learned in, and below them all estimates of λ.
 *
 * @returns  a standalone SVG; one line with the reason where there are no networks
 */
export function finetunedNetworks(
  networks: readonly FinetunedNetwork[],
  { document }: FigureOptions,
): SVGElement {
  const frame = { document, title: TITLE, description: describe(networks) };
  if (networks.length === 0) return drawReason(frame, "no run has ended");
  const byUse = networks.toSorted((a, b) => a.hidden - b.hidden || a.exponent - b.exponent);
  const potentials = [...new Set(byUse.map(({ potential }) => potential))];
  const legend: LegendEntry[] = [
    ...potentials.map(
      (potential): LegendEntry => ({
        label: `learned in ${potential}`,
        mark: "range",
        colour: colourOf(potential),
      }),
    ),
    { label: "floor: mean of exact Gaussian draws", colour: GREY, mark: "line", dash: "2 3", width: 1.5 },
  ];
  const sizes = [...new Set(byUse.map(({ hidden }) => hidden))];
  const block = SCORES_HEIGHT + EXPONENTS_HEIGHT;
  return drawFrame({ ...frame, legend, height: 78 + sizes.length * block }, () =>
    svgElement(
      document,
      "g",
      {},
      sizes.flatMap((hidden, k) => {
        const own = byUse.filter((network) => network.hidden === hidden);
        return [
          placed(document, 0, k * block + 16, [heading(document, `H = ${hidden}`)]),
          ...potentials.map((potential, column) =>
            placed(document, (column * FIGURE_WIDTH) / potentials.length, k * block, [
              scorePanel(
                own.filter((network) => network.potential === potential),
                { potential, column, width: FIGURE_WIDTH / potentials.length, most: mostOf(networks) },
                document,
              ),
            ]),
          ),
          placed(document, 0, k * block + SCORES_HEIGHT, [exponentPanel(own, document)]),
        ];
      }),
    ),
  );
}

const colourOf = (potential: string) => potentialLook(potential, [potential]).colour;
const heading = (document: Document, text: string) =>
  svgElement(document, "text", { x: 16, "font-weight": "bold" }, [text]);
const placed = (document: Document, x: number, y: number, children: readonly SVGElement[]) =>
  svgElement(document, "g", { transform: `translate(${x},${y})` }, children);
const mostOf = (networks: readonly FinetunedNetwork[]) =>
  hull(networks.flatMap(({ scores }) => scores.map(({ deltaCdf }) => deltaCdf)))?.high ?? 1;

interface ScorePanel {
  readonly potential: string;
  readonly column: number;
  readonly width: number;
  /** The largest ΔCDF of all panels. */
  readonly most: number;
}

/** ΔCDF of networks of one geometry under each potential, with a line through the means. */
function scorePanel(
  networks: readonly FinetunedNetwork[],
  { potential, column, width, most }: ScorePanel,
  document: Document,
): SVGElement {
  const colour = colourOf(potential);
  const points = networks.flatMap(({ scores }) => scores);
  const tested = [...new Set(points.map(({ exponent }) => exponent))].sort((a, b) => a - b);
  const means = tested.map((exponent) => {
    const own = points.filter((point) => point.exponent === exponent);
    return { exponent, deltaCdf: own.reduce((sum, { deltaCdf }) => sum + deltaCdf, 0) / own.length };
  });
  const ticks = linearTicks({ low: 0, high: most }, 5);
  const floors = networks.flatMap(({ floor }) => floor ?? []);
  const place = { x: "exponent", y: "deltaCdf" } as const;
  const marks: Markish[] = [
    horizontalGrid(ticks),
    bottomAxis(TESTED, "tested potential"),
    leftAxis(ticks, column === 0 ? "ΔCDF" : null),
    ruleX(networks.slice(0, 1), { x: "exponent", stroke: colour, strokeDasharray: "1 3" }),
    ruleY(floors.slice(0, 1), { stroke: GREY, strokeDasharray: "2 3" }),
    line(means, { ...place, stroke: colour, strokeWidth: 2 }),
    dot(points, { ...place, r: 3, fill: colour, fillOpacity: 0.6 }),
  ];
  return plotGroup(document, {
    width,
    height: SCORES_HEIGHT,
    marginTop: 28,
    marginLeft: 58,
    marginRight: 10,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [SHOWN.low, SHOWN.high] },
    y: { domain: [0, 1.05 * most] },
    marks,
  });
}

/** λ̂ of each network with its interval, one above the other, and the λ that they learned in. */
function exponentPanel(networks: readonly FinetunedNetwork[], document: Document): SVGElement {
  const estimated = networks.flatMap(({ estimate, low, high, exponent, potential }, k) =>
    estimate === null
      ? []
      : [
          {
            estimate,
            low: low ?? SHOWN.low,
            high: high ?? SHOWN.high,
            exponent,
            y: -k,
            colour: colourOf(potential),
          },
        ],
  );
  const span = hull(estimated.flatMap(({ low, high }) => [low, high, SHOWN.low, SHOWN.high])) ?? SHOWN;
  const ticks = linearTicks(span, 6);
  const used = [...new Set(estimated.map(({ exponent }) => exponent))];
  return plotGroup(document, {
    width: FIGURE_WIDTH,
    height: EXPONENTS_HEIGHT,
    marginTop: 10,
    marginLeft: 58,
    marginRight: 10,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [span.low, span.high] },
    y: { domain: [0.5 - networks.length, 0.5], axis: null },
    marks: [
      verticalGrid(ticks),
      bottomAxis(ticks, EXPONENT_LABEL),
      ruleX(used, { stroke: INK, strokeDasharray: "1 3" }),
      link(estimated, { x1: "low", x2: "high", y1: "y", y2: "y", stroke: "colour", strokeWidth: 2 }),
      dot(estimated, { x: "estimate", y: "y", r: 3.5, fill: "colour" }),
    ],
  });
}

function describe(networks: readonly FinetunedNetwork[]): string {
  const parts = networks.map(
    ({ potential, hidden, estimate }) =>
      `${potential}, ${formatPlural(hidden, "neuron")}: λ ${formatDecimals(estimate, 2)}`,
  );
  return parts.length === 0 ? "No run has ended." : `${parts.join("; ")}.`;
}
