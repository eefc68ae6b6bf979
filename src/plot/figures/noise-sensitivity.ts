/** What the estimate would become if part of the change were measurement noise. */

import type { GeometryFit, NoiseSensitivity } from "../../inference/geometry-fit.ts";
import { HEADLINE } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { type ForestRow, forestHeight, forestPlot } from "../forest.ts";
import { drawFrame } from "../frame.ts";
import { exponentDecimals, formatDecimals, formatList, formatPercent } from "../words.ts";

const TITLE = "What measurement noise would do to the estimate";
const COLOURS = { additive: "#009E73", multiplicative: "#E69F00" } as const;

/** λ̂ with its interval without noise and under supposed noise of either kind. */
export const noiseSensitivity: Figure = {
  name: "noise-sensitivity",
  title: TITLE,
  applies: (fit) => fit.noise.sensitivity.length > 0,
  caption: (fit) => {
    const parts = (["additive", "multiplicative"] as const).flatMap((kind) => {
      const rows = fit.noise.sensitivity.filter((row) => row.kind === kind);
      return rows.length === 0 ? [] : [`with ${kind} noise of ${formatList(rows.map(rowWords))}`];
    });
    const decimals = exponentDecimals(fit.exponent);
    return `Without noise λ̂ = ${formatDecimals(fit.exponent.estimate, decimals)}; ${parts.join("; ")}.`;
  },
  draw(fit, picture, { document }) {
    const rows = rowsOf(fit);
    const options = {
      document,
      title: TITLE,
      description: noiseSensitivity.caption(fit, picture),
      legend: [
        { label: "no noise (headline)", colour: HEADLINE, mark: "diamond" },
        { label: "share of the mean size", colour: COLOURS.additive, mark: "dot" },
        { label: "share of each size", colour: COLOURS.multiplicative, mark: "dot" },
      ] as const,
      height: 56 + forestHeight(rows.length),
    };
    return drawFrame(options, (area) => forestPlot(document, rows, fit.potentials, area));
  },
};

function rowWords({ share, estimate, status }: NoiseSensitivity): string {
  return `${formatPercent(share)} ${estimate === null ? `none (${STATUS[status]})` : formatDecimals(estimate, 2)}`;
}

const STATUS: { readonly [S in NoiseSensitivity["status"]]: string } = {
  ok: "no estimate",
  "change-within-noise": "change within noise",
  "no-estimate": "no estimate",
};

function rowsOf(fit: GeometryFit): ForestRow[] {
  const headline: ForestRow = {
    ...fit.exponent,
    label: "no noise",
    colour: HEADLINE,
    mark: "diamond",
    reason: "no estimate",
  };
  const supposed = fit.noise.sensitivity.map(({ kind, share, estimate, low, high, status }): ForestRow => {
    const label = `${kind} ${formatPercent(share)}`;
    return { label, estimate, low, high, colour: COLOURS[kind], mark: "dot", reason: STATUS[status] };
  });
  return [headline, ...supposed];
}
