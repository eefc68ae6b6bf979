/** The pairs themselves: final against initial weights. */

import type { GeometryPicture } from "../../inference/geometry-picture.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin, verticalGrid } from "../axes.ts";
import { INK } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { dot, line, plotGroup } from "../marks.ts";
import { hull, logTicks, padLog } from "../scales.ts";
import { formatCount, formatNumber, formatPlural } from "../words.ts";

const TITLE = "Final against initial weights";
const POSITIVE = "#0072B2";
const NEGATIVE = "#E69F00";

interface Point {
  readonly initial: number;
  readonly final: number;
}

/**
 * |w¹| against |w⁰| on logarithmic axes, with the line on which nothing changes.
 *
 * Signs are told by colour, sign flips drawn last; weights that are absent at either end have no place here.
 */
export const finalByInitial: Figure = {
  name: "final-by-initial",
  title: TITLE,
  applies: () => true,
  caption: (fit, picture) => {
    const points = pointsBySign(picture);
    if (points.all === 0) return "There are no pairs to draw.";
    const flips = fit.pairs.signFlips;
    const signs =
      flips > 0 ? `${formatCount(flips)} of all used pairs changed sign` : "no used pair changed sign";
    const size = hull(picture.sample.initial.map(Math.abs).filter((value) => value > 0));
    const range =
      size === null ? "" : `; initial sizes from ${formatNumber(size.low)} to ${formatNumber(size.high)}`;
    return `${drawnNote(points.all, picture)}${range}; ${signs}. On the dashed line nothing changed.`;
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: finalByInitial.caption(fit, picture) };
    const { positive, negative, flipped, all } = pointsBySign(picture);
    const range = hull(
      [...positive, ...negative, ...flipped].flatMap(({ initial, final }) => [initial, final]),
    );
    if (range === null)
      return drawReason(frame, "there are no pairs of finite weights other than zero to draw");
    const domain = padLog(range, 0.04);
    const ticks = logTicks(domain);
    const signed = negative.length > 0 || flipped.length > 0;
    const size = (symbol: string) => (signed ? `|${symbol}|` : symbol);
    const radius = all < 100 ? 3.5 : all < 1000 ? 2.5 : 2;
    const dots = (points: readonly Point[], fill: string) =>
      dot(points, { x: "initial", y: "final", r: radius, fill, fillOpacity: 0.55 });
    const legend = legendOf([
      { points: positive, label: "positive", colour: POSITIVE },
      { points: negative, label: "negative", colour: NEGATIVE },
      { points: flipped, label: "changed sign", colour: INK },
    ]);
    return drawFrame({ ...frame, legend, note: drawnNote(all, picture) }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        marginLeft: sideMargin(ticks),
        marginRight: 24,
        marginTop: 12,
        marginBottom: BOTTOM_MARGIN,
        x: { type: "log", domain: [domain.low, domain.high] },
        y: { type: "log", domain: [domain.low, domain.high] },
        marks: [
          verticalGrid(ticks),
          horizontalGrid(ticks),
          line([domain.low, domain.high], {
            x: (value: number) => value,
            y: (value: number) => value,
            stroke: INK,
            strokeDasharray: "6 4",
          }),
          dots(positive, POSITIVE),
          dots(negative, NEGATIVE),
          dots(flipped, INK),
          bottomAxis(ticks, `initial weight ${size("w⁰")} (unit of the file)`),
          leftAxis(ticks, `final weight ${size("w¹")} (unit of the file)`),
        ],
      }),
    );
  },
};

interface PointsBySign {
  readonly positive: readonly Point[];
  readonly negative: readonly Point[];
  readonly flipped: readonly Point[];
  /** How many are drawn. */
  readonly all: number;
}

function pointsBySign({ sample }: GeometryPicture): PointsBySign {
  const positive: Point[] = [];
  const negative: Point[] = [];
  const flipped: Point[] = [];
  for (let k = 0; k < sample.initial.length; k++) {
    const initial = sample.initial[k];
    const final = sample.final[k];
    if (!(Number.isFinite(initial) && Number.isFinite(final)) || initial === 0 || final === 0) continue;
    const home = initial > 0 !== final > 0 ? flipped : initial > 0 ? positive : negative;
    home.push({ initial: Math.abs(initial), final: Math.abs(final) });
  }
  return { positive, negative, flipped, all: positive.length + negative.length + flipped.length };
}

function drawnNote(drawn: number, { sample }: GeometryPicture): string {
  return drawn < sample.of
    ? `${formatCount(drawn)} of ${formatCount(sample.of)} pairs, drawn at random`
    : `All ${formatPlural(drawn, "pair")}`;
}

function legendOf(
  kinds: readonly { readonly points: readonly Point[]; readonly label: string; readonly colour: string }[],
): LegendEntry[] {
  const entries = kinds
    .filter(({ points }) => points.length > 0)
    .map(({ points, label, colour }): LegendEntry => {
      return { label: `${label} (${formatCount(points.length)})`, colour, mark: "dot" };
    });
  return [...entries, { label: "no change", colour: INK, mark: "line", dash: "6 4", width: 1.5 }];
}
