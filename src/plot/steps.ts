/** The exponent of each step of a series of checkpoints. */

import type { GeometryFit } from "../inference/geometry-fit.ts";
import { HEADLINE } from "./colours.ts";
import type { FigureOptions } from "./figure.ts";
import type { DrawnFigure } from "./figures.ts";
import { forestHeight, forestPlot } from "./forest.ts";
import { drawFrame } from "./frame.ts";
import { svgText } from "./svg-text.ts";
import { formatCount, formatPercent } from "./words.ts";

const TITLE = "Exponent λ of each step";

export interface StepFit {
  /** Such as `epoch1 → epoch2`. */
  readonly label: string;
  /** Null where there is no answer. */
  readonly fit: GeometryFit | null;
}

/** A row a step with its interval, in the order given; one step with an answer or more. */
export function exponentOfSteps(steps: readonly StepFit[], { document }: FigureOptions): DrawnFigure {
  const rows = steps.map(({ label, fit }) => ({
    ...(fit === null
      ? { estimate: null, low: null, high: null }
      : { ...fit.exponent, detail: formatCount(fit.pairs.used) }),
    label,
    colour: HEADLINE,
    mark: "dot" as const,
    reason: fit === null ? "no answer" : "no estimate",
  }));
  const answered = steps.flatMap(({ fit }) => fit ?? []);
  const level = formatPercent(answered[0].exponent.level);
  const caption = `The exponent of each of ${steps.length} steps with its ${level} interval.`;
  const options = {
    document,
    title: TITLE,
    description: caption,
    legend: [{ label: `one step, with its ${level} interval`, colour: HEADLINE, mark: "dot" }] as const,
    height: 56 + forestHeight(rows.length),
  };
  const svg = drawFrame(options, (area) => forestPlot(document, rows, answered[0].potentials, area));
  return { name: "steps", caption, svg: svgText(svg, "steps") };
}
