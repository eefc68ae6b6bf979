/** The tables of the report. */

import type { ControlFit } from "../inference/control/control-fit.ts";
import type { GeometryFit, GroupFit, NoiseSensitivity, PotentialScore } from "../inference/geometry-fit.ts";
import { CONTROL_METHOD_LABELS } from "./control-words.ts";
import { html, type Markup, NO_MARKUP } from "./html.ts";
import {
  formatCount,
  formatDecimals,
  formatEstimate,
  formatExponent,
  formatInterval,
  formatNumber,
  formatPercent,
  NOTHING,
  STATUS_WORDS,
} from "./words.ts";

interface Heading {
  readonly text: string;
  readonly kind: "text" | "number";
}

/** A table with its caption, the first cell of each row heading it; it scrolls sideways where the page is narrow. */
function table(caption: string, headings: readonly Heading[], rows: readonly (readonly string[])[]): Markup {
  const head = headings.map(({ text, kind }) =>
    kind === "number"
      ? html`<th scope="col" class="number">${text}</th>`
      : html`<th scope="col">${text}</th>`,
  );
  const body = rows.map((cells) => {
    const inner = cells.map((cell, k) => {
      if (k === 0) return html`<th scope="row">${cell}</th>`;
      return headings[k].kind === "number" ? html`<td class="number">${cell}</td>` : html`<td>${cell}</td>`;
    });
    return html`<tr>${inner}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** Two columns: what, and its value. */
export function factsTable(label: string, facts: readonly (readonly [string, string])[]): Markup {
  const rows = facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`);
  return html`<table class="facts" aria-label="${label}"><tbody>
${rows}</tbody></table>
`;
}

export function keyNumbers(fit: GeometryFit): Markup {
  const { exponent, likelihood, pairs, noise } = fit;
  const level = { level: exponent.level };
  return factsTable("Key numbers", [
    ["λ̂, the headline", formatExponent(exponent)],
    [`its ${formatPercent(exponent.level)} interval`, formatInterval(exponent)],
    ["its method", exponent.method],
    ["λ̂ by likelihood", `${formatEstimate({ ...likelihood, ...level })}; ${likelihood.method}`],
    ["pairs used", `${formatCount(pairs.used)} of ${formatCount(pairs.total)}`],
    ["drift (mean over SD of the dual change)", formatNumber(fit.drift)],
    ["measurement noise", fit.control === null ? noiseWords(noise) : HELD_NOISE],
  ]);
}

/** Where a control stands for the noise. */
const HELD_NOISE = "part of what the control changes by";

/** What is known of the noise of one reading, in words. */
export function noiseWords({ additive, multiplicative, source }: GeometryFit["noise"]): string {
  const parts = [
    ...(additive === null ? [] : [`SD ${formatNumber(additive)} in the unit of the weights`]),
    ...(multiplicative === null ? [] : [`SD ${formatPercent(multiplicative)} of size`]),
  ];
  if (source === "none" || parts.length === 0) return "not known, taken as negligible";
  return `${parts.join(" and ")}, ${source === "given" ? "as given" : "estimated from repeated measurements"}`;
}

const SCORE_HEADINGS: readonly Heading[] = [
  { text: "geometry", kind: "text" },
  { text: "λ", kind: "number" },
  { text: "ΔCDF", kind: "number" },
  { text: "centred", kind: "number" },
  { text: "floor", kind: "number" },
  { text: "change in the dual", kind: "number" },
  { text: "log-likelihood below the best", kind: "number" },
  { text: "weight", kind: "number" },
  { text: "inside the interval", kind: "text" },
];

export function potentialsTable(fit: GeometryFit): Markup {
  const best = Math.max(
    ...fit.potentials.map(({ logLikelihood }) => logLikelihood ?? Number.NEGATIVE_INFINITY),
  );
  const rows = fit.potentials.map((score) => [
    score.name,
    score.exponent === null
      ? "not on the continuum"
      : formatDecimals(score.exponent, decimalsOf(score.exponent)),
    deltaCdfWords(score),
    formatNumber(score.deltaCdfCentred),
    formatNumber(score.deltaCdfFloor),
    formatNumber(score.changeMagnitude),
    score.logLikelihood === null ? NOTHING : formatNumber(score.logLikelihood - best),
    weightWords(score.weight),
    score.inside ? "yes" : "no",
  ]);
  return table("Scores of each geometry on all used pairs", SCORE_HEADINGS, rows);
}

function deltaCdfWords({ deltaCdf, deltaCdfStatus }: PotentialScore): string {
  if (deltaCdf !== null) return formatNumber(deltaCdf);
  return { ok: NOTHING, "no-change": "no change", "outside-domain": "outside the domain" }[deltaCdfStatus];
}

function decimalsOf(exponent: number): number {
  return Math.max(1, (String(exponent).split(".")[1] ?? "").length);
}

function weightWords(weight: number | null): string {
  if (weight === null) return NOTHING;
  return weight < 0.001 ? "< 0.001" : weight.toFixed(3);
}

export function groupsTable(groups: readonly GroupFit[], level: number): Markup {
  const headings: readonly Heading[] = [
    { text: "group", kind: "text" },
    { text: "pairs", kind: "number" },
    { text: "λ̂", kind: "number" },
    { text: `${formatPercent(level)} interval`, kind: "number" },
    { text: "λ̂ by likelihood", kind: "number" },
    { text: "verdict", kind: "text" },
  ];
  const rows = groups.map(({ name, pairs, exponent, likelihood, verdict }) => [
    name === "" ? "(no name)" : name,
    formatCount(pairs),
    formatExponent(exponent),
    formatInterval(exponent),
    formatExponent(likelihood),
    verdict.potential ?? STATUS_WORDS[verdict.status],
  ]);
  return table("The exponent of each group by itself", headings, rows);
}

/** What was left out of the estimate, and what was kept although others drop it. */
export function leftOutTable(fit: GeometryFit): Markup {
  const { pairs, subsample } = fit;
  const headings: readonly Heading[] = [
    { text: "pairs", kind: "text" },
    { text: "number", kind: "number" },
    { text: "what became of them", kind: "text" },
  ];
  const rows = [
    ["all", formatCount(pairs.total), ""],
    ["not finite", formatCount(pairs.nonFinite), "left out: missing or infinite at one end at least"],
    [
      "births",
      formatCount(pairs.absentInitially),
      "left out: absent (0) initially; no geometry can be read from them",
    ],
    [
      "eliminations",
      formatCount(pairs.absentFinally),
      "left out: absent (0) finally; no geometry can be read from them",
    ],
    ["absent throughout", formatCount(pairs.absentThroughout), "left out: 0 at both ends"],
    ["used", formatCount(pairs.used), "finite and not 0 at both ends"],
    [
      "… exactly unchanged",
      formatCount(pairs.unchanged),
      fit.noise.method === null
        ? "in ΔCDF; not in the estimates of λ: a change of 0 is 0 in every geometry"
        : "kept: two readings may agree by chance",
    ],
    ["… that changed sign", formatCount(pairs.signFlips), "kept: under λ ≤ 0 they cannot happen"],
    ...(subsample === null
      ? []
      : [
          ["… in the rank statistic", formatCount(subsample.rank), "a sample drawn at random"],
          ["… in the likelihood", formatCount(subsample.likelihood), "a sample drawn at random"],
        ]),
  ];
  return table("Pairs of initial and final weights", headings, rows);
}

export function tensorsLeftOut(
  leftOut: readonly { readonly name: string; readonly reason: string }[],
): Markup {
  if (leftOut.length === 0) return NO_MARKUP;
  const headings: readonly Heading[] = [
    { text: "left out of the file", kind: "text" },
    { text: "why", kind: "text" },
  ];
  return table(
    "Left out of the files",
    headings,
    leftOut.map(({ name, reason }) => [name, reason]),
  );
}

const SENSITIVITY_WORDS: { readonly [S in NoiseSensitivity["status"]]: string } = {
  ok: "",
  "change-within-noise": "the change would not exceed such noise",
  "no-estimate": "no estimate under such noise",
};

export function sensitivityTable(fit: GeometryFit): Markup {
  const headings: readonly Heading[] = [
    { text: "if there were", kind: "text" },
    { text: "λ̂", kind: "number" },
    { text: `${formatPercent(fit.exponent.level)} interval`, kind: "number" },
    { text: "remark", kind: "text" },
  ];
  const rows = fit.noise.sensitivity.map((row) => [
    `${row.kind} noise, ${formatPercent(row.share)} of ${row.kind === "additive" ? "the mean size" : "each size"}`,
    formatExponent(row),
    formatInterval(row),
    SENSITIVITY_WORDS[row.status],
  ]);
  const none = ["no noise", formatExponent(fit.exponent), formatInterval(fit.exponent), "the headline"];
  return table("The headline under supposed measurement noise", headings, [none, ...rows]);
}

/** λ of learning by each method, and beside it what the control does by itself. */
export function controlTable(control: ControlFit): Markup {
  const headings: readonly Heading[] = [
    { text: "λ of learning by", kind: "text" },
    { text: "λ̂", kind: "number" },
    { text: `${formatPercent(control.fluctuation.level)} interval`, kind: "number" },
    { text: "remark", kind: "text" },
  ];
  const methods = control.estimates.map((estimate) => [
    CONTROL_METHOD_LABELS[estimate.name],
    formatExponent(estimate),
    formatInterval(estimate),
    estimate.name === control.headline
      ? "the headline"
      : estimate.calibrated
        ? ""
        : "pulled towards 1: interval not calibrated",
  ]);
  const beside = [
    ["mean change", control.meanChange, "of the mean, not the spread"],
    ["without the control", control.withoutControl, "learning, fluctuation and noise together"],
    ["the control alone", control.fluctuation, "fluctuation and noise"],
  ] as const;
  return table("The exponent of learning beyond the control", headings, [
    ...methods,
    ...beside.map(([name, estimate, remark]) => [
      name,
      formatExponent(estimate),
      formatInterval(estimate),
      remark,
    ]),
  ]);
}
