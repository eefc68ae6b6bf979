/** How weights are distributed before and after learning: on a linear axis, and their sizes on a logarithmic one. */

import type { FloatArray } from "../geometry/potential.ts";
import { BOTTOM_MARGIN, bottomAxis, leftAxis, sideMargin } from "./axes.ts";
import { GREY } from "./colours.ts";
import type { FigureOptions } from "./figure.ts";
import { drawFrame, drawReason, type LegendEntry } from "./frame.ts";
import { areaY, line, plotGroup } from "./marks.ts";
import { linearTicks, logTicks, type Range, type Tick } from "./scales.ts";
import { svgElement } from "./svg-element.ts";
import { formatCount, formatNumber, formatPercent } from "./words.ts";

const FINAL = "#0072B2";
const BINS = 60;
const HEIGHT = 320;
const GAP = 12;
/** Share of the weights at each end that the axes may leave out, so that a few far ones do not press the others together. */
const TAIL = 0.005;
/** Axes end at whole steps of these, so that they stand still while weights move. */
const STEPS = { size: 1.5, power: 0.5 } as const;

interface Panel {
  readonly label: string;
  readonly view: Range;
  readonly ticks: readonly Tick[];
  readonly initial: readonly number[];
  readonly final: readonly number[];
}

/**
 * Shares of the weights in 60 bins of equal width: w on the left, log₁₀|w| on the right, which has no place for zeros.
 *
 * @param initial  before learning, length n ≥ 1
 * @param final    after it, or so far, length n
 * @returns        a standalone SVG; one line with the reason where no weight is finite
 */
export function weightHistograms(
  initial: FloatArray,
  final: FloatArray,
  title: string,
  { document }: FigureOptions,
): SVGElement {
  const sizes = Float64Array.from([...initial, ...final], Math.abs)
    .filter((size) => size > 0 && Number.isFinite(size))
    .sort();
  const spread = deviationOf(final);
  const description = `${formatCount(final.length)} weights; their standard deviation was ${formatNumber(deviationOf(initial))} and is ${formatNumber(spread)}.`;
  const frame = { document, title, description };
  if (sizes.length === 0) return drawReason(frame, "no weight is finite and not zero");
  const panels = [linearPanel(initial, final, sizes), logarithmicPanel(initial, final, sizes)];
  return drawFrame({ ...frame, legend: LEGEND, height: HEIGHT }, ({ width, height }) => {
    const each = (width - GAP) / 2;
    const drawn = panels.map((panel, k) =>
      svgElement(document, "g", { transform: `translate(${k * (each + GAP)},0)` }, [
        plotPanel(document, panel, { width: each, height }),
      ]),
    );
    return svgElement(document, "g", {}, drawn);
  });
}

const LEGEND: readonly LegendEntry[] = [
  { label: "before learning", colour: GREY, mark: "line" },
  { label: "now", colour: FINAL, mark: "band", opacity: 0.55 },
];

function linearPanel(initial: FloatArray, final: FloatArray, sizes: Float64Array): Panel {
  const largest = sizes[Math.floor((1 - TAIL) * (sizes.length - 1))];
  const high = STEPS.size ** Math.ceil(Math.log(largest) / Math.log(STEPS.size));
  const view = { low: -high, high };
  const ticks = linearTicks(view, 5);
  return {
    label: "weight w",
    view,
    ticks,
    initial: sharesOf(initial, view, Number),
    final: sharesOf(final, view, Number),
  };
}

function logarithmicPanel(initial: FloatArray, final: FloatArray, sizes: Float64Array): Panel {
  const [low, high] = [TAIL, 1 - TAIL].map((share) =>
    Math.log10(sizes[Math.floor(share * (sizes.length - 1))]),
  );
  const view = {
    low: STEPS.power * (Math.ceil(low / STEPS.power) - 1),
    high: STEPS.power * (Math.floor(high / STEPS.power) + 1),
  };
  const ticks = logTicks({ low: 10 ** view.low, high: 10 ** view.high }, 5);
  const power = (weight: number) => Math.log10(Math.abs(weight));
  return {
    label: "size |w|, logarithmic",
    view,
    ticks: ticks.map(({ value, label }) => ({ value: Math.log10(value), label })),
    initial: sharesOf(initial, view, power),
    final: sharesOf(final, view, power),
  };
}

function sharesOf(weights: FloatArray, { low, high }: Range, map: (weight: number) => number): number[] {
  const shares = new Array<number>(BINS).fill(0);
  for (const weight of weights) {
    const bin = Math.floor((BINS * (map(weight) - low)) / (high - low));
    if (bin >= 0 && bin < BINS) shares[bin] += 1 / weights.length;
  }
  return shares;
}

function plotPanel(
  document: Document,
  panel: Panel,
  size: { readonly width: number; readonly height: number },
) {
  const { label, view, ticks, initial, final } = panel;
  const top = 1.05 * Math.max(0.01, ...initial, ...final);
  const shares = linearTicks({ low: 0, high: top }, 4).map(({ value }) => ({
    value,
    label: formatPercent(value),
  }));
  const stepsOf = (heights: readonly number[]) =>
    Array.from({ length: BINS + 1 }, (_, k) => ({
      place: view.low + (k * (view.high - view.low)) / BINS,
      share: heights[Math.min(k, BINS - 1)],
    }));
  const common = { x: "place", curve: "step-after" } as const;
  return plotGroup(document, {
    ...size,
    marginLeft: sideMargin(shares),
    marginRight: 16,
    marginTop: 8,
    marginBottom: BOTTOM_MARGIN,
    x: { domain: [view.low, view.high] },
    y: { domain: [0, top] },
    marks: [
      areaY(stepsOf(final), { ...common, y1: 0, y2: "share", fill: FINAL, fillOpacity: 0.55 }),
      line(stepsOf(initial), { ...common, y: "share", stroke: GREY, strokeWidth: 1.5 }),
      bottomAxis(ticks, label),
      leftAxis(shares, "share of the weights"),
    ],
  });
}

function deviationOf(weights: FloatArray): number {
  let [sum, squares] = [0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  const mean = sum / weights.length;
  return Math.sqrt(Math.max(0, squares / weights.length - mean * mean));
}
