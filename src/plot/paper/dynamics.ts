/** Learning in two weights: the loss as a surface, and its level sets in the coordinates of three geometries. */

import { parsePotential } from "../../geometry/index.ts";
import { BOTTOM_MARGIN, bottomAxis, leftAxis } from "../axes.ts";
import { GREY, INK, potentialLook } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { drawFrame, drawReason, FIGURE_WIDTH, type LegendEntry } from "../frame.ts";
import { contour, dot, line, type Markish, plotGroup, ruleX, ruleY } from "../marks.ts";
import { hull, linearTicks, type Range } from "../scales.ts";
import { svgElement } from "../svg-element.ts";
import { formatDecimals } from "../words.ts";
import { levelColours, levels, lossSurface } from "./surface.ts";

/** w₁ and w₂. */
type Pair = readonly [number, number];

export interface TwoWeightPath {
  readonly potential: string;
  readonly weights: readonly Pair[];
}

/** A loss to be drawn, and the part of the plane that shows it. */
export interface TwoWeightSurface {
  value(weights: Pair): number;
  readonly view: { readonly low: Pair; readonly high: Pair };
}

const TITLE = "Learning in two weights";
const PANEL = { width: FIGURE_WIDTH / 2, height: 300 } as const;

/** Coordinates of a panel: those of a geometry, in which its own path is straight. */
interface Panel {
  readonly heading: string;
  readonly axes: readonly [string, string];
  readonly potential: string;
}

const panels: readonly Panel[] = [
  { heading: "weights, the dual of the 2-norm", axes: ["w₁", "w₂"], potential: "2-norm" },
  {
    heading: "dual of the negative entropy",
    axes: ["sgn(w₁)(ln|w₁| + 1)", "sgn(w₂)(ln|w₂| + 1)"],
    potential: "negative-entropy",
  },
  { heading: "dual of the 3-norm", axes: ["sgn(w₁)w₁²", "sgn(w₂)w₂²"], potential: "3-norm" },
];

/**
 * Four panels: the surface, and level sets with the paths in the weights, in the dual of the negative entropy and in that of the 3-norm.
 *
 * The dual of the negative entropy shows one quadrant, that of the first start, and the paths that stay in it.
 *
 * @returns  a standalone SVG; one line with the reason where there are no paths
 */
export function twoWeightPaths(
  paths: readonly TwoWeightPath[],
  loss: TwoWeightSurface,
  { document }: FigureOptions,
): SVGElement {
  const frame = { document, title: TITLE, description: describe(paths) };
  if (paths.length === 0) return drawReason(frame, "no run has ended");
  const potentials = [...new Set(paths.map(({ potential }) => potential))];
  const legend: LegendEntry[] = [
    ...potentials.map(
      (potential): LegendEntry => ({ label: potential, mark: "line", width: 3, ...look(potential) }),
    ),
    { label: "start", mark: "dot", colour: INK },
  ];
  const note = `Levels of the loss: ${levels.map((level) => String(level).replace("-", "−")).join(", ")}; white where it is lowest.`;
  return drawFrame({ ...frame, legend, note, height: 2 * PANEL.height + 82 }, () =>
    svgElement(document, "g", {}, [
      placed(0, "loss above the weights", lossSurface(coloured(paths), loss, { ...PANEL, document })),
      ...panels.map((panel, k) => placed(k + 1, panel.heading, levelSets(panel, paths, loss, document))),
    ]),
  );

  /** The k-th panel, row by row. */
  function placed(k: number, heading: string, drawn: SVGElement): SVGElement {
    const [x, y] = [(k % 2) * PANEL.width, Math.floor(k / 2) * PANEL.height];
    return svgElement(document, "g", { transform: `translate(${x},${y})` }, [
      svgElement(document, "text", { x: 16, y: 16, "font-weight": "bold" }, [heading]),
      drawn,
    ]);
  }
}

const look = (potential: string) => potentialLook(potential, [potential]);
const coloured = (paths: readonly TwoWeightPath[]) =>
  paths.map(({ potential, weights }) => ({ weights: thinned(weights), colour: look(potential).colour }));

/** The loss and the paths in the dual of a geometry. */
function levelSets(
  { axes, potential }: Panel,
  paths: readonly TwoWeightPath[],
  loss: TwoWeightSurface,
  document: Document,
): SVGElement {
  const geometry = parsePotential(potential);
  const quadrant = geometry.crossesZero ? null : quadrantOf(paths[0].weights[0]);
  const shown = paths.filter(
    ({ weights }) => quadrant === null || weights.every((pair) => isIn(pair, quadrant)),
  );
  const curves = shown.map((path) => ({
    potential: path.potential,
    places: thinned(path.weights.map((pair) => pair.map((weight) => geometry.mirrorMap(weight)))),
  }));
  const places = curves.flatMap((curve) => curve.places);
  const [x, y] = [0, 1].map((k) => spanOf(places.map((place) => place[k])));
  const [s1, s2] = quadrant ?? [1, 1];
  const at = (z1: number, z2: number) =>
    loss.value([geometry.inverseMirrorMap(z1, s1), geometry.inverseMirrorMap(z2, s2)]);
  const ticks = { x: linearTicks(x, 5), y: linearTicks(y, 5) };
  const marks: Markish[] = [
    contour({
      x1: x.low,
      x2: x.high,
      y1: y.low,
      y2: y.high,
      fill: at,
      thresholds: [...levels],
      stroke: LEVEL_LINE,
      strokeWidth: 0.7,
      pixelSize: 2,
    }),
    ...(quadrant === null ? [ruleX([0], AXIS), ruleY([0], AXIS)] : []),
    bottomAxis(ticks.x, axes[0]),
    leftAxis(ticks.y, axes[1]),
    ...curves.flatMap(({ potential: name, places: curve }) => [
      line(curve, { ...PLACE, stroke: look(name).colour, ...PATH_LINE }),
    ]),
    dot(
      curves.map((curve) => curve.places[0]),
      { ...PLACE, r: 4, fill: INK },
    ),
  ];
  return plotGroup(document, {
    ...PANEL,
    marginTop: 26,
    marginLeft: 64,
    marginRight: 10,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [x.low, x.high] },
    y: { domain: [y.low, y.high] },
    color: { type: "threshold", domain: levels.slice(1), range: [...levelColours] },
    marks,
  });
}

const LEVEL_LINE = "#8c8c8c";
const AXIS = { stroke: GREY, strokeDasharray: "1 3" } as const;
const PATH_LINE = { strokeWidth: 3, strokeLinejoin: "round", strokeLinecap: "round" } as const;
const PLACE = { x: "0", y: "1" } as const;
const MARGIN = 0.12;
/** The least distance of two points that are drawn: less than a pixel. */
const NEAR = 0.005;

/** A path without the points that could not be told apart; its last one stays. */
function thinned(places: readonly (readonly number[])[]): Pair[] {
  const kept: Pair[] = [];
  for (const [k, [x, y]] of places.entries()) {
    const last = kept.at(-1);
    if (k === places.length - 1 || last === undefined || Math.hypot(x - last[0], y - last[1]) > NEAR) {
      kept.push([x, y]);
    }
  }
  return kept;
}

/** A little more than what the paths take up. */
function spanOf(values: readonly number[]): Range {
  const { low, high } = hull(values) ?? { low: 0, high: 1 };
  const margin = MARGIN * Math.max(high - low, 1e-3);
  return { low: low - margin, high: high + margin };
}

const sideOf = (weight: number) => (weight < 0 ? -1 : 1);
const quadrantOf = ([w1, w2]: Pair) => [sideOf(w1), sideOf(w2)] as const;
const isIn = ([w1, w2]: Pair, [s1, s2]: readonly [number, number]) => w1 * s1 > 0 && w2 * s2 > 0;

function describe(paths: readonly TwoWeightPath[]): string {
  const parts = paths.map(({ potential, weights }) => {
    const [from, to] = [weights[0], weights[weights.length - 1]].map(
      (pair) => `(${pair.map((weight) => formatDecimals(weight, 2)).join(", ")})`,
    );
    return `${potential} from ${from} to ${to}`;
  });
  return parts.length === 0 ? "No run has ended." : `Paths: ${parts.join("; ")}.`;
}
