/** Accuracy against the number of irrelevant inputs, in two geometries (Cornford et al. 2024, Fig. 4B). */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin, verticalGrid } from "../axes.ts";
import { INK, potentialLook } from "../colours.ts";
import type { FigureOptions } from "../figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { dot, line, type Markish, plotGroup, ruleY } from "../marks.ts";
import { hull, logTicks, padLog } from "../scales.ts";
import { formatCount, formatPercent } from "../words.ts";

/** One network. */
export interface IrrelevantInputsPoint {
  readonly potential: string;
  /** n − k > 0, inputs that say nothing of the answer. */
  readonly irrelevant: number;
  /** Share of right answers, 0 to 1. */
  readonly accuracy: number;
}

const CHANCE_DASH = "1 3";
const TITLE = "Accuracy with irrelevant inputs";
/** The factor on the place of a published point, so that it stands beside ours, not under them. */
const ASIDE = 1.12;

/**
 * Our networks as points with a line through their means, published means as crosses a little to the right; chance is drawn.
 *
 * @param points     our networks
 * @param published  means of the paper
 * @returns          a standalone SVG; one line with the reason where there are no points
 */
export function irrelevantInputs(
  points: readonly IrrelevantInputsPoint[],
  published: readonly IrrelevantInputsPoint[],
  { document }: FigureOptions,
): SVGElement {
  const potentials = [...new Set(points.map(({ potential }) => potential))];
  const means = potentials.flatMap((potential) => meansOf(potential, points));
  const frame = { document, title: TITLE, description: describe(means) };
  const range = hull([...points, ...published].map(({ irrelevant }) => irrelevant));
  if (points.length === 0 || range === null) return drawReason(frame, "no run has ended");
  const view = padLog(range, 0.06);
  const ticks = { inputs: logTicks(view), accuracy: accuracyTicks };
  const legend: LegendEntry[] = [
    ...potentials.map((potential): LegendEntry => ({ label: potential, mark: "line", ...look(potential) })),
    { label: "chance", colour: INK, mark: "line", dash: CHANCE_DASH },
    { label: "one network", colour: INK, mark: "dot" },
    { label: "published mean", colour: INK, mark: "diamond" },
  ];
  return drawFrame({ ...frame, legend }, ({ width, height }) =>
    plotGroup(document, {
      width,
      height,
      marginTop: 12,
      marginLeft: sideMargin(ticks.accuracy),
      marginRight: 24,
      marginBottom: BOTTOM_MARGIN,
      x: { type: "log", domain: [view.low, view.high] },
      y: { domain: [0.4, 1] },
      marks: [
        horizontalGrid(ticks.accuracy),
        verticalGrid(ticks.inputs),
        bottomAxis(ticks.inputs, "irrelevant inputs"),
        leftAxis(ticks.accuracy, "accuracy on held-out examples"),
        ruleY([0.5], { stroke: INK, strokeDasharray: CHANCE_DASH }),
        ...potentials.flatMap((potential) => marksOf(potential, points, published)),
      ],
    }),
  );
}

const accuracyTicks = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((value) => ({
  value,
  label: formatPercent(value),
}));
const look = (potential: string) => potentialLook(potential, [potential]);

function marksOf(
  potential: string,
  points: readonly IrrelevantInputsPoint[],
  published: readonly IrrelevantInputsPoint[],
): Markish[] {
  const { colour, dash } = look(potential);
  const own = ({ potential: name }: IrrelevantInputsPoint) => name === potential;
  const place = { y: "accuracy", fill: colour } as const;
  const beside = published.filter(own).map((point) => ({ ...point, irrelevant: point.irrelevant * ASIDE }));
  return [
    line(meansOf(potential, points), {
      x: "irrelevant",
      y: "accuracy",
      stroke: colour,
      strokeWidth: 2,
      ...(dash === null ? {} : { strokeDasharray: dash }),
    }),
    dot(points.filter(own), { ...place, x: "irrelevant", r: 3.5, fillOpacity: 0.6 }),
    dot(beside, { ...place, x: "irrelevant", r: 6, symbol: "diamond" }),
  ];
}

/** One mean for each number of inputs, in growing order. */
function meansOf(potential: string, points: readonly IrrelevantInputsPoint[]): IrrelevantInputsPoint[] {
  const own = points.filter((point) => point.potential === potential);
  const numbers = [...new Set(own.map(({ irrelevant }) => irrelevant))].sort((a, b) => a - b);
  return numbers.map((irrelevant) => {
    const accuracies = own.filter((point) => point.irrelevant === irrelevant).map(({ accuracy }) => accuracy);
    return {
      potential,
      irrelevant,
      accuracy: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
    };
  });
}

function describe(means: readonly IrrelevantInputsPoint[]): string {
  const parts = means.map(
    ({ potential, irrelevant, accuracy }) =>
      `${potential} with ${formatCount(irrelevant)} irrelevant inputs ${formatPercent(accuracy)}`,
  );
  return parts.length === 0 ? "No run has ended." : `Mean accuracy: ${parts.join(", ")}.`;
}
