/** The paragraphs of the report: diagnostics in words, methods with the numbers filled in, references. */

import type { Diagnostics, GeometryFit, TestResult } from "../inference/geometry-fit.ts";
import { html, type Markup } from "./html.ts";
import { noiseWords } from "./report-tables.ts";
import {
  formatCount,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatPlural,
  formatPValue,
} from "./words.ts";

/** What speaks for or against the fit, one sentence each. */
export function diagnosticSentences(fit: GeometryFit): string[] {
  const { diagnostics } = fit;
  const { pairing, logSizeDeviation, flips, groupAgreement, pairsNeeded } = diagnostics;
  return [
    `Pairing: the rank correlation of final with initial weights is ${formatNumber(pairing.signed)} (of their sizes ` +
      `${formatNumber(pairing.magnitude)}); they are ${pairing.related ? "related, as pairs of one synapse should be" : "not related, as if the pairs had been shuffled"}.`,
    `Range of sizes: ln|w⁰| has a standard deviation of ${formatNumber(logSizeDeviation)} within groups; without such a ` +
      "range no geometry can be seen.",
    ...remainingWords(diagnostics),
    `Sign flips: ${formatCount(flips.observed)} observed, ${formatNumber(flips.expected)} expected from measurement noise` +
      `${flips.pValue === null ? "" : ` (${formatPValue(flips.pValue)})`}.`,
    ...(groupAgreement === null
      ? []
      : [`Groups: a test that they share one exponent gives ${testWords(groupAgreement)}.`]),
    ...shapeWords(diagnostics),
    ...(pairsNeeded === null
      ? []
      : [
          `Numbers: about ${formatPlural(Math.ceil(pairsNeeded), "pair")} of this kind would separate geometries 0.5 apart ` +
            `in λ with 80 % power; there are ${formatCount(fit.pairs.used)}.`,
        ]),
  ];
}

function remainingWords({ remainingDependence }: Diagnostics): string[] {
  if (remainingDependence === null) return [];
  const { location, spread, shareExplained, trend } = remainingDependence;
  return [
    `What remains: at λ̂ the mean of the dual change depends on size with ${testWords(location)}, its spread with ` +
      `${testWords(spread)}; the stronger of the two explains ${formatPercent(shareExplained)} of its rank variance. The rank ` +
      `correlation of the dual change with the initial weight is ${formatNumber(trend)} (negative where large weights fell ` +
      "and small ones rose).",
  ];
}

function shapeWords({ kurtosis, andersonDarling }: Diagnostics): string[] {
  if (kurtosis === null && andersonDarling === null) return [];
  return [
    `Shape: the standardised dual change at λ̂ has a kurtosis of ${formatNumber(kurtosis)} (3 for a Gaussian) and an ` +
      `Anderson–Darling statistic of ${formatNumber(andersonDarling)} against N(0, 1).`,
  ];
}

function testWords({ statistic, degreesOfFreedom, pValue }: TestResult): string {
  const freedom =
    degreesOfFreedom === null ? "" : `, ${formatPlural(degreesOfFreedom, "degree", "degrees")} of freedom`;
  return `${formatPValue(pValue)} (statistic ${formatNumber(statistic)}${freedom})`;
}

/** A paragraph that an author could paste. */
export function methodsParagraph(fit: GeometryFit, version: string): string {
  const { control } = fit;
  const seen = control === null ? fit : { ...fit, exponent: control.withoutControl };
  return [
    modelSentence(fit),
    ...headlineSentences(seen),
    ...likelihoodSentences(fit),
    deltaCdfSentence(fit),
    noiseSentence(fit),
    leftOutSentence(fit),
    `The analysis was made with Syngeo ${version} (seed ${fit.seed}).`,
  ].join(" ");
}

function modelSentence({ pairs, groups }: GeometryFit): string {
  const inGroups =
    groups.length < 2
      ? ""
      : ` in ${formatCount(groups.length)} groups, each with its own drift and scale of change`;
  return (
    "The geometry of plasticity was inferred from the change of the weights in the dual space, ∇φ(w¹) − ∇φ(w⁰), along " +
    "the continuum of potentials whose curvature φ″(w) is proportional to |w| to the power λ − 1 (λ = 0: negative entropy; " +
    "1: 2-norm, Euclidean; 2: 3-norm), " +
    `using ${formatPlural(pairs.used, "pair")} of initial and final weights${inGroups}.`
  );
}

function headlineSentences({
  exponent,
  likelihood,
  clusters,
  subsample,
  noise,
  control,
}: GeometryFit): string[] {
  if (exponent.estimate === null) return [`The exponent could not be estimated (${exponent.method}).`];
  const resampled =
    clusters === null || clusters.resamples === 0
      ? ""
      : ` Pairs of one cluster are not independent: the interval spans the percentiles of the estimates from ` +
        `${formatPlural(clusters.resamples, "resample")} of the ${formatPlural(clusters.count, "whole cluster")} ` +
        "(Efron & Tibshirani 1993).";
  const seen = subsample === null ? null : noise.method === null ? subsample.rank : subsample.likelihood;
  const sample = seen === null ? "" : ` It was taken from ${formatPlural(seen, "pair")} drawn at random.`;
  const why = usesRanks(exponent.method)
    ? " Under the true geometry the dual change d does not depend on the initial weight, whatever its distribution; λ̂ is " +
      "where the rank correlation (Spearman 1904) of |d − m/2| with |w⁰| vanishes, m being the median of d in the group" +
      `${resampled === "" ? ", and the interval holds the exponents that are not rejected" : ""}.`
    : cutoffWords(likelihood.cutoffFactor);
  return [
    `${control === null ? "The" : "Without regard to the control the"} exponent was estimated by ${exponent.method}: λ̂ = ${formatEstimate(exponent)}.${why}${resampled}${sample}`,
  ];
}

function cutoffWords(factor: number | null): string {
  return factor === null || factor <= 1
    ? ""
    : ` The cut-off of the likelihood-ratio interval was widened ${formatNumber(factor)}-fold, in case the law is wrong or ` +
        "pairs depend on each other (Kent 1982).";
}

/** With known noise the headline is the likelihood itself. */
function likelihoodSentences({ likelihood, exponent, subsample, noise }: GeometryFit): string[] {
  if (noise.method !== null) return [];
  if (likelihood.estimate === null) return [`A second estimate (${likelihood.method}) has no maximum.`];
  const law =
    likelihood.degreesOfFreedom === null ? "Gaussian dual changes" : `ν = ${likelihood.degreesOfFreedom}`;
  const sample =
    subsample === null ? "" : `, from ${formatPlural(subsample.likelihood, "pair")} drawn at random`;
  return [
    `As a second estimate, a profile likelihood (Box & Cox 1964; ${likelihood.method}, ${law}) gave ` +
      `λ̂ = ${formatEstimate({ ...likelihood, level: exponent.level })}${sample}.${cutoffWords(likelihood.cutoffFactor)}`,
  ];
}

function deltaCdfSentence({ potentials }: GeometryFit): string {
  const scored = potentials.filter(({ deltaCdf }) => deltaCdf !== null);
  const what =
    "The distance ΔCDF of the standardised dual change from a standard normal (Pogodin et al. 2024; 1,000 points in [−5, 5])";
  if (scored.length === 0) return `${what} does not exist for these pairs.`;
  const values = scored.map(({ name, deltaCdf }) => `${formatNumber(deltaCdf)} under ${name}`).join(", ");
  const floor = scored.find(({ deltaCdfFloor }) => deltaCdfFloor !== null)?.deltaCdfFloor ?? null;
  return `${what} was ${values}; as many exact Gaussian draws would be expected to give ${formatNumber(floor)}.`;
}

function noiseSentence({ noise, control }: GeometryFit): string {
  if (control !== null) return "Measurement noise is part of what the control changes by.";
  if (noise.source === "none") return "Measurement noise was taken as negligible.";
  const method = {
    "latent-grid": " It was modelled by a likelihood over a grid of true weights.",
    "variance-function": " It was modelled by a noise-aware variance function of the weight change.",
    none: "",
  }[noise.method ?? "none"];
  const ratio =
    noise.changeOverNoise === null
      ? ""
      : ` The RMS change was ${formatNumber(noise.changeOverNoise)} times that of two readings of an unchanged weight.`;
  return `Measurement noise of one reading: ${noiseWords(noise)}.${method}${ratio}`;
}

function leftOutSentence({ pairs, noise }: GeometryFit): string {
  const left = [
    [pairs.nonFinite, "not finite"],
    [pairs.absentInitially, "absent initially"],
    [pairs.absentFinally, "absent finally"],
    [pairs.absentThroughout, "absent throughout"],
  ] as const;
  const said = left.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const count = left.reduce((sum, [pairs]) => sum + pairs, 0);
  const dropped =
    count === 0
      ? `None of ${formatPlural(pairs.total, "pair")} was left out`
      : `Of ${formatPlural(pairs.total, "pair")}, ${formatCount(count)} were left out (${said.join(", ")})`;
  const flips =
    pairs.signFlips === 0
      ? "no weight changed sign"
      : `${formatCount(pairs.signFlips)} that changed sign were kept`;
  const still =
    pairs.unchanged === 0 || noise.method !== null
      ? ""
      : `; ${formatCount(pairs.unchanged)} exactly unchanged were not used to estimate λ`;
  return `${dropped}; ${flips}${still}.`;
}

function usesRanks(method: string): boolean {
  return /rank/i.test(method);
}

interface Reference {
  readonly text: string;
  readonly doi: string | null;
}

const POGODIN: Reference = {
  text:
    "Pogodin R, Cornford J, Ghosh A, Gidel G, Lajoie G, Richards B (2024). Synaptic Weight Distributions Depend on the " +
    "Geometry of Plasticity. International Conference on Learning Representations.",
  doi: null,
};
const CORNFORD: Reference = {
  text:
    "Cornford J, Pogodin R, Ghosh A, Sheng K, Bicknell BA, Codol O, Clark BA, Lajoie G, Richards BA (2024). Brain-like " +
    "learning with exponentiated gradients. bioRxiv.",
  doi: "10.1101/2024.10.25.620272",
};
const BOX_COX: Reference = {
  text: "Box GEP, Cox DR (1964). An analysis of transformations. Journal of the Royal Statistical Society B 26, 211–252.",
  doi: "10.1111/j.2517-6161.1964.tb00553.x",
};
const SPEARMAN: Reference = {
  text:
    "Spearman C (1904). The proof and measurement of association between two things. American Journal of Psychology 15, " +
    "72–101.",
  doi: "10.2307/1412159",
};
const KENT: Reference = {
  text: "Kent JT (1982). Robust properties of likelihood ratio tests. Biometrika 69, 19–27.",
  doi: "10.1093/biomet/69.1.19",
};
const EFRON: Reference = {
  text: "Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Chapman & Hall.",
  doi: "10.1007/978-1-4899-4541-9",
};

const DAVIDIAN_CARROLL: Reference = {
  text:
    "Davidian M, Carroll RJ (1987). Variance function estimation. Journal of the American Statistical Association 82, " +
    "1079–1091.",
  doi: "10.1080/01621459.1987.10478543",
};
const EFRON_PETROSIAN: Reference = {
  text:
    "Efron B, Petrosian V (1992). A simple test of independence for truncated data with applications to redshift surveys. " +
    "Astrophysical Journal 399, 345–352.",
  doi: "10.1086/171931",
};

/** The works that this fit rests on. */
export function referenceList({ exponent, likelihood, clusters, control }: GeometryFit): Markup {
  const references = [
    POGODIN,
    CORNFORD,
    BOX_COX,
    ...(control === null ? [] : [DAVIDIAN_CARROLL, EFRON_PETROSIAN]),
    ...(control !== null || usesRanks(exponent.method) ? [SPEARMAN] : []),
    ...(likelihood.cutoffFactor !== null && likelihood.cutoffFactor > 1 ? [KENT] : []),
    ...(clusters === null || clusters.resamples === 0 ? [] : [EFRON]),
  ];
  const items = references.map(({ text, doi }) =>
    doi === null
      ? html`<li>${text}</li>\n`
      : html`<li>${text} <a href="https://doi.org/${doi}">doi:${doi}</a></li>\n`,
  );
  return html`<ul>
${items}</ul>
`;
}
