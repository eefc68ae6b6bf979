/** What learning adds to the change that happens anyway, size by size. */

import type { ControlFit } from "../../inference/control/control-fit.ts";
import type { SizeBin } from "../../inference/geometry-fit.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin, verticalGrid } from "../axes.ts";
import { GREY, HEADLINE, INK } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { dot, line, link, type Markish, plotGroup } from "../marks.ts";
import { hull, logTicks, padLog, type Range } from "../scales.ts";
import { formatDecimals, formatPercent, formatPlural } from "../words.ts";

const TITLE = "What learning adds to the change of a weight";
const CONTROL = "#E69F00";
const POINTS = 60;

/**
 * SD of the change in bins of initial size, learning and control, with the fitted variance functions.
 *
 * √(A + C w²) for the control, √(A + C w² + S² w^(2(1−λ))) for learning, and the last term alone: what is held to be learning.
 */
export const learningAndControl: Figure = {
  name: "learning-and-control",
  title: TITLE,
  applies: ({ control }) => control !== null,
  caption: ({ control, changeBySize, pairs }) => {
    if (control === null) return "There is no control.";
    const of = (bins: readonly SizeBin[], count: number) =>
      `${formatPlural(count, "pair")} in ${formatPlural(bins.length, "bin")}`;
    return (
      `SD of the weight change by initial size: learning (${of(changeBySize, pairs.used)}) and control ` +
      `(${of(control.changeBySize, control.pairs.used)}), vertical lines their intervals; curves are the variance functions fitted ` +
      `to both groups. The difference is learning, ${formatPercent(control.learningShare)} of the variance, growing as ` +
      `|w|^(1−λ) with λ = ${formatDecimals(control.variance.exponent, 2)}.`
    );
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: learningAndControl.caption(fit, picture) };
    const { control } = fit;
    const bins = { learning: drawable(fit.changeBySize), control: drawable(control?.changeBySize ?? []) };
    const sizes = hull([...bins.learning, ...bins.control].map(({ size }) => size));
    if (control === null || sizes === null || bins.learning.length < 2) {
      return drawReason(frame, "needs a control and two bins of initial size in which weights changed");
    }
    const range = padLog(sizes, 0.06);
    const deviations = heights([...bins.learning, ...bins.control], control, range);
    const ticks = { x: logTicks(range), y: logTicks(deviations) };
    const curves = curvesOf(control, range);
    const curve = (key: keyof (typeof curves)[number], stroke: string, dash: string) =>
      line(curves, { x: "size", y: key, stroke, strokeWidth: 2.5, strokeDasharray: dash, clip: true });
    const marks: Markish[] = [
      verticalGrid(ticks.x),
      horizontalGrid(ticks.y),
      curve("control", CONTROL, "none"),
      curve("both", INK, "none"),
      curve("learning", HEADLINE, "7 4"),
      ...binMarks(bins.control, CONTROL),
      ...binMarks(bins.learning, INK),
      bottomAxis(ticks.x, "initial size |w⁰| (unit of the file)"),
      leftAxis(ticks.y, "SD of the weight change (unit of the file)"),
    ];
    return drawFrame({ ...frame, legend: LEGEND }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        marginLeft: sideMargin(ticks.y),
        marginRight: 24,
        marginTop: 12,
        marginBottom: BOTTOM_MARGIN,
        x: { type: "log", domain: [range.low, range.high] },
        y: { type: "log", domain: [deviations.low, deviations.high] },
        marks,
      }),
    );
  },
};

const LEGEND: readonly LegendEntry[] = [
  { label: "learning group", colour: INK, mark: "range", width: 1.5 },
  { label: "control", colour: CONTROL, mark: "range", width: 1.5 },
  { label: "learning alone, fitted", colour: HEADLINE, mark: "line", dash: "7 4", width: 2.5 },
];

function drawable(bins: readonly SizeBin[]): SizeBin[] {
  return bins.filter(({ size, deviation, low }) => size > 0 && deviation > 0 && low > 0);
}

function binMarks(bins: readonly SizeBin[], colour: string): Markish[] {
  return [
    link(bins, { x: "size", y1: "low", y2: "high", stroke: colour, strokeWidth: 1.5, clip: true }),
    dot(bins, { x: "size", y: "deviation", r: 3.5, fill: colour, stroke: GREY, strokeWidth: 0.5 }),
  ];
}

function curvesOf({ variance }: ControlFit, { low, high }: Range) {
  return Array.from({ length: POINTS + 1 }, (_, k) => {
    const size = low * (high / low) ** (k / POINTS);
    const still = variance.additive + variance.multiplicative * size * size;
    const learned = variance.learning * size ** (2 * (1 - variance.exponent));
    return {
      size,
      control: Math.sqrt(still),
      both: Math.sqrt(still + learned),
      learning: Math.sqrt(learned),
    };
  });
}

/** From the lowest bin or control curve to the highest; the learning curve may leave the picture below. */
function heights(bins: readonly SizeBin[], control: ControlFit, range: Range): Range {
  const curves = curvesOf(control, range).flatMap(({ control: still, both }) => [still, both]);
  const held = hull([...bins.flatMap(({ low, high }) => [low, high]), ...curves]) ?? { low: 1, high: 1 };
  return padLog(held, 0.06);
}
