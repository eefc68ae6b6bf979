/**
 * Three fits with their pictures, for the figures and the report: a decided one, one without any number, a very large one.
 *
 * The numbers are those of simulated pairs, by plain formulas; they look like a real fit but are no test of the inference.
 */

import {
  type ExponentEstimate,
  FIT_SCHEMA,
  type GeometryFit,
  type GroupFit,
  type LikelihoodEstimate,
  type NoiseSensitivity,
  type PotentialScore,
  type SizeBin,
} from "../src/inference/geometry-fit.ts";
import type { DualHistogram, GeometryPicture } from "../src/inference/geometry-picture.ts";

export interface ExampleFit {
  readonly fit: GeometryFit;
  readonly picture: GeometryPicture;
}

const NAMED = [
  { name: "negative-entropy", exponent: 0 },
  { name: "1.5-norm", exponent: 0.5 },
  { name: "2-norm", exponent: 1 },
  { name: "2.5-norm", exponent: 1.5 },
  { name: "3-norm", exponent: 2 },
] as const;

interface Pairs {
  readonly initial: number[];
  readonly final: number[];
  readonly group: string[];
}

/** Standard normal numbers from a linear congruential generator: the same on every machine. */
function normals(seed: number): () => number {
  let state = BigInt(seed);
  const uniform = () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return (Number(state >> 33n) + 0.5) / 2 ** 31;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function dual(weight: number, exponent: number): number {
  const size = Math.abs(weight);
  return Math.sign(weight) * (exponent === 0 ? Math.log(size) : size ** exponent / exponent);
}

function dualChanges({ initial, final }: Pairs, exponent: number): number[] {
  return initial.map((weight, k) => dual(final[k], exponent) - dual(weight, exponent));
}

/** Log-normal weights around 0.1 whose logarithms changed by `scale` standard deviations, in three groups. */
function growingSpines(count: number): Pairs {
  const normal = normals(7);
  const names = ["L2/3 apical", "L5 basal", "L5 apical tuft"];
  const group = Array.from({ length: count }, (_, k) => names[k % 3]);
  const initial = group.map((_, k) => 0.08 * (1 + 0.5 * (k % 3)) * Math.exp(0.8 * normal()));
  const final = initial.map((weight, k) => weight * Math.exp(0.05 + (0.2 + 0.05 * (k % 3)) * normal()));
  return { initial, final, group };
}

/**
 * Weights of a network trained by gradient descent: signed, every change of one size.
 *
 * Spread evenly (Box–Muller of a Kronecker sequence), so that few weights have the statistics of many.
 */
function trainedNetwork(count: number): Pairs {
  const pairs = Array.from({ length: count }, (_, k) => {
    const radius = Math.sqrt(-2 * Math.log(((k + 0.5) * 0.7548776662466927) % 1));
    const angle = 2 * Math.PI * (((k + 0.5) * 0.5698402909980532) % 1);
    return { weight: 0.02 * radius * Math.cos(angle), change: 0.004 * radius * Math.sin(angle) };
  });
  return {
    initial: pairs.map(({ weight }) => weight),
    final: pairs.map(({ weight, change }) => weight + change),
    group: [],
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function normalCdf(z: number): number {
  // The logistic approximation, within 0.0002: enough for a picture.
  return 1 / (1 + Math.exp(-(0.07056 * z ** 3 + 1.5976 * z)));
}

function deltaCdf(changes: readonly number[], centre: number): number {
  const scale = deviation(changes);
  const sorted = changes.map((change) => (change - centre) / scale).sort((a, b) => a - b);
  const step = 0.05;
  let distance = 0;
  let below = 0;
  for (let k = 0; k <= 200; k++) {
    const z = -5 + k * step;
    while (below < sorted.length && sorted[below] < z) below++;
    distance += Math.abs(below / sorted.length - normalCdf(z)) * step;
  }
  return distance;
}

function histogramOf(potential: string, changes: readonly number[]): DualHistogram {
  const bins = 50;
  const edges = Array.from({ length: bins + 1 }, (_, k) => -5 + (10 * k) / bins);
  const density = new Array<number>(bins).fill(0);
  const scale = deviation(changes);
  let beyond = 0;
  for (const change of changes) {
    const place = Math.floor(((change / scale + 5) / 10) * bins);
    if (place >= 0 && place < bins) density[place] += bins / 10 / changes.length;
    else beyond += 1 / changes.length;
  }
  return { potential, edges, density, beyond };
}

function sizeBins({ initial, final }: Pairs, bins: number, copies = 1): SizeBin[] {
  const order = [...initial.keys()].sort((a, b) => Math.abs(initial[a]) - Math.abs(initial[b]));
  const found = Array.from({ length: bins }, (_, bin) => {
    const members = order.slice(
      Math.round((bin * order.length) / bins),
      Math.round(((bin + 1) * order.length) / bins),
    );
    const changes = members.map((k) => final[k] - initial[k]);
    const spread = deviation(changes);
    const reach = Math.exp(1.96 * Math.sqrt(0.5 / (copies * members.length)));
    return {
      size: Math.exp(mean(members.map((k) => Math.log(Math.abs(initial[k]))))),
      pairs: members.length,
      mean: mean(changes),
      deviation: spread,
      low: spread / reach,
      high: spread * reach,
    };
  });
  const middle = found.map((bin) => bin.deviation).sort((a, b) => a - b)[bins >> 1];
  return found.map((bin) => ({ ...bin, curvature: middle / bin.deviation }));
}

function anyFlip({ initial, final }: Pairs): boolean {
  return initial.some((weight, k) => weight > 0 !== final[k] > 0);
}

/** Gaussian profile log-likelihood with the Jacobian, for `copies` times as many pairs. */
function profileOf(pairs: Pairs, copies: number, exponents: readonly number[]) {
  const flipped = anyFlip(pairs);
  const logFinal = pairs.final.reduce((sum, weight) => sum + Math.log(Math.abs(weight)), 0);
  return exponents.map((exponent) => {
    if (flipped && exponent <= 0) return { exponent, logLikelihood: null };
    const spread = deviation(dualChanges(pairs, exponent));
    const logLikelihood = copies * (-pairs.initial.length * Math.log(spread) + (exponent - 1) * logFinal);
    return { exponent, logLikelihood };
  });
}

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const found = new Array<number>(values.length);
  order.forEach((k, rank) => {
    found[k] = rank;
  });
  return found;
}

function statisticAt(pairs: Pairs, exponent: number): number {
  const changes = dualChanges(pairs, exponent);
  const half = mean(changes) / 2;
  const a = ranks(changes.map((change) => Math.abs(change - half)));
  const b = ranks(pairs.initial.map(Math.abs));
  const middle = (a.length - 1) / 2;
  const product = mean(a.map((rank, k) => (rank - middle) * (b[k] - middle)));
  return (Math.sqrt(a.length - 1) * product) / (deviation(a) * deviation(b));
}

function grid(low: number, high: number, step: number): number[] {
  return Array.from(
    { length: Math.round((high - low) / step) + 1 },
    (_, k) => Math.round((low + k * step) * 1e6) / 1e6,
  );
}

const SAMPLE = 600;

function pictureOf(pairs: Pairs, of: number): GeometryPicture {
  const copies = of / pairs.initial.length;
  const floor = 1.22 / Math.sqrt(of);
  return {
    sample: {
      initial: pairs.initial.slice(0, SAMPLE),
      final: pairs.final.slice(0, SAMPLE),
      group: pairs.group.length > 0 ? pairs.group.slice(0, SAMPLE) : null,
      of,
    },
    histograms: NAMED.map(({ name, exponent }) => histogramOf(name, dualChanges(pairs, exponent))),
    continuum: grid(0, 3, 0.1).map((exponent) => {
      const changes = dualChanges(pairs, exponent);
      return { exponent, deltaCdf: deltaCdf(changes, 0), deltaCdfCentred: deltaCdf(changes, mean(changes)) };
    }),
    floor: { expected: floor, upper: (2.1 / 1.22) * floor },
    pairs: Math.min(of, 50_000),
    control: null,
    independence: {
      critical: 1.96,
      points: grid(-2, 5, 0.1).map((exponent) => {
        return { exponent, statistic: Math.sqrt(copies) * statisticAt(pairs, exponent) };
      }),
    },
  };
}

function scoresOf(pairs: Pairs, of: number, inside: readonly string[]): PotentialScore[] {
  const likelihoods = profileOf(
    pairs,
    of / pairs.initial.length,
    NAMED.map(({ exponent }) => exponent),
  );
  const best = Math.max(...likelihoods.map(({ logLikelihood }) => logLikelihood ?? -Infinity));
  const shares = likelihoods.map(({ logLikelihood }) => Math.exp((logLikelihood ?? -Infinity) - best));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return NAMED.map(({ name, exponent }, k) => {
    const changes = dualChanges(pairs, exponent);
    const duals = pairs.initial.map((weight) => dual(weight, exponent));
    return {
      name,
      exponent,
      deltaCdf: deltaCdf(changes, 0),
      deltaCdfCentred: deltaCdf(changes, mean(changes)),
      deltaCdfFloor: 1.22 / Math.sqrt(of),
      deltaCdfStatus: "ok",
      changeMagnitude: Math.sqrt(
        mean(changes.map((change) => change ** 2)) / mean(duals.map((value) => value ** 2)),
      ),
      logLikelihood: likelihoods[k].logLikelihood,
      weight: shares[k] / total,
      inside: inside.includes(name),
    };
  });
}

/** Where a rising function passes a value, by halving. */
function crossing(rising: (exponent: number) => number, value: number, from = -2): number {
  let [low, high] = [from, 5];
  for (let step = 0; step < 25; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return low;
}

const RANKS = "rank independence, test-inversion interval";
const STUDENT = "Student-t likelihood with Jacobian";

function rankEstimate(pairs: Pairs, copies: number, method: string): ExponentEstimate {
  const at = (value: number) => crossing((x) => Math.sqrt(copies) * statisticAt(pairs, x), value);
  return { estimate: at(0), low: at(-1.96), high: at(1.96), level: 0.95, method };
}

function likelihoodEstimate(pairs: Pairs, copies: number): LikelihoodEstimate {
  const cutoffFactor = 1.21;
  const height = (exponent: number) => profileOf(pairs, copies, [exponent])[0].logLikelihood ?? -Infinity;
  const slope = (exponent: number) => height(exponent - 1e-4) - height(exponent + 1e-4);
  const estimate = crossing(slope, 0, anyFlip(pairs) ? 0.01 : -2);
  const drop = (exponent: number) => Math.sign(exponent - estimate) * (height(estimate) - height(exponent));
  return {
    estimate,
    low: crossing(drop, -1.92 * cutoffFactor),
    high: crossing(drop, 1.92 * cutoffFactor),
    degreesOfFreedom: 8,
    cutoffFactor,
    method: STUDENT,
    profile: profileOf(pairs, copies, grid(-1.5, 4, 0.1)),
  };
}

function rounded({ estimate, low, high }: ExponentEstimate, decimals: number): string {
  const [middle, from, to] = [estimate, low, high].map((value) =>
    (value ?? 0).toFixed(decimals).replace("-", "−"),
  );
  return `λ = ${middle}, 95 % interval ${from} to ${to}`;
}

function sensitivityOf(kind: "additive" | "multiplicative", headline: ExponentEstimate): NoiseSensitivity[] {
  const sign = kind === "additive" ? -1 : 1;
  const base = headline.estimate ?? 0;
  const ends = (move: number, half: number) => {
    return { estimate: base + sign * move, low: base + sign * move - half, high: base + sign * move + half };
  };
  return [
    { kind, share: 0.05, ...ends(0.05, 0.12), status: "ok" },
    { kind, share: 0.1, ...ends(0.17, 0.19), status: "ok" },
    { kind, share: 0.2, estimate: null, low: null, high: null, status: "change-within-noise" },
  ];
}

function groupOf(pairs: Pairs, name: string): GroupFit {
  const own = [...pairs.group.keys()].filter((k) => pairs.group[k] === name);
  const members = {
    initial: own.map((k) => pairs.initial[k]),
    final: own.map((k) => pairs.final[k]),
    group: [],
  };
  const exponent = rankEstimate(members, 1, RANKS);
  const candidates = (exponent.high ?? 5) > 0.5 ? ["negative-entropy", "1.5-norm"] : ["negative-entropy"];
  return {
    name,
    pairs: own.length,
    exponent,
    likelihood: likelihoodEstimate(members, 1),
    potentials: scoresOf(members, own.length, candidates),
    verdict: {
      potential: candidates.length === 1 ? candidates[0] : null,
      status: candidates.length === 1 ? "decided" : "undecided",
      candidates,
      statement: `The weights of ${name} changed in a geometry near the negative entropy.`,
      advice: "",
    },
  };
}

/** Negative entropy, 600 spines in three groups, 24 dendrites resampled, sensitivity to noise; some pairs left out. */
export function decidedExample(): ExampleFit {
  const pairs = growingSpines(600);
  const groups = ["L2/3 apical", "L5 basal", "L5 apical tuft"].map((name) => groupOf(pairs, name));
  const exponent = rankEstimate(pairs, 1, "rank independence, bootstrap of whole clusters");
  const fit: GeometryFit = {
    schema: FIT_SCHEMA,
    source: 'table "spines.csv"',
    pairs: {
      total: 641,
      used: 600,
      nonFinite: 12,
      absentInitially: 9,
      absentFinally: 17,
      absentThroughout: 3,
      signFlips: 0,
      unchanged: 0,
    },
    exponent,
    likelihood: likelihoodEstimate(pairs, 1),
    potentials: scoresOf(pairs, 600, ["negative-entropy"]),
    noise: {
      additive: null,
      multiplicative: null,
      source: "none",
      method: null,
      changeOverNoise: null,
      sensitivity: [...sensitivityOf("additive", exponent), ...sensitivityOf("multiplicative", exponent)],
    },
    drift: 0.21,
    groups,
    clusters: { count: 24, resamples: 400 },
    changeBySize: sizeBins(pairs, 12),
    diagnostics: {
      pairing: { signed: 0.94, magnitude: 0.94, related: true },
      logSizeDeviation: 0.83,
      remainingDependence: {
        location: { statistic: 1.7, degreesOfFreedom: 2, pValue: 0.43 },
        spread: { statistic: 2.9, degreesOfFreedom: 2, pValue: 0.23 },
        shareExplained: 0.004,
        trend: -0.03,
      },
      flips: { observed: 0, expected: 0, pValue: null },
      groupAgreement: { statistic: 2.6, degreesOfFreedom: 2, pValue: 0.27 },
      kurtosis: 3.31,
      andersonDarling: 0.62,
      pairsNeeded: 48,
    },
    subsample: null,
    control: null,
    seed: 1,
    verdict: {
      potential: "negative-entropy",
      status: "decided",
      candidates: ["negative-entropy"],
      statement: `If measurement noise is negligible, these weights changed in the geometry of the negative entropy (${rounded(exponent, 2)}).`,
      advice:
        "A control without learning over the same interval would show whether spontaneous change looks the same.",
    },
  };
  return { fit, picture: pictureOf(pairs, 600) };
}

const NO_ESTIMATE = { estimate: null, low: null, high: null } as const;

/** Constant initial weights: nothing can be estimated, every number that may be missing is. */
export function unidentifiableExample(): ExampleFit {
  const fit: GeometryFit = {
    schema: FIT_SCHEMA,
    source: 'npz "constant.npz"',
    pairs: {
      total: 40,
      used: 40,
      nonFinite: 0,
      absentInitially: 0,
      absentFinally: 0,
      absentThroughout: 0,
      signFlips: 0,
      unchanged: 0,
    },
    exponent: { ...NO_ESTIMATE, level: 0.95, method: "rank independence" },
    likelihood: { ...NO_ESTIMATE, degreesOfFreedom: null, cutoffFactor: null, method: STUDENT, profile: [] },
    potentials: NAMED.map(({ name, exponent }) => ({
      name,
      exponent,
      deltaCdf: null,
      deltaCdfCentred: null,
      deltaCdfFloor: null,
      deltaCdfStatus: "no-change",
      changeMagnitude: null,
      logLikelihood: null,
      weight: null,
      inside: false,
    })),
    noise: {
      additive: 0.02,
      multiplicative: 0.1,
      source: "given",
      method: null,
      changeOverNoise: 0,
      sensitivity: [],
    },
    drift: null,
    groups: [],
    clusters: null,
    changeBySize: [],
    diagnostics: {
      pairing: { signed: 0, magnitude: 0, related: false },
      logSizeDeviation: 0,
      remainingDependence: null,
      flips: { observed: 0, expected: 0, pValue: null },
      groupAgreement: null,
      kurtosis: null,
      andersonDarling: null,
      pairsNeeded: null,
    },
    subsample: null,
    control: null,
    seed: 1,
    verdict: {
      potential: null,
      status: "unidentifiable",
      candidates: [],
      statement: "These weights cannot tell a geometry: initial weights hardly vary.",
      advice: "Measure synapses of different sizes.",
    },
  };
  const picture: GeometryPicture = {
    sample: { initial: [], final: [], group: null, of: 0 },
    histograms: [],
    continuum: [],
    floor: { expected: 0, upper: 0 },
    pairs: 40,
    control: null,
    independence: { critical: 1.96, points: [] },
  };
  return { fit, picture };
}

const EVEN_PAIRS = 4000;

/** Five million weights of a network trained in the 2-norm, signed, a fifth of a per cent of them crossing zero. */
export function largeExample(): ExampleFit {
  const pairs = trainedNetwork(EVEN_PAIRS);
  const used = 4_999_998;
  const exponent = rankEstimate(pairs, used / EVEN_PAIRS, RANKS);
  const fit: GeometryFit = {
    schema: FIT_SCHEMA,
    source: "initial.npy and final.npy",
    pairs: {
      total: 5_000_000,
      used,
      nonFinite: 2,
      absentInitially: 0,
      absentFinally: 0,
      absentThroughout: 0,
      signFlips: 312_481,
      unchanged: 0,
    },
    exponent,
    likelihood: likelihoodEstimate(pairs, used / EVEN_PAIRS),
    potentials: scoresOf(pairs, used, ["2-norm"]),
    noise: {
      additive: null,
      multiplicative: null,
      source: "none",
      method: null,
      changeOverNoise: null,
      sensitivity: [],
    },
    drift: -0.002,
    groups: [],
    clusters: null,
    changeBySize: sizeBins(pairs, 12, used / EVEN_PAIRS).map((bin) => ({
      ...bin,
      pairs: Math.floor(used / 12),
    })),
    diagnostics: {
      pairing: { signed: 0.981, magnitude: 0.942, related: true },
      logSizeDeviation: 1.11,
      remainingDependence: {
        location: { statistic: 0.4, degreesOfFreedom: 2, pValue: 0.82 },
        spread: { statistic: 21.3, degreesOfFreedom: 2, pValue: 0.00002 },
        shareExplained: 0.00004,
        trend: 0.001,
      },
      flips: { observed: 312_481, expected: 0, pValue: 0 },
      groupAgreement: null,
      kurtosis: 3.0,
      andersonDarling: 0.9,
      pairsNeeded: 30,
    },
    subsample: { rank: 200_000, likelihood: 200_000 },
    control: null,
    seed: 1,
    verdict: {
      potential: "2-norm",
      status: "decided",
      candidates: ["2-norm"],
      statement: `These weights changed in the Euclidean geometry, the 2-norm (${rounded(exponent, 4)}).`,
      advice: "",
    },
  };
  return { fit, picture: pictureOf(pairs, used) };
}
