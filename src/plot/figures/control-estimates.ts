/** The exponent of learning by every method that sees the control. */

import type { GeometryFit } from "../../inference/geometry-fit.ts";
import { HEADLINE, INK } from "../colours.ts";
import { CONTROL_METHOD_LABELS } from "../control-words.ts";
import type { Figure } from "../figure.ts";
import { type ForestRow, forestHeight, forestPlot } from "../forest.ts";
import { drawFrame } from "../frame.ts";
import { formatEstimate } from "../words.ts";

const TITLE = "The exponent of learning, by method";
const BESIDE = "#E69F00";

/** λ̂ with its interval by each method, and below what a look without the control, and at the control alone, would give. */
export const controlEstimates: Figure = {
  name: "control-estimates",
  title: TITLE,
  applies: ({ control }) => control !== null,
  caption: ({ control }) => {
    if (control === null) return "There is no control.";
    const [variance, convolution] = control.estimates;
    return (
      `λ of learning beyond the control: ${formatEstimate(variance)} by variances, ${formatEstimate(convolution)} by the whole law ` +
      `of the change; without the control it would have been ${formatEstimate(control.withoutControl)}, and the control by itself ` +
      `has ${formatEstimate(control.fluctuation)}.`
    );
  },
  draw(fit, picture, { document }) {
    const rows = rowsOf(fit);
    const options = {
      document,
      title: TITLE,
      description: controlEstimates.caption(fit, picture),
      legend: [
        { label: "headline", colour: HEADLINE, mark: "diamond" },
        { label: "learning beyond the control", colour: INK, mark: "dot" },
        { label: "without that distinction", colour: BESIDE, mark: "dot" },
      ] as const,
      height: 56 + forestHeight(rows.length),
    };
    return drawFrame(options, (area) => forestPlot(document, rows, fit.potentials, area));
  },
};

function rowsOf({ control }: GeometryFit): ForestRow[] {
  if (control === null) return [];
  const methods = control.estimates.map((estimate): ForestRow => {
    const isHeadline = estimate.name === control.headline;
    return {
      ...estimate,
      label: CONTROL_METHOD_LABELS[estimate.name],
      colour: isHeadline ? HEADLINE : INK,
      mark: isHeadline ? "diamond" : "dot",
      reason: "no estimate",
    };
  });
  const beside = [
    { label: "mean change", ...control.meanChange },
    { label: "without the control", ...control.withoutControl },
    { label: "the control alone", ...control.fluctuation },
  ].map((row): ForestRow => ({ ...row, colour: BESIDE, mark: "dot", reason: "no estimate" }));
  return [...methods, ...beside];
}
