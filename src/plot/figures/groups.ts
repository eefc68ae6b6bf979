/** The exponent of each group beside the pooled one: do they share a geometry? */

import type { GeometryFit } from "../../inference/geometry-fit.ts";
import { HEADLINE } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { type ForestRow, forestHeight, forestPlot } from "../forest.ts";
import { drawFrame } from "../frame.ts";
import { formatCount, formatEstimate, formatPercent, formatPlural, formatPValue } from "../words.ts";

const TITLE = "Exponent λ of each group";
const MOST_ROWS = 40;
const GROUP_COLOUR = "#0072B2";

/** One row a group with its interval, the largest 40 where there are more, and all groups together at the bottom. */
export const groups: Figure = {
  name: "groups",
  title: TITLE,
  applies: (fit) => fit.groups.length >= 2,
  caption: (fit) => {
    const estimates = fit.groups.flatMap(({ exponent }) =>
      exponent.estimate === null ? [] : [exponent.estimate],
    );
    const spread =
      estimates.length === 0
        ? "no group has an estimate of its own"
        : `${formatPlural(estimates.length, "group")} with estimates from ` +
          `${Math.min(...estimates)
            .toFixed(2)
            .replace("-", "−")} to ${Math.max(...estimates)
            .toFixed(2)
            .replace("-", "−")}`;
    const agreement = fit.diagnostics.groupAgreement;
    const test =
      agreement === null
        ? ""
        : ` Test that the groups share one exponent: ${formatPValue(agreement.pValue)}.`;
    return (
      `${spread[0].toUpperCase()}${spread.slice(1)}; all groups together, each with its own drift and scale of change: ` +
      `λ̂ = ${formatEstimate(fit.exponent)}.${test}${leftOut(fit)}`
    );
  },
  draw(fit, picture, { document }) {
    const rows = rowsOf(fit);
    const left = leftOut(fit).trim();
    const level = formatPercent(fit.exponent.level);
    const options = {
      document,
      title: TITLE,
      description: groups.caption(fit, picture),
      legend: [
        { label: `each group, with its ${level} interval`, colour: GROUP_COLOUR, mark: "dot" },
        { label: "all groups together", colour: HEADLINE, mark: "diamond" },
      ] as const,
      height: 56 + (left === "" ? 0 : 18) + forestHeight(rows.length),
      ...(left === "" ? {} : { note: left }),
    };
    return drawFrame(options, (area) => forestPlot(document, rows, fit.potentials, area));
  },
};

function rowsOf(fit: GeometryFit): ForestRow[] {
  const bySize = [...fit.groups.keys()].sort((a, b) => fit.groups[b].pairs - fit.groups[a].pairs || a - b);
  const kept = new Set(bySize.slice(0, MOST_ROWS));
  const reason = "no estimate";
  const rows = fit.groups
    .filter((_, k) => kept.has(k))
    .map(({ name, pairs, exponent }): ForestRow => {
      return {
        ...exponent,
        label: name,
        detail: formatCount(pairs),
        colour: GROUP_COLOUR,
        mark: "dot",
        reason,
      };
    });
  const all: ForestRow = {
    ...fit.exponent,
    label: "all",
    detail: formatCount(fit.pairs.used),
    colour: HEADLINE,
    mark: "diamond",
    reason,
  };
  return [...rows, all];
}

function leftOut(fit: GeometryFit): string {
  const left = fit.groups.length - MOST_ROWS;
  return left > 0
    ? ` The largest ${MOST_ROWS} groups are drawn, ${formatPlural(left, "further one")} left out of the picture.`
    : "";
}
