/** Each synapse by itself: its change against its size, and whether it seems to have taken part. */

import type { ControlPoint, GeometryPicture } from "../../inference/geometry-picture.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin, verticalGrid } from "../axes.ts";
import { GREY, HEADLINE, INK } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "../frame.ts";
import { dot, plotGroup, ruleY } from "../marks.ts";
import { hull, linearTicks, logTicks, padLog } from "../scales.ts";
import { formatCount, formatDecimals, formatPercent } from "../words.ts";

const TITLE = "Who responded";
const CONTROL = "#b8b8b8";
/** Share of the points at either end that the vertical axis leaves out. */
const BEYOND = 0.004;

/** w¹ − w⁰ against |w⁰|; learning synapses that took part with a probability above ½ stand out. */
export const whoResponded: Figure = {
  name: "who-responded",
  title: TITLE,
  applies: ({ control }) => control !== null,
  caption: ({ control }, picture) => {
    const { active, still, control: without } = groupsOf(picture);
    const all = active.length + still.length;
    if (all === 0) return "There are no pairs to draw.";
    const b = control?.selectivity ?? null;
    const slope =
      b === null
        ? ""
        : ` The log odds of responding change by ${formatDecimals(b.estimate, 1)} (${formatDecimals(b.low, 1)} to ${formatDecimals(b.high, 1)}) with each unit of ln size.`;
    return (
      `Change against initial size of ${formatCount(all)} synapses that learned and ${formatCount(without.length)} of the control. ` +
      `${formatPercent(active.length / all)} of the former changed as if they had taken part (probability above ½).${slope}`
    );
  },
  draw(fit, picture, { document }) {
    const frame = { document, title: TITLE, description: whoResponded.caption(fit, picture) };
    const { active, still, control } = groupsOf(picture);
    const all = [...active, ...still, ...control];
    const sizes = hull(all.map(({ size }) => size));
    if (sizes === null || active.length + still.length === 0)
      return drawReason(frame, "there are no pairs to draw");
    const range = padLog(sizes, 0.04);
    const changes = middleRange(all.map(({ change }) => change));
    const ticks = { x: logTicks(range), y: linearTicks(changes) };
    const dots = (points: readonly ControlPoint[], fill: string, r: number, fillOpacity: number) =>
      dot(points, { x: "size", y: "change", r, fill, fillOpacity, clip: true });
    return drawFrame({ ...frame, legend: LEGEND }, ({ width, height }) =>
      plotGroup(document, {
        width,
        height,
        marginLeft: sideMargin(ticks.y),
        marginRight: 24,
        marginTop: 12,
        marginBottom: BOTTOM_MARGIN,
        x: { type: "log", domain: [range.low, range.high] },
        y: { domain: [changes.low, changes.high] },
        marks: [
          verticalGrid(ticks.x),
          horizontalGrid(ticks.y),
          ruleY([0], { stroke: INK, strokeDasharray: "6 4" }),
          dots(control, CONTROL, 2, 0.8),
          dots(still, GREY, 2.5, 0.9),
          dots(active, HEADLINE, 3, 0.75),
          bottomAxis(ticks.x, "initial size |w⁰| (unit of the file)"),
          leftAxis(ticks.y, "change of size (unit of the file)"),
        ],
      }),
    );
  },
};

const LEGEND: readonly LegendEntry[] = [
  { label: "learning, took part", colour: HEADLINE, mark: "dot" },
  { label: "learning, did not", colour: GREY, mark: "dot" },
  { label: "control", colour: CONTROL, mark: "dot" },
];

function groupsOf({ control }: GeometryPicture) {
  const learning = control?.learning ?? [];
  return {
    active: learning.filter(({ activity }) => (activity ?? 0) > 0.5),
    still: learning.filter(({ activity }) => (activity ?? 0) <= 0.5),
    control: control?.control ?? [],
  };
}

function middleRange(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const beyond = Math.floor(BEYOND * sorted.length);
  const [low, high] = [sorted[beyond], sorted[sorted.length - 1 - beyond]];
  const pad = 0.05 * (high - low);
  return { low: low - pad, high: high + pad };
}
