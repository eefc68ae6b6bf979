/** Power against the number of synapses: which experiment tells two geometries apart. */

import type { Design, DesignPoint, SimulatedPoint } from "../inference/index.ts";
import { BOTTOM_MARGIN, bottomAxis, horizontalGrid, leftAxis, sideMargin, verticalGrid } from "./axes.ts";
import { GREY, HEADLINE } from "./colours.ts";
import type { FigureOptions } from "./figure.ts";
import { drawFrame, type LegendEntry } from "./frame.ts";
import { dot, line, link, type Markish, plotGroup, ruleY } from "./marks.ts";
import { hull, logTicks, padLog, type Range } from "./scales.ts";
import { formatCount, formatPercent } from "./words.ts";

/** The parts of a design that are drawn. */
export type PowerDesign = Pick<Design, "power" | "simulation" | "curve" | "simulated">;

const FORMULA = "#0072B2";
const SIMULATION = "#D55E00";
const ASKED_DASH = "5 3";

/**
 * Power by formula as a curve and by simulation as points with their 95 % binomial intervals, over the learning synapses.
 *
 * The answer is a diamond, unless the interval of its confirming runs lies below the power asked for: then a line says so.
 *
 * @param between  the names of the two geometries
 * @returns        a standalone SVG
 */
export function powerCurve(
  design: PowerDesign,
  between: readonly [string, string],
  { document }: FigureOptions,
): SVGElement {
  const { power, simulation } = design;
  const answered = simulation.high >= power;
  const frame = {
    document,
    title: `Power to tell ${between[0]} from ${between[1]}`,
    description: answerWords(design, answered),
    legend: legendOf(design, answered),
    ...(answered ? {} : { note: answerWords(design, answered) }),
  };
  const curve = distinct(design.curve);
  const view = viewOf([...curve, ...design.simulated]);
  const ticks = { synapses: logTicks(view), power: powerTicks };
  return drawFrame(frame, ({ width, height }) =>
    plotGroup(document, {
      width,
      height,
      marginTop: 12,
      marginLeft: sideMargin(ticks.power),
      marginRight: 24,
      marginBottom: BOTTOM_MARGIN,
      x: { type: "log", domain: [view.low, view.high] },
      y: { domain: [0, 1] },
      marks: [
        horizontalGrid(ticks.power),
        verticalGrid(ticks.synapses),
        bottomAxis(ticks.synapses, axisLabel(simulation)),
        leftAxis(ticks.power, "power"),
        ruleY([power], { stroke: GREY, strokeWidth: 1.5, strokeDasharray: ASKED_DASH }),
        line(curve, { x: "learning", y: "power", stroke: FORMULA, strokeWidth: 2, curve: "monotone-x" }),
        ...simulationMarks(design, answered),
      ],
    }),
  );
}

const powerTicks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => ({ value, label: formatPercent(value) }));

function simulationMarks({ simulation, simulated }: PowerDesign, answered: boolean): Markish[] {
  const answer = answered ? [simulation] : [];
  return [
    link(answer, { x: "learning", y1: 0, y2: "power", stroke: HEADLINE, strokeWidth: 1.5 }),
    link(simulated, { x: "learning", y1: "low", y2: "high", stroke: SIMULATION, strokeWidth: 2 }),
    dot(simulated, { x: "learning", y: "power", r: 3.5, fill: SIMULATION }),
    dot(answer, { x: "learning", y: "power", r: 7, symbol: "diamond", fill: HEADLINE }),
  ];
}

function legendOf({ power, simulation }: PowerDesign, answered: boolean): LegendEntry[] {
  return [
    { label: "by formula", colour: FORMULA, mark: "line" },
    { label: "by simulation, 95 % intervals", colour: SIMULATION, mark: "range" },
    { label: `asked for: ${formatPercent(power)}`, colour: GREY, mark: "line", dash: ASKED_DASH },
    ...(answered
      ? [{ label: `answer: ${countWords(simulation)}`, colour: HEADLINE, mark: "diamond" } as const]
      : []),
  ];
}

function answerWords({ power, simulation }: PowerDesign, answered: boolean): string {
  const { low, high } = simulation;
  const found = `${percent(simulation.power)} (${percent(low)} to ${percent(high)})`;
  return answered
    ? `By simulation ${countWords(simulation)} synapses have a power of ${found}, asked for ${percent(power)}.`
    : `No answer: the last tried, ${countWords(simulation)}, falls short with ${found}.`;
}

const percent = (share: number) => formatPercent(Math.round(100 * share) / 100);

function countWords({ learning, control }: DesignPoint): string {
  return `${formatCount(learning)} learning and ${formatCount(control)} control`;
}

function axisLabel({ learning, control }: DesignPoint): string {
  const ratio = control / learning;
  return ratio === 1 ? "learning synapses, and as many control synapses" : "learning synapses";
}

/** The formula rounds small numbers up to the same whole one: the last of them is nearest to it. */
const distinct = (curve: readonly DesignPoint[]) =>
  curve.filter(({ learning }, k) => learning !== curve[k + 1]?.learning);

function viewOf(points: readonly (DesignPoint | SimulatedPoint)[]): Range {
  const range = hull(points.map(({ learning }) => learning)) ?? { low: 1, high: 10 };
  return padLog(range, 0.04);
}
