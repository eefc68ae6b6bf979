/** The report of a fit: one page that holds everything and asks nothing of the network. */

import type { GeometryFit, VerdictStatus } from "../inference/geometry-fit.ts";
import { controlMethods, controlSentences } from "./control-words.ts";
import type { DrawnFigure } from "./figures.ts";
import { html, type Markup, NO_MARKUP, raised, trusted } from "./html.ts";
import { REPORT_STYLE } from "./report-style.ts";
import {
  controlTable,
  factsTable,
  groupsTable,
  keyNumbers,
  leftOutTable,
  noiseWords,
  potentialsTable,
  sensitivityTable,
  tensorsLeftOut,
} from "./report-tables.ts";
import { diagnosticSentences, methodsParagraph, referenceList } from "./report-words.ts";
import { formatNumber, STATUS_WORDS } from "./words.ts";

/** Where the numbers came from. */
export interface ReportContext {
  /** As typed in a terminal; null where there was none. */
  readonly command: string | null;
  readonly version: string;
  readonly files: readonly { readonly name: string; readonly description: string }[];
  /** Tensors or columns that were not used, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** As it is to be shown; null leaves it out, so that the same fit gives the same bytes. */
  readonly date: string | null;
}

/** Beside the word and the colour: seen in black and white too. */
const STATUS_SIGNS: { readonly [S in VerdictStatus]: string } = {
  decided: "✓",
  undecided: "?",
  none: "∅",
  misfit: "≠",
  unidentifiable: "–",
};

/**
 * A self-contained HTML page: verdict, figures, tables, what was left out, methods, references.
 *
 * Names from files are escaped; nothing is loaded and no script runs, which a content security policy in the page holds
 * browsers to. `figures` must come from `drawFigures`, whose SVG goes in as it is.
 */
export function reportHtml(
  fit: GeometryFit,
  figures: readonly DrawnFigure[],
  context: ReportContext,
): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="Syngeo ${context.version}">
<title>Geometry of plasticity: ${fit.source}</title>
<style>${trusted(REPORT_STYLE)}</style>
</head>
<body>
<main>
${header(fit, context)}
${verdictSection(fit)}
${controlSection(fit)}
${figuresSection(figures)}
${scoresSection(fit)}
${section("What was left out, and why", [leftOutTable(fit), tensorsLeftOut(context.leftOut)])}
${fit.control === null ? noiseSection(fit) : NO_MARKUP}
${section(`Does the fit${fit.control === null ? "" : " without the control"} hold?`, [list(diagnosticSentences(fit))])}
${section("Methods", methodsOf(fit, context))}
${section("References", [referenceList(fit)])}
${sourceSection(context)}
</main>
</body>
</html>
`;
  return page.markup;
}

function section(title: string, contents: readonly Markup[]): Markup {
  return html`<section>
<h2>${title}</h2>
${contents}</section>`;
}

function list(sentences: readonly string[]): Markup {
  return html`<ul>
${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
`;
}

function methodsOf(fit: GeometryFit, { version }: ReportContext): Markup[] {
  const held = fit.control === null ? NO_MARKUP : html`<p>${controlMethods(fit)}</p>\n`;
  return [html`<p>${methodsParagraph(fit, version)}</p>\n`, held];
}

function header(fit: GeometryFit, { version, date }: ReportContext): Markup {
  const when = date === null ? "" : `, ${date}`;
  return html`<header>
<h1>In which geometry did these weights change?</h1>
<p class="made">${fit.source}. Syngeo ${version}${when}</p>
</header>`;
}

function verdictSection(fit: GeometryFit): Markup {
  const { status, statement, advice } = fit.verdict;
  const next = advice === "" ? NO_MARKUP : html`<p>${advice}</p>\n`;
  return html`<section class="verdict ${status}">
<h2><span aria-hidden="true">${STATUS_SIGNS[status]}</span> ${STATUS_WORDS[status]}</h2>
<p class="statement">${statement}</p>
${next}</section>
${keyNumbers(fit)}`;
}

function controlSection({ control }: GeometryFit): Markup {
  if (control === null) return NO_MARKUP;
  return section("Held against the control", [controlTable(control), list(controlSentences(control))]);
}

function figuresSection(figures: readonly DrawnFigure[]): Markup {
  if (figures.length === 0) return NO_MARKUP;
  const cards = figures.map(
    ({ name, caption, svg }) => html`<figure id="${name}">
<div class="card" tabindex="0" role="group" aria-label="Figure ${name}">${trusted(svg)}</div>
<figcaption>${raised(caption)}</figcaption>
</figure>
`,
  );
  return section("Figures", [html`<div class="figures">\n${cards}</div>\n`]);
}

function scoresSection(fit: GeometryFit): Markup {
  const groups =
    fit.groups.length === 0
      ? NO_MARKUP
      : html`<h3>Groups</h3>\n${groupsTable(fit.groups, fit.exponent.level)}`;
  return section("The named geometries", [
    potentialsTable(fit),
    html`<p>ΔCDF is the distance of the standardised change in the dual space from a standard normal, uncentred as published
and centred; the floor is what as many exact Gaussian draws would be expected to give, uncentred. The weight is the share of
the likelihood among the geometries listed. ΔCDF is misled by drift, heavy tails and pooled groups; the verdict rests on the
interval of λ.</p>
`,
    groups,
  ]);
}

function noiseSection(fit: GeometryFit): Markup {
  const { noise } = fit;
  const ratio =
    noise.changeOverNoise === null
      ? ""
      : ` The RMS weight change is ${formatNumber(noise.changeOverNoise)} times what two readings of an unchanged weight differ by.`;
  const effect =
    "Noise is not neutral: multiplicative noise imitates the negative entropy, additive noise the Euclidean geometry.";
  const sensitivity = noise.sensitivity.length === 0 ? NO_MARKUP : sensitivityTable(fit);
  return section("Measurement noise", [
    html`<p>Noise of one reading: ${noiseWords(noise)}.${ratio} ${effect}</p>\n`,
    sensitivity,
  ]);
}

function sourceSection({ command, files }: ReportContext): Markup {
  const typed = command === null ? NO_MARKUP : html`<pre tabindex="0"><code>${command}</code></pre>\n`;
  const read =
    files.length === 0
      ? NO_MARKUP
      : factsTable(
          "Files",
          files.map(({ name, description }) => [name, description]),
        );
  if (command === null && files.length === 0) return NO_MARKUP;
  return section("How this report was made", [typed, read]);
}
