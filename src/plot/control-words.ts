/** What the report says of a fit that was held against a control. */

import type { ControlEstimate, ControlFit, ControlMethod } from "../inference/control/control-fit.ts";
import type { GeometryFit } from "../inference/geometry-fit.ts";
import {
  formatCount,
  formatDecimals,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatPlural,
} from "./words.ts";

/** Short enough to head a row. */
export const CONTROL_METHOD_LABELS: { readonly [M in ControlMethod]: string } = {
  "variance-function": "variance function",
  convolution: "convolution likelihood",
  "convolution-mixture": "the same, some inactive",
  "truncated-independence": "truncated independence",
  "activity-mixture": "tied mixture",
};

/** What speaks for or against the comparison, one sentence each. */
export function controlSentences(control: ControlFit): string[] {
  const { learningShare, pairs, selectivity, exceedances, smallSizes, meanChange, fluctuation } = control;
  return [
    `Learning is ${formatPercent(learningShare)} of the variance of the change; below 20 % nothing would be said. The control ` +
      `has ${formatPlural(pairs.used, "pair")}.`,
    `The control's own change, fluctuation and measurement noise together, has λ = ${formatEstimate(fluctuation)}; without a control ` +
      "it would have been taken for learning.",
    meanChange.estimate === null
      ? "The mean change beyond the control's is not beyond its error."
      : `The mean change beyond the control's has λ = ${formatEstimate(meanChange)}; saturation and homeostasis act on the mean, so that it need not agree.`,
    ...(selectivity === null
      ? []
      : [
          `Taking part: a likelihood in which some synapses stay as in the control gains ${formatNumber(selectivity.likelihoodRatio / 2)} in ` +
            `log-likelihood, ${selectivity.detected ? "so that not all took part" : "too little to show that some did not take part"}; the log odds ` +
            `of taking part change by b = ${formatDecimals(selectivity.estimate, 1)} (${formatDecimals(selectivity.low, 1)} to ` +
            `${formatDecimals(selectivity.high, 1)}) with each unit of ln size.`,
        ]),
    `${formatPlural(exceedances.count, "synapse")} changed by more than ${formatNumber(exceedances.bound)} SDs of the control; the ` +
      "test that rests on them needs 30.",
    ...(smallSizes === 0
      ? []
      : [
          `${formatPlural(smallSizes, "initial size")} below a fiftieth of the geometric mean ${smallSizes === 1 ? "was" : "were"} taken as that in the variance functions.`,
        ]),
  ];
}

const METHOD_SENTENCES: { readonly [M in ControlMethod]: string } = {
  "variance-function":
    "the variance of the change at each initial size was fitted in both groups together, A + C w² in the control and that plus " +
    "S² w^(2(1−λ)) in the learning group (quasi-likelihood, Davidian & Carroll 1987), the mean change left free",
  convolution:
    "the density of the final given the initial weight was fitted as a Gaussian or t₄ change in the dual (whichever was likelier), " +
    "blurred by the control's variance",
  "convolution-mixture":
    "the same with a logistic probability, depending on size, that a synapse takes part at all",
  "truncated-independence":
    "only changes larger than any in the control were tested for independence of the initial weight given that truncation " +
    "(Efron & Petrosian 1992), which holds whatever decides which synapses respond",
  "activity-mixture":
    "changes were fitted as a mixture of learning and of the control's law, its parameters shared with the control",
};

/** The methods paragraph of a fit with a control, ready for a paper. */
export function controlMethods({ control }: GeometryFit): string {
  if (control === null) return "";
  const clusters =
    control.clusters === null
      ? "Intervals are sandwich intervals (for the test, by inversion)."
      : `Pairs of one cluster are not independent: intervals are from resamples of the ${formatCount(control.clusters)} whole clusters.`;
  const each = control.estimates
    .filter(({ estimate }) => estimate !== null)
    .map(
      (estimate) => `${METHOD_SENTENCES[estimate.name]}: λ = ${formatEstimate(estimate)}${caution(estimate)}`,
    )
    .join("; ");
  return (
    `A group without learning (${formatPlural(control.pairs.used, "pair")}) was measured in the same way, and λ is that of what learning ` +
    `adds to it. By variances, ${each}. ${clusters}`
  ).replace("By variances, the variance", "The variance");
}

function caution({ calibrated }: ControlEstimate): string {
  return calibrated ? "" : " (beyond 1.3, where this is pulled towards 1)";
}
