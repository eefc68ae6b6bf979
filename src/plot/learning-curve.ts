/** How a run learned: loss and accuracy, pass by pass. */

import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, rightAxis, sideMargin } from "./axes.ts";
import type { FigureOptions } from "./figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "./frame.ts";
import { line, type Markish, plotGroup } from "./marks.ts";
import { hull, linearTicks, logTicks, padLog, type Range } from "./scales.ts";
import { formatCount, formatNumber, formatPercent } from "./words.ts";

/** What one pass over the examples gave; null for what was not measured. */
export interface LearningPass {
  /** From 0. */
  readonly pass: number;
  /** Mean over the batches, each before its update; > 0 to be drawn. */
  readonly loss: number | null;
  /** Share of right answers, of the same. */
  readonly accuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly heldOutAccuracy: number | null;
}

const COLOURS = { loss: "#0072B2", accuracy: "#D55E00" } as const;
const HELD_OUT_DASH = "5 3";

/** One curve: what is drawn, in which colour, and how solid. */
interface Curve {
  readonly label: string;
  readonly key: "loss" | "accuracy" | "heldOutLoss" | "heldOutAccuracy";
  readonly colour: string;
  readonly dash: string | null;
}

const CURVES: readonly Curve[] = [
  { label: "loss", key: "loss", colour: COLOURS.loss, dash: null },
  { label: "loss, held out", key: "heldOutLoss", colour: COLOURS.loss, dash: HELD_OUT_DASH },
  { label: "accuracy (right axis)", key: "accuracy", colour: COLOURS.accuracy, dash: null },
  { label: "accuracy, held out", key: "heldOutAccuracy", colour: COLOURS.accuracy, dash: HELD_OUT_DASH },
];

const isLoss = ({ key }: Curve) => key === "loss" || key === "heldOutLoss";

/**
 * The loss on a logarithmic axis and, where answers are classes, the accuracy on a second one, over the passes.
 *
 * @param title  such as the name of the run
 * @returns      a standalone SVG; one line with the reason where no loss is positive and finite
 */
export function learningCurve(
  passes: readonly LearningPass[],
  title: string,
  { document }: FigureOptions,
): SVGElement {
  const curves = CURVES.filter(({ key }) => passes.some((pass) => isDrawn(pass[key])));
  const losses = hull(curves.filter(isLoss).flatMap(({ key }) => passes.map((pass) => positive(pass[key]))));
  const last = passes[passes.length - 1];
  const frame = { document, title, description: describe(last) };
  if (losses === null) return drawReason(frame, "no pass ended with a loss that is positive and finite");
  const view = { losses: padLog(widened(losses), 0.05), passes: spanOf(last.pass + 1) };
  const legend = curves.map(
    ({ label, colour, dash }): LegendEntry => ({ label, colour, dash, mark: "line" }),
  );
  return drawFrame({ ...frame, legend }, ({ width, height }) => {
    const ticks = { losses: logTicks(view.losses), shares: shareTicks, passes: passTicks(view.passes) };
    const accuracy = curves.some((curve) => !isLoss(curve));
    const marks: Markish[] = [
      horizontalGrid(ticks.losses),
      bottomAxis(ticks.passes, "pass over the examples"),
      leftAxis(ticks.losses, "loss"),
      ...(accuracy
        ? [
            rightAxis(
              ticks.shares.map((tick) => onLossAxis(tick, view.losses)),
              "accuracy",
            ),
          ]
        : []),
      ...curves.map((curve) => curveMark(curve, passes, view.losses)),
    ];
    return plotGroup(document, {
      width,
      height,
      marginLeft: sideMargin(ticks.losses),
      marginRight: accuracy ? sideMargin(ticks.shares) : 24,
      marginBottom: BOTTOM_MARGIN,
      x: { domain: [view.passes.low, view.passes.high] },
      y: { type: "log", domain: [view.losses.low, view.losses.high] },
      marks,
    });
  });
}

const shareTicks = [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: formatPercent(value) }));

/** A share of 0 to 1 as a place on the axis of losses, from its low end to its high one. */
const placeOf = (share: number, { low, high }: Range) => low * (high / low) ** share;

const onLossAxis = (tick: { readonly value: number; readonly label: string }, losses: Range) => ({
  ...tick,
  value: placeOf(tick.value, losses),
});

/** The least share of the highest to the lowest loss on the axis: nearer ones would have no tick between them. */
const LEAST_RANGE = 3;

function widened({ low, high }: Range): Range {
  const factor = Math.sqrt(Math.max(1, (LEAST_RANGE * low) / high));
  return { low: low / factor, high: high * factor };
}

/** A single pass stands in the middle. */
const spanOf = (passes: number): Range => (passes === 1 ? { low: 0.5, high: 1.5 } : { low: 1, high: passes });

/** Whole passes only. */
const passTicks = (passes: Range) =>
  linearTicks(passes)
    .filter(({ value }) => Number.isInteger(value))
    .map(({ value }) => ({ value, label: formatCount(value) }));

/** Half the width at which a single pass is drawn, so that a dashed line is told from a solid one. */
const LEVEL = 0.2;

function curveMark(curve: Curve, passes: readonly LearningPass[], losses: Range): Markish {
  const { key, colour, dash } = curve;
  const points = passes.map((pass) => {
    const value = pass[key];
    const y = isLoss(curve) ? positive(value) : value === null ? null : placeOf(value, losses);
    return { x: pass.pass + 1, y: y ?? Number.NaN };
  });
  const ends = points.length > 1 ? [0] : [-LEVEL, LEVEL];
  const drawn = ends.flatMap((shift) => points.map(({ x, y }) => ({ x: x + shift, y })));
  return line(drawn, {
    x: "x",
    y: "y",
    stroke: colour,
    strokeWidth: 2,
    ...(dash === null ? {} : { strokeDasharray: dash }),
  });
}

const isDrawn = (value: number | null) => value !== null && Number.isFinite(value);
const positive = (value: number | null) =>
  value !== null && value > 0 && Number.isFinite(value) ? value : null;

function describe(last: LearningPass | undefined): string {
  if (last === undefined) return "No pass has ended.";
  const { pass, loss, accuracy, heldOutAccuracy } = last;
  const right = accuracy === null ? "" : `, accuracy ${formatPercent(accuracy)}`;
  const heldOut = heldOutAccuracy === null ? "" : `, ${formatPercent(heldOutAccuracy)} on held-out examples`;
  const after = `After ${pass === 0 ? "one pass" : `${formatCount(pass + 1)} passes`}`;
  if (loss === null) return `${after} the loss is no finite number.`;
  return `${after} the loss is ${formatNumber(loss)}${right}${heldOut}.`;
}
