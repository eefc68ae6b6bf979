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
  readonly fit: GeometryFit;
}

/** A row a step with its interval, in the order given; one step or more. */
export function exponentOfSteps(steps: readonly StepFit[], { document }: FigureOptions): DrawnFigure {
  const rows = steps.map(({ label, fit }) => ({
    ...fit.exponent,
    label,
    detail: formatCount(fit.pairs.used),
    colour: HEADLINE,
    mark: "dot" as const,
    reason: "no estimate",
  }));
  const level = formatPercent(steps[0].fit.exponent.level);
  const caption = `The exponent of each of ${steps.length} steps with its ${level} interval.`;
  const options = {
    document,
    title: TITLE,
    description: caption,
    legend: [{ label: `one step, with its ${level} interval`, colour: HEADLINE, mark: "dot" }] as const,
    height: 56 + forestHeight(rows.length),
  };
  const svg = drawFrame(options, (area) => forestPlot(document, rows, steps[0].fit.potentials, area));
  return { name: "steps", caption, svg: svgText(svg, "steps") };
}
