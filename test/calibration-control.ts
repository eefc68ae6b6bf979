/** The calibration suite of the methods with a control group: tables of bias, coverage and width on simulated pairs. */

import { activityMixture } from "../src/inference/control/activity-mixture.ts";
import { errorFactor } from "../src/inference/control/control-estimates.ts";
import { type ControlPairs, controlPairs } from "../src/inference/control/control-pairs.ts";
import { controlScale } from "../src/inference/control/control-scale.ts";
import { convolutionWithControl } from "../src/inference/control/convolution.ts";
import { type ControlSimulation, simulateControl } from "../src/inference/control/simulate-control.ts";
import { type SelectiveSimulation, simulateSelective } from "../src/inference/control/simulate-selective.ts";
import { truncatedIndependence } from "../src/inference/control/truncated-independence.ts";
import { varianceWithControl } from "../src/inference/control/variance-with-control.ts";
import { continuumPairs } from "../src/inference/dual-continuum.ts";
import { rankEstimate } from "../src/inference/estimate.ts";
import { infer } from "../src/inference/index.ts";
import { createRandom, type Random } from "../src/random.ts";

const LEVEL = 0.95;
const Z = 1.959964;

/** λ̂ and its interval in one run; an open end is null. */
export interface Interval {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One run: the intervals by method, and numbers whose median or share is shown. */
export interface ControlRun {
  readonly intervals: { readonly [method: string]: Interval };
  readonly medians: { readonly [name: string]: number };
  readonly shares: { readonly [name: string]: boolean };
}

export interface ControlRow {
  readonly name: string;
  readonly truth: number;
  run(random: Random): ControlRun;
}

/** Median error, SD, coverage and median width of one method over the runs of a row. */
export function figuresOf(runs: readonly ControlRun[], method: string, truth: number) {
  const all = runs.map(({ intervals }) => intervals[method]);
  const found = all.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]));
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const widths = all.map(({ low, high }) => (high ?? Infinity) - (low ?? -Infinity));
  return {
    bias: median(found) - truth,
    mean,
    deviation: Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (found.length - 1)),
    coverage: all.filter((interval) => covers(interval, truth)).length / all.length,
    width: median(widths),
  };
}

/** Where there is no estimate nothing is claimed: both ends are open. */
function covers({ low, high }: Interval, truth: number): boolean {
  return (low === null || low <= truth) && (high === null || high >= truth);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length % 2 === 1
    ? sorted[sorted.length >> 1]
    : 0.5 * (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]);
}

export function runControlRow(row: ControlRow, repeats: number, random: Random): ControlRun[] {
  return Array.from({ length: repeats }, (_, k) => row.run(random.stream(`${row.name} ${k}`)));
}

const wald = (estimate: number, half: number): Interval =>
  Number.isFinite(half)
    ? { estimate, low: estimate - half, high: estimate + half }
    : { estimate, low: null, high: null };

function selectiveRun(settings: SelectiveSimulation, random: Random): ControlRun {
  const { pairs, control } = simulateSelective(settings, random);
  const both = controlPairs(pairs, control);
  const scale = controlScale(both.control);
  const truncated = truncatedIndependence(both.learning, scale, LEVEL);
  const mixture = activityMixture(both, scale);
  const naive = rankEstimate(continuumPairs(pairs), LEVEL, random.stream("permutations")).found;
  const selectivity = mixture.selectivity ?? { estimate: Number.NaN, standardError: Number.NaN };
  const halfMixture = Z * errorFactor("activity-mixture", mixture.estimate) * mixture.standardError;
  return {
    intervals: {
      "no control": naive,
      "mixture, plain": wald(mixture.estimate, Z * mixture.standardError),
      mixture: wald(mixture.estimate, halfMixture),
      "truncated test": truncated,
    },
    medians: { b̂: selectivity.estimate },
    shares: {
      "b̂ found": Math.abs(selectivity.estimate) > Z * selectivity.standardError,
      "test wider than 1.5": !((truncated.high ?? Infinity) - (truncated.low ?? -Infinity) <= 1.5),
    },
  };
}

/** n, truth, activity, ratio, law, λ of the inactive: the rows in the order of the notes they come from. */
const SELECTIVE = [
  ["step", 0, 15, "g", 0],
  ["logit-", 0, 15, "g", 0],
  ["logit+", 0, 15, "g", 0],
  ["flat", 0, 15, "g", 0],
  ["step", 1, 15, "g", 1],
  ["logit-", 1, 15, "g", 1],
  ["logit+", 1, 15, "g", 1],
  ["flat", 1, 15, "g", 1],
  ["bump", 0, 15, "g", 0],
  ["all", 0, 15, "g", 0],
  ["all", 0, 15, "t", 0],
  ["step", 0, 15, "t", 0],
  ["step", 0, 15, "drift", 0],
  ["step", 0, 6, "g", 0],
  ["step", 0, 3, "g", 0],
  ["logit-", 0, 6, "g", 0],
  ["logit-", 0, 3, "g", 0],
  ["logit-", 0, 6, "t", 0],
  ["logit-", 1, 15, "g", 0],
  ["logit-", 1, 6, "g", 0],
  ["logit-", 0, 6, "g", 1],
] as const;
const SELECTIVE_1000 = [0, 1, 2, 3, 5, 11, 13, 14, 15, 16, 18, 20];
const SELECTIVE_5000 = [1, 5, 13];

function selectiveRow(learning: number, place: number): ControlRow {
  const [activity, exponent, ratio, law, inactiveExponent] = SELECTIVE[place];
  const settings: SelectiveSimulation = {
    learning,
    control: learning / 2,
    exponent,
    inactiveExponent,
    logSizeDeviation: exponent === 1 ? 0.6 : 0.83,
    change: exponent === 1 ? 0.15 : 0.3,
    ratio,
    activity,
    law: law === "t" ? "student-4" : "gaussian",
    drift: law === "drift" ? 1 : 0,
  };
  const name = `λ ${exponent}, ${activity}, ratio ${ratio}, ${law}, inactive λ ${inactiveExponent}`;
  return { name, truth: exponent, run: (random) => selectiveRun(settings, random) };
}

/** Variance function, and the likelihoods that are asked for. */
function noisyRun(settings: Partial<ControlSimulation>, random: Random, which: "variance" | "both" | "all") {
  const { pairs, control } = simulateControl(settings, random);
  const both = controlPairs(pairs, control);
  const variance = varianceWithControl(both, LEVEL);
  const intervals: Record<string, Interval> = { variance };
  const medians: Record<string, number> = { share: variance.learningShare };
  const shares: Record<string, boolean> = {};
  for (const step of [0.5, 1, -1]) {
    const other = (settings.exponent ?? 0) + step;
    shares[`excludes λ ${step > 0 ? "+" : "−"} ${Math.abs(step)}`] = !covers(variance, other);
  }
  if (which === "variance") return { intervals, medians, shares };
  const all = convolutionWithControl(both, variance, false);
  intervals["convolution, plain"] = wald(all.estimate, Z * all.standardError);
  intervals.convolution = wald(
    all.estimate,
    Z * errorFactor("convolution", all.estimate) * all.standardError,
  );
  medians.gap = Math.abs(variance.estimate - all.estimate);
  shares["gap > 0.35"] = medians.gap > 0.35;
  if (which === "both") return { intervals, medians, shares };
  return { ...withMixture(both, variance, all.logLikelihood, intervals), medians, shares };
}

function withMixture(
  pairs: ControlPairs,
  variance: ReturnType<typeof varianceWithControl>,
  logLikelihood: number,
  intervals: Record<string, Interval>,
): Pick<ControlRun, "intervals"> & { selection: { ratio: number; slope: number } } {
  const some = convolutionWithControl(pairs, variance, true);
  const factor = errorFactor("convolution-mixture", some.estimate);
  return {
    intervals: {
      ...intervals,
      "mixture, plain": wald(some.estimate, Z * some.standardError),
      mixture: wald(some.estimate, Z * factor * some.standardError),
      "truncated test": truncatedIndependence(pairs.learning, controlScale(pairs.control), LEVEL),
    },
    selection: {
      ratio: 2 * (some.logLikelihood - logLikelihood),
      slope: some.selectivity?.estimate ?? Number.NaN,
    },
  };
}

function selectionRow(name: string, settings: Partial<ControlSimulation>): ControlRow {
  return {
    name,
    truth: settings.exponent ?? 0,
    run: (random) => {
      const run = noisyRun(settings, random, "all");
      const { ratio, slope } = "selection" in run ? run.selection : { ratio: Number.NaN, slope: Number.NaN };
      return {
        intervals: run.intervals,
        medians: { ...run.medians, b̂: slope },
        shares: { "gap > 0.35": run.shares["gap > 0.35"], "ratio > 7.8": ratio > 7.8 },
      };
    },
  };
}

const NUMBERS = [
  [150, 100],
  [300, 300],
  [1000, 300],
] as const;

function noisyRows(
  numbers: readonly (readonly [number, number])[],
  which: "variance" | "both",
): ControlRow[] {
  return numbers.flatMap(([learning, control]) =>
    [0.2, 0.5].flatMap((change) =>
      [0, 0.5, 1, 2].map((exponent) => ({
        name: `${learning} and ${control}, change ${change}, λ ${exponent}`,
        truth: exponent,
        run: (random: Random) => noisyRun({ learning, control, change, exponent }, random, which),
      })),
    ),
  );
}

const SPINES = { learning: 150, control: 300, change: 0.4, drift: 0.8 } as const;
const CHATER = { learning: 148, control: 499, logSizeDeviation: 0.6, change: 0.38, drift: 0.9 } as const;

/** What the whole of `infer` says, for the share of verdicts. */
function verdictRow(name: string, settings: Partial<ControlSimulation>): ControlRow {
  const truth = settings.exponent ?? 0;
  return {
    name,
    truth,
    run: (random) => {
      const { pairs, control } = simulateControl(settings, random.stream("pairs"));
      const fit = infer(pairs, { control, random: random.stream("infer"), resamples: 200 });
      const named = fit.potentials.find((score) => score.name === fit.verdict.potential)?.exponent ?? null;
      return {
        intervals: { headline: fit.exponent },
        medians: {},
        shares: {
          right: named === truth,
          wrong: named !== null && named !== truth,
          "truth among candidates": fit.verdict.candidates.some(
            (candidate) => fit.potentials.find((score) => score.name === candidate)?.exponent === truth,
          ),
          undecided: fit.verdict.status === "undecided",
          none: fit.verdict.status === "none",
          misfit: fit.verdict.status === "misfit",
          unidentifiable: fit.verdict.status === "unidentifiable",
        },
      };
    },
  };
}

/** The control split in two by chance: nobody learned, and nothing may be said. */
function nullRow(name: string, settings: Partial<ControlSimulation>): ControlRow {
  return {
    name,
    truth: 0,
    run: (random) => {
      const { pairs, control } = simulateControl({ ...settings, change: 1e-9, drift: 0 }, random);
      const variance = varianceWithControl(controlPairs(pairs, control), LEVEL);
      const width = (variance.high ?? Infinity) - (variance.low ?? -Infinity);
      return {
        intervals: { variance },
        medians: { share: variance.learningShare },
        shares: {
          "narrower than 2": width <= 2,
          "share ≥ 0.2": variance.learningShare >= 0.2,
          "a statement": width <= 2 && variance.learningShare >= 0.2,
        },
      };
    },
  };
}

/** Every section: a table of its own. */
export const controlSections: Readonly<Record<string, readonly ControlRow[]>> = {
  "control, variance function": noisyRows(NUMBERS, "variance"),
  "control, likelihood": noisyRows([[300, 300]], "both"),
  "control, likelihood, 3-norm": noisyRows([[300, 300]], "both").filter(({ truth }) => truth === 2),
  "control, no learning": [
    nullRow("300 and 300", {}),
    nullRow("1000 and 1000", { learning: 1000, control: 1000 }),
    nullRow("100 and 100", { learning: 100, control: 100 }),
  ],
  "selective, n=300": SELECTIVE.map((_, place) => selectiveRow(300, place)),
  "selective, n=1000": SELECTIVE_1000.map((place) => selectiveRow(1000, place)),
  "selective, n=5000": SELECTIVE_5000.map((place) => selectiveRow(5000, place)),
  "control, selection": [0, 1].flatMap((exponent) => [
    selectionRow(`λ ${exponent}, a .7, b 0`, { ...SPINES, exponent, activity: { a: 0.7, b: 0 } }),
    selectionRow(`λ ${exponent}, a .7, b −2`, { ...SPINES, exponent, activity: { a: 0.7, b: -2 } }),
    selectionRow(`λ ${exponent}, all active`, { ...SPINES, exponent }),
  ]),
  "control, spines": [
    selectionRow("λ 0, none, Gaussian", CHATER),
    selectionRow("λ 0, b −2.5, Gaussian", { ...CHATER, activity: { a: 0.7, b: -2.5 } }),
    selectionRow("λ .5, none, Gaussian", { ...CHATER, exponent: 0.5 }),
    selectionRow("λ .5, none, t₄", { ...CHATER, exponent: 0.5, law: "student-4" }),
    selectionRow("λ .5, b −2.5, Gaussian", { ...CHATER, exponent: 0.5, activity: { a: 0.7, b: -2.5 } }),
  ],
  "control, verdicts": [
    verdictRow("300 and 300, change .2, λ 0", { change: 0.2 }),
    verdictRow("300 and 300, change .5, λ 0", { change: 0.5 }),
    verdictRow("300 and 300, change .2, λ 1", { change: 0.2, exponent: 1 }),
    verdictRow("300 and 300, change .5, λ 1", { change: 0.5, exponent: 1 }),
    verdictRow("300 and 300, change .5, λ 2", { change: 0.5, exponent: 2 }),
    verdictRow("300 and 300, change .5, λ 0, b −2", { change: 0.5, activity: { a: 0.7, b: -2 } }),
    verdictRow("300 and 300, no learning", { change: 1e-9, drift: 0 }),
  ],
  "control, clusters": [
    verdictRow("20 clusters of 15 in each group, λ 0", { change: 0.3, clusterSize: 15 }),
    verdictRow("20 clusters of 15 in each group, λ 1", { change: 0.3, exponent: 1, clusterSize: 15 }),
  ],
};

/** "+0.02 ± 0.11 / 0.93 / 0.52": median error ± SD / coverage / median width. */
function cell(runs: readonly ControlRun[], method: string, truth: number): string {
  const { bias, deviation, coverage, width } = figuresOf(runs, method, truth);
  const sign = bias < 0 ? "−" : "+";
  const wide = Number.isFinite(width) ? width.toFixed(2) : "open";
  return `${sign}${Math.abs(bias).toFixed(2)} ± ${deviation.toFixed(2)} / ${coverage.toFixed(2)} / ${wide}`;
}

/** One section as a Markdown table. */
export function runControlSection(name: string, repeats: number, seed: number): string {
  const random = createRandom(seed).stream(name);
  const rows = controlSections[name].map((row) => ({ row, runs: runControlRow(row, repeats, random) }));
  const [{ runs: first }] = rows;
  const methods = Object.keys(first[0].intervals);
  const [medians, shares] = [Object.keys(first[0].medians), Object.keys(first[0].shares)];
  const heading = [`${name} (${repeats} runs a row)`, ...methods, ...medians, ...shares];
  const lines = rows.map(({ row, runs }) =>
    [
      row.name,
      ...methods.map((method) => cell(runs, method, row.truth)),
      ...medians.map((key) => median(runs.map((run) => run.medians[key])).toFixed(2)),
      ...shares.map((key) => (runs.filter((run) => run.shares[key]).length / runs.length).toFixed(2)),
    ].join(" | "),
  );
  return [
    `| ${heading.join(" | ")} |`,
    `|${" --- |".repeat(heading.length)}`,
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}
