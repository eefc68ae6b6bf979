/** The calibration suite: rows of simulated settings, and what the methods make of them. */

import {
  type GeometryFit,
  infer,
  type PairedWeights,
  pairWeights,
  type SimulationSettings,
  simulatePairs,
} from "../src/inference/index.ts";
import { createRandom, type Random } from "../src/random.ts";

/** What came of one simulated data set. */
export interface Outcome {
  readonly truth: number;
  readonly fit: GeometryFit;
}

interface Row {
  readonly name: string;
  readonly settings: Partial<SimulationSettings>;
  /** Grid pooled into the row. */
  readonly truths: readonly number[];
  readonly initials: readonly SimulationSettings["initial"][];
  readonly changeSizes: readonly number[];
  /** Whether the noise of the settings is told to the method. */
  readonly noiseKnown: boolean;
  /** What is done to the pairs before they are looked at. */
  readonly spoil?: "shuffle" | "no-learning";
}

const ALL = {
  truths: [0, 1, 2],
  initials: ["log-normal", "normal"],
  changeSizes: [0.05, 0.2, 0.5, 1],
  noiseKnown: false,
} as const;

const laws = [
  { name: "Gaussian", settings: { law: "gaussian" } },
  { name: "t₄", settings: { law: "student-4" } },
  { name: "70 % silent", settings: { law: "silent" } },
  { name: "Gaussian, drift 0.7 SD", settings: { law: "gaussian", drift: 0.7 } },
  { name: "t₄, drift 0.7 SD", settings: { law: "student-4", drift: 0.7 } },
] as const;

function lawRows(pairs: number, groups = 1): Row[] {
  return laws.map(({ name, settings }) => ({ ...ALL, name, settings: { ...settings, pairs, groups } }));
}

const noisy = (multiplicative: number, additive: number) => ({ noise: { multiplicative, additive } });

/** Every section: a table of its own. */
export const calibrationSections: Readonly<Record<string, readonly Row[]>> = {
  "n=50": lawRows(50),
  "n=200": lawRows(200),
  "n=1000": lawRows(1000),
  "eight groups, n=200": lawRows(200, 8),
  "eight groups, n=1600": lawRows(1600, 8),
  clusters: [
    { ...ALL, name: "20 clusters of 10", settings: { pairs: 200, clusterSize: 10 } },
    { ...ALL, name: "100 clusters of 10", settings: { pairs: 1000, clusterSize: 10 } },
    { ...ALL, name: "8 clusters of 25", settings: { pairs: 200, clusterSize: 25 } },
  ],
  "known noise": [
    ["10 % multiplicative, change 20 %, n=200", 0.1, 0, 0.2, 200],
    ["10 % multiplicative, change 5 %, n=200", 0.1, 0, 0.05, 200],
    ["10 % multiplicative, change 50 %, n=200", 0.1, 0, 0.5, 200],
    ["10 % additive, change 20 %, n=200", 0, 0.1, 0.2, 200],
    ["10 % additive, change 50 %, n=200", 0, 0.1, 0.5, 200],
  ].map(([name, multiplicative, additive, change, pairs]) => ({
    ...ALL,
    name: String(name),
    settings: { pairs: Number(pairs), ...noisy(Number(multiplicative), Number(additive)) },
    changeSizes: [Number(change)],
    noiseKnown: true,
  })),
  "known noise, 3-norm": [0.2, 0.5].map((change) => ({
    ...ALL,
    name: `10 % additive, change ${100 * change} %, n=200`,
    settings: { pairs: 200, ...noisy(0, 0.1) },
    truths: [2],
    changeSizes: [change],
    noiseKnown: true,
  })),
  "no statement": [
    { ...ALL, name: "shuffled pairing, n=200", settings: { pairs: 200 }, spoil: "shuffle" },
    { ...ALL, name: "shuffled pairing, n=1000", settings: { pairs: 1000 }, spoil: "shuffle" },
    {
      ...ALL,
      name: "shuffled pairing, noise known, n=200",
      settings: { pairs: 200, ...noisy(0.1, 0) },
      noiseKnown: true,
      spoil: "shuffle",
    },
    ...[
      ["no learning, 10 % multiplicative noise known", 0.1, 0, 200],
      ["no learning, 10 % additive noise known", 0, 0.1, 200],
      ["no learning, both kinds of noise known", 0.1, 0.1, 1000],
    ].map(([name, multiplicative, additive, pairs]) => ({
      ...ALL,
      name: `${name}, n=${pairs}`,
      settings: { pairs: Number(pairs), ...noisy(Number(multiplicative), Number(additive)) },
      noiseKnown: true,
      spoil: "no-learning" as const,
    })),
  ],
};

/** All outcomes of a row; the repeats are dealt to the settings of its grid in turn. */
export function runRow(row: Row, repeats: number, random: Random): Outcome[] {
  const grid = row.truths.flatMap((exponent) =>
    row.initials.flatMap((initial) =>
      row.changeSizes.map((changeSize) => ({ exponent, initial, changeSize })),
    ),
  );
  return Array.from({ length: repeats }, (_, repeat) => {
    const own = random.stream(`${row.name} ${repeat}`);
    const cell = grid[repeat % grid.length];
    const changeSize = row.spoil === "no-learning" ? 1e-9 : cell.changeSize;
    const settings = { ...row.settings, ...cell, changeSize };
    const simulated = simulatePairs(settings, own.stream("pairs"));
    const pairs = row.spoil === "shuffle" ? shuffled(simulated, own.stream("shuffle")) : simulated;
    const noise = row.noiseKnown ? { noise: knownNoise(settings, pairs) } : {};
    return { truth: cell.exponent, fit: infer(pairs, { random: own.stream("infer"), ...noise }) };
  });
}

/** The additive noise is a share of the mean true size, which the mean reading comes close to. */
function knownNoise({ noise }: Partial<SimulationSettings>, { initial }: PairedWeights) {
  const mean = Float64Array.from(initial, Math.abs).reduce((sum, size) => sum + size, 0) / initial.length;
  return { additive: (noise?.additive ?? 0) * mean, multiplicative: noise?.multiplicative ?? 0 };
}

function shuffled(pairs: PairedWeights, random: Random): PairedWeights {
  const order = random.permutation(pairs.final.length);
  return pairWeights(
    pairs.initial,
    pairs.final.map((_, i) => pairs.final[order[i]]),
    { source: pairs.source },
  );
}

const share = (outcomes: readonly Outcome[], claim: (outcome: Outcome) => boolean) =>
  outcomes.filter(claim).length / outcomes.length;

/** The candidate whose exponent is nearest; of several at the same distance the first. */
export function nearest(candidates: readonly number[], estimate: number | null): number | null {
  if (estimate === null) return null;
  return candidates.reduce((a, b) => (Math.abs(b - estimate) < Math.abs(a - estimate) ? b : a));
}

const FIVE = [0, 0.5, 1, 1.5, 2];
const THREE = [0, 1, 2];

/** The figures of a row, by name. */
export function summarise(outcomes: readonly Outcome[]) {
  const covers = ({ truth, fit }: Outcome, interval: { low: number | null; high: number | null }) =>
    fit.exponent.estimate !== null &&
    (interval.low === null || interval.low <= truth) &&
    (interval.high === null || interval.high >= truth);
  const widths = outcomes
    .map(({ fit: { exponent } }) => (exponent.high ?? Infinity) - (exponent.low ?? -Infinity))
    .sort((a, b) => a - b);
  const bestDelta = ({ fit }: Outcome) => {
    const known = fit.potentials.filter(({ deltaCdf }) => deltaCdf !== null);
    return known.reduce((a, b) => ((b.deltaCdf ?? 9) < (a.deltaCdf ?? 9) ? b : a)).exponent;
  };
  return {
    five: share(outcomes, ({ truth, fit }) => nearest(FIVE, fit.exponent.estimate) === truth),
    three: share(outcomes, ({ truth, fit }) => nearest(THREE, fit.exponent.estimate) === truth),
    coverage: share(outcomes, (outcome) => covers(outcome, outcome.fit.exponent)),
    width: widths[widths.length >> 1],
    likelihoodFive: share(outcomes, ({ truth, fit }) => nearest(FIVE, fit.likelihood.estimate) === truth),
    likelihoodCoverage: share(outcomes, (outcome) => covers(outcome, outcome.fit.likelihood)),
    deltaCdfFive: share(outcomes, (outcome) => bestDelta(outcome) === outcome.truth),
    right: share(
      outcomes,
      ({ truth, fit: { verdict, potentials } }) =>
        verdict.potential !== null &&
        potentials.find(({ name }) => name === verdict.potential)?.exponent === truth,
    ),
    wrong: share(
      outcomes,
      ({ truth, fit: { verdict, potentials } }) =>
        verdict.potential !== null &&
        potentials.find(({ name }) => name === verdict.potential)?.exponent !== truth,
    ),
    undecided: share(outcomes, ({ fit }) => fit.verdict.status === "undecided"),
    none: share(outcomes, ({ fit }) => fit.verdict.status === "none"),
    misfit: share(outcomes, ({ fit }) => fit.verdict.status === "misfit"),
    unidentifiable: share(outcomes, ({ fit }) => fit.verdict.status === "unidentifiable"),
  };
}

const COLUMNS: readonly (readonly [keyof ReturnType<typeof summarise>, string])[] = [
  ["five", "right of five"],
  ["three", "right of three"],
  ["coverage", "95 % interval covers"],
  ["width", "median width"],
  ["likelihoodFive", "likelihood: right of five"],
  ["likelihoodCoverage", "covers"],
  ["deltaCdfFive", "ΔCDF: right of five"],
  ["right", "verdict right"],
  ["wrong", "verdict wrong"],
  ["undecided", "undecided"],
  ["none", "none"],
  ["misfit", "misfit"],
  ["unidentifiable", "unidentifiable"],
];

/** One section as a Markdown table. */
export function runSection(name: string, repeats: number, seed: number): string {
  const random = createRandom(seed).stream(name);
  const lines = calibrationSections[name].map((row) => {
    const figures = summarise(runRow(row, repeats, random));
    return `| ${row.name} | ${COLUMNS.map(([key]) => figures[key].toFixed(key === "width" ? 2 : 3)).join(" | ")} |`;
  });
  const heading = `| ${name} (${repeats} runs a row) | ${COLUMNS.map(([, title]) => title).join(" | ")} |`;
  return [heading, `|${" --- |".repeat(COLUMNS.length + 1)}`, ...lines, ""].join("\n");
}
