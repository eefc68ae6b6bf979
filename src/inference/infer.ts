/** Paired weights in, the geometry of their change out. */

import { InputError } from "../errors.ts";
import { type Potential, parsePotential } from "../geometry/index.ts";
import type { Random } from "../random.ts";
import { fitControl, requireControl } from "./control/fit-control.ts";
import {
  agreementOfEstimates,
  changeShape,
  flipTest,
  groupAgreement,
  logSizeDeviation,
  pairingOf,
  remainingDependence,
  spreadBetween,
} from "./diagnostics.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import {
  type BeginLikelihood,
  type BegunEstimate,
  type Estimate,
  estimateWithNoise,
  estimateWithoutNoise,
  thin,
} from "./estimate.ts";
import {
  type Diagnostics,
  FIT_SCHEMA,
  type GeometryFit,
  type GroupFit,
  type NoiseReport,
} from "./geometry-fit.ts";
import { changeBeyondNoise, type NoiseLevels, noiseOfRepeats, noisyPairs } from "./measurement-noise.ts";
import { noiseSensitivity } from "./noise-sensitivity.ts";
import { FEWEST_PAIRS, requireEnough, requireVariation } from "./pair-requirements.ts";
import type { PairCounts, PairedWeights } from "./paired-weights.ts";
import { type Population, populationOf } from "./population.ts";
import { DEFAULT_POTENTIALS, exponentsOf, scorePotentials } from "./potential-scores.ts";
import { changeBySize } from "./size-bins.ts";
import { normalQuantile } from "./special-functions.ts";
import { type Evidence, judge } from "./verdict.ts";

export interface InferOptions {
  /** Named randomness: permutations, subsamples, resampled clusters. Same seed, same answer, bit for bit. */
  readonly random: Random;
  /** Written into the result. */
  readonly seed?: number;
  /** The potentials compared; five unless given. */
  readonly potentials?: readonly Potential[];
  /** The same measured without learning, by which λ is that of learning alone; with it neither groups nor noise are taken. */
  readonly control?: PairedWeights;
  /** Known noise of one reading; estimated from `pairs.repeat` where that is present instead. */
  readonly noise?: NoiseLevels;
  /** Confidence level; 0.95 unless given. */
  readonly level?: number;
  /** Resamples of whole clusters; 400 unless given, at least 200. */
  readonly resamples?: number;
  /** Whether to try 5, 10 and 20 % of noise of either kind where none is known; off unless asked for. */
  readonly sensitivity?: boolean;
  /** Where the likelihood is computed while the ranks are; the calling thread unless given. Results do not depend on it. */
  readonly beginLikelihood?: BeginLikelihood;
  readonly signal?: AbortSignal;
  /** `done` of `total` steps (or of another `unit`), and what comes next. */
  onProgress?(event: {
    readonly done: number;
    readonly total: number;
    readonly label: string;
    readonly unit?: string;
  }): void;
}

const DIAGNOSTIC_PAIRS = 50_000;
const DEFAULT_RESAMPLES = 400;

interface Setting {
  readonly random: Random;
  readonly potentials: readonly Potential[];
  readonly noise: NoiseLevels | null;
  readonly noiseSource: NoiseReport["source"];
  /** Pairs the noise was estimated from; null when it was given. */
  readonly repeats: number | null;
  readonly level: number;
  readonly resamples: number;
  readonly beginLikelihood: BeginLikelihood | undefined;
  tick(label: string): void;
}

/**
 * Which geometry changed these weights?
 *
 * λ̂ by rank independence with its interval, the Student-t likelihood beside it, the paper's ΔCDF, noise, groups,
 * clusters, diagnostics and a verdict. More than 100,000 pairs are thinned to that many for the ranks (10,000 for the
 * likelihood), which `subsample` says; ΔCDF and the counts see all.
 *
 * @throws InputError `too-few-pairs` (fewer than 10 present at both ends, or that changed), `constant-initial`, `no-change`,
 *   `bad-level`, `bad-noise`, `too-few-resamples`; with a control `control-with-noise`, `control-with-groups`,
 *   `control-clusters`
 */
export function infer(pairs: PairedWeights, options: InferOptions): GeometryFit {
  return inferPopulation(populationOf(pairs), options);
}

/** The same of pairs of which only a sample need be in memory. @throws as `infer` */
export function inferPopulation(population: Population, options: InferOptions): GeometryFit {
  const { pairs, counts } = population;
  const setting = settingOf(pairs, options, countSteps(pairs, options));
  requireEnough(pairs, counts);
  if (options.control) requireControl(pairs, options.control, options.noise !== undefined);
  setting.tick("selecting pairs");
  const continuum = selectPairs(population, setting);
  requireVariation(pairs, counts, continuum);
  const whole = fitOne(population, continuum, setting);
  const groups = fitGroups(population, setting);
  // The rank test of agreement knows nothing of noise; the estimates of the groups do.
  const groupAgreement = whole.diagnostics.groupAgreement ?? agreementOfEstimates(groups, setting.level);
  const diagnostics: Diagnostics = { ...whole.diagnostics, groupAgreement };
  const sensitivity =
    options.sensitivity && setting.noise === null
      ? noiseSensitivity(continuum, setting.level, setting.random.stream("sensitivity"), setting.tick)
      : [];
  const { rank, likelihood } = whole.estimate.seen;
  const evidence: Evidence = {
    ...whole.evidence,
    diagnostics,
    groupSpread: spreadBetween(groups, setting.level),
  };
  const held =
    options.control === undefined
      ? null
      : fitControl(pairs, options.control, evidence, {
          level: setting.level,
          resamples: setting.resamples,
          random: setting.random.stream("control"),
          onProgress: setting.tick,
        });
  return {
    schema: FIT_SCHEMA,
    source: pairs.source,
    pairs: counts,
    exponent: held?.exponent ?? whole.estimate.exponent,
    likelihood: whole.estimate.likelihood,
    potentials: held?.potentials ?? whole.potentials,
    noise: { ...whole.noise, sensitivity },
    drift: whole.drift,
    groups,
    clusters: pairs.cluster && {
      count: whole.evidence.clusters ?? 0,
      resamples: whole.estimate.resamples,
    },
    changeBySize: changeBySize(pairs, setting.level, whole.seen.place),
    diagnostics,
    subsample: Math.min(rank, likelihood) < selectable(counts, setting) ? { rank, likelihood } : null,
    seed: options.seed ?? 0,
    control: held?.control ?? null,
    verdict: held?.verdict ?? judge(evidence),
  };
}

/** What `infer` refuses before it looks at a pair. @throws InputError `bad-level`, `bad-noise`, `too-few-resamples` */
export function requireOptions(options: InferOptions): {
  readonly level: number;
  readonly resamples: number;
} {
  const level = options.level ?? 0.95;
  if (!(level > 0.5 && level < 1)) {
    throw new InputError({
      code: "bad-level",
      message: `infer: expected a confidence level between 0.5 and 1, got ${level}; 0.95 is usual`,
    });
  }
  const resamples = options.resamples ?? DEFAULT_RESAMPLES;
  if (!(Number.isInteger(resamples) && resamples >= 200 && resamples <= 100_000)) {
    throw new InputError({
      code: "too-few-resamples",
      message: `infer: expected a whole number of cluster resamples from 200 to 100000, got ${resamples}; 400 is the default`,
    });
  }
  if (options.noise) requireNoise(options.noise);
  return { level, resamples };
}

function settingOf(pairs: PairedWeights, options: InferOptions, total: number): Setting {
  const { level, resamples } = requireOptions(options);
  const estimated = options.noise === undefined && pairs.repeat ? noiseFrom(pairs) : null;
  const given = options.noise ?? null;
  let done = 0;
  return {
    random: options.random,
    potentials: potentialsOf(options),
    noise: given ?? estimated,
    noiseSource: given ? "given" : estimated ? "repeats" : "none",
    repeats: estimated?.used ?? null,
    level,
    resamples,
    beginLikelihood: options.beginLikelihood,
    tick: (label) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ done: Math.min(done++, total), total, label });
    },
  };
}

/** The potentials compared: those asked for, or the five of `DEFAULT_POTENTIALS`. */
export function potentialsOf({ potentials }: InferOptions): readonly Potential[] {
  return potentials ?? DEFAULT_POTENTIALS.map((name) => parsePotential(name));
}

/** Noise of exactly 0 is no noise: the methods for it would divide by it. */
function hasNoise({ additive, multiplicative }: NoiseLevels): boolean {
  return additive > 0 || multiplicative > 0;
}

function requireNoise(noise: NoiseLevels): void {
  for (const [kind, value] of Object.entries(noise)) {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) continue;
    throw new InputError({
      code: "bad-noise",
      message: `infer: expected ${kind} noise ≥ 0 and finite, got ${value}; give the SD of one reading`,
    });
  }
}

function noiseFrom({ repeat, source }: PairedWeights) {
  const noise = noiseOfRepeats(repeat?.first ?? new Float64Array(), repeat?.second ?? new Float64Array());
  if (noise.used >= FEWEST_PAIRS) return noise;
  throw new InputError({
    code: "too-few-pairs",
    message: `${source}: expected at least ${FEWEST_PAIRS} synapses with both repeated measurements, got ${noise.used}; give the noise with --noise-additive and --noise-multiplicative`,
  });
}

/** Steps of the progress shown: five a fit, one a resample of clusters, six for the sensitivity to noise. */
function countSteps(pairs: PairedWeights, options: InferOptions): number {
  const resamples =
    pairs.cluster && !options.noise && !pairs.repeat ? (options.resamples ?? DEFAULT_RESAMPLES) : 0;
  // Beside the resamples of the ranks: those of the control's ranks and of the two methods that are repeated on both groups.
  const control = options.control ? 7 + 3 * resamples : 0;
  return 6 + control + resamples + 5 * (pairs.group?.names.length ?? 0) + (options.sensitivity ? 6 : 0);
}

/** Two readings of one weight may agree by chance: with noise an unchanged pair is a pair like any other. */
export function keepsUnchanged(noise: NoiseLevels | null): boolean {
  return noise !== null && hasNoise(noise);
}

function selectable(counts: PairCounts, { noise }: Setting): number {
  return keepsUnchanged(noise) ? counts.used : counts.used - counts.unchanged;
}

function selectPairs(population: Population, setting: Setting): ContinuumPairs {
  return population.select(keepsUnchanged(setting.noise), setting.random);
}

function fitOne(population: Population, continuum: ContinuumPairs, setting: Setting) {
  const { pairs, counts } = population;
  const { random, level, resamples, beginLikelihood } = setting;
  const noisy = setting.noise && hasNoise(setting.noise) ? noisyPairs(continuum, setting.noise) : null;
  const beyond = noisy && changeBeyondNoise(noisy, setting.repeats);
  const options = {
    level,
    random,
    resamples,
    exponents: exponentsOf(setting.potentials),
    beginLikelihood,
    onProgress: (label: string) => setting.tick(label),
  };
  const begun =
    noisy && beyond ? estimateWithNoise(noisy, beyond, options) : estimateWithoutNoise(continuum, options);
  // Before the likelihood is waited for: another thread may be at it.
  setting.tick("diagnostics");
  const seen = some(continuum, random);
  const exponent = begun.exponent.estimate;
  const shape = changeShape(seen, exponent ?? 1);
  const diagnostics: Diagnostics = {
    pairing: pairingOf(seen),
    logSizeDeviation: logSizeDeviation(seen),
    remainingDependence: exponent === null ? null : remainingDependence(seen, exponent),
    flips: flipTest(counts.signFlips, noisy, counts.used / continuum.count),
    groupAgreement:
      pairs.group && exponent !== null && noisy === null
        ? groupAgreement(continuum, exponent, begun.scores)
        : null,
    kurtosis: shape?.kurtosis ?? null,
    andersonDarling: shape?.andersonDarling ?? null,
    pairsNeeded: pairsNeeded(begun, level),
  };
  setting.tick("likelihood");
  const estimate: Estimate = { ...begun, ...begun.finish() };
  setting.tick("potentials");
  const likelihoodPairs = thin(continuum, estimate.seen.likelihood, random.stream("likelihood subsample"));
  const potentials = scorePotentials(
    setting.potentials,
    population.measure(setting.potentials),
    counts.used,
    continuum,
    likelihoodPairs,
    estimate,
  );
  const noise: NoiseReport = {
    additive: setting.noise?.additive ?? null,
    multiplicative: setting.noise?.multiplicative ?? null,
    source: setting.noiseSource,
    method: estimate.noiseMethod,
    changeOverNoise: beyond?.changeOverNoise ?? null,
    sensitivity: [],
  };
  const evidence: Evidence = {
    pairs: counts.used,
    exponent: estimate.exponent,
    likelihood: estimate.likelihood,
    potentials,
    noise,
    changeBeyondNoise: beyond?.beyond ?? true,
    diagnostics,
    clusters: continuum.cluster && new Set(continuum.cluster).size,
    groupSpread: null,
  };
  return { estimate, potentials, diagnostics, noise, drift: shape?.drift ?? null, evidence, seen };
}

/** The pairs that diagnostics and the change against size are taken from. */
function some(continuum: ContinuumPairs, random: Random): ContinuumPairs {
  return thin(continuum, DIAGNOSTIC_PAIRS, random.stream("diagnostics subsample"));
}

/** n·(SE·2.80/0.5)², SE from the width of the interval: 80 % power at two-sided 5 % for neighbours half a unit apart. */
function pairsNeeded({ exponent, seen, noiseMethod }: BegunEstimate, level: number): number | null {
  const seenPairs = noiseMethod === null ? seen.rank : seen.likelihood;
  if (exponent.low === null || exponent.high === null) return null;
  const error = (exponent.high - exponent.low) / (2 * normalQuantile(0.5 + level / 2));
  return Math.max(FEWEST_PAIRS, Math.ceil(seenPairs * ((error * 2.8) / 0.5) ** 2));
}

/** The same methods within each group; groups too small or without change say so in their verdict. */
function fitGroups(population: Population, setting: Setting): GroupFit[] {
  return population.groups().map(({ name, open }) => {
    const own = { ...setting, random: setting.random.stream(`group ${name}`) };
    return fitGroup(name, open(), own);
  });
}

function fitGroup(name: string, members: Population, setting: Setting): GroupFit {
  const { pairs, counts } = members;
  try {
    requireEnough(pairs, counts);
    const continuum = selectPairs(members, setting);
    requireVariation(pairs, counts, continuum);
    const { estimate, potentials, evidence } = fitOne(members, continuum, setting);
    const { exponent, likelihood } = estimate;
    return { name, pairs: counts.used, exponent, likelihood, potentials, verdict: judge(evidence) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return emptyGroup(name, counts.used, setting.level, error.message);
  }
}

function emptyGroup(name: string, pairs: number, level: number, reason: string): GroupFit {
  const nothing = { estimate: null, low: null, high: null, method: "none" };
  return {
    name,
    pairs,
    exponent: { ...nothing, level },
    likelihood: { ...nothing, degreesOfFreedom: null, cutoffFactor: null, profile: [] },
    potentials: [],
    verdict: { potential: null, status: "unidentifiable", candidates: [], statement: reason, advice: "" },
  };
}
