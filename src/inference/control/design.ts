/** How many synapses tell two geometries apart, with a control group: by formula, and by simulation that it is held to. */

import { InputError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { binomialInterval } from "../binomial-interval.ts";
import { normalCdf, normalQuantile } from "../special-functions.ts";
import { controlPairs } from "./control-pairs.ts";
import { type ControlSimulation, simulateControl } from "./simulate-control.ts";
import { invertPositive, zeros } from "./small-matrix.ts";
import { varianceExcludes } from "./variance-with-control.ts";

export interface DesignSettings {
  /** λ of the two geometries. */
  readonly between: readonly [number, number];
  readonly power: number;
  /** Confidence level of the interval that is to exclude the other geometry. */
  readonly level: number;
  /** SD of ln w⁰; ignored where sizes are given. */
  readonly logSizeDeviation: number;
  /** Initial sizes to draw from; null draws from a log-normal law. */
  readonly sizes: Float64Array | null;
  /** SD of the change by learning of a synapse of median size, as a share of that size. */
  readonly change: number;
  readonly law: ControlSimulation["law"];
  readonly fluctuation: number;
  readonly noise: ControlSimulation["noise"];
  /** Control synapses for each learning synapse. */
  readonly controlRatio: number;
  /** Synapses in a cell (dendrite, animal), and how alike the squared changes in a cell are. */
  readonly perCluster: number;
  readonly clusterCorrelation: number;
}

export const DEFAULT_DESIGN: DesignSettings = {
  between: [0, 1],
  power: 0.8,
  level: 0.95,
  logSizeDeviation: 0.7,
  sizes: null,
  change: 0.2,
  law: "gaussian",
  fluctuation: 0.15,
  noise: { multiplicative: 0.07, additive: 0.05 },
  controlRatio: 1,
  perCluster: 1,
  clusterCorrelation: 0,
};

export interface DesignPoint {
  readonly learning: number;
  readonly control: number;
  /** Cells (dendrites, animals) with learning synapses, and with control synapses. */
  readonly clusters: number;
  readonly controlClusters: number;
  /** Probability that the interval excludes the other geometry, by formula; the smaller over the two truths. */
  readonly power: number;
}

export interface SimulatedPoint extends DesignPoint {
  /** Data sets simulated for each of the two truths. */
  readonly runs: number;
  /** 95 % binomial interval of the power. */
  readonly low: number;
  readonly high: number;
}

const DESIGN_SCHEMA = "syngeo.design/1";

export interface Design {
  readonly schema: typeof DESIGN_SCHEMA;
  readonly between: readonly [number, number];
  readonly power: number;
  /** 1 + (m − 1)ρ, by which independent synapses are multiplied. */
  readonly designEffect: number;
  /** Share of the variance of the change that learning adds, under each of the two geometries. */
  readonly learningShare: readonly [number, number];
  readonly formula: DesignPoint;
  /** The answer: the number whose simulated power is that asked for, with that power at it. */
  readonly simulation: SimulatedPoint;
  /** Power by formula and by the simulated points, for a drawing. */
  readonly curve: readonly DesignPoint[];
  readonly simulated: readonly SimulatedPoint[];
}

const SIZE_QUANTILES = 400;
/** Data sets for each truth, in the search and to confirm. */
const SEARCH_RUNS = 200;
const FINAL_RUNS = 600;
const SEARCH_ROUNDS = 3;
const FEWEST = 12;
const MOST = 20_000;
/** Kurtosis that stands for a t₄ law of 300 synapses: its own is infinite, that of a sample grows with it. */
const STUDENT_KURTOSIS = 9;
const CURVE = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4] as const;

/**
 * The number of learning synapses that exclude the other of two geometries with the power asked for.
 *
 * Formula: the information on (λ, ln S, ln A, ln C) of both groups, ½ Σ g gᵀ, g the slopes of ln V, over (κ − 1)/2 for heavy
 * tails; power Φ(Δλ/SE − z). Simulation: data sets of both truths through `varianceExcludes`, the share of intervals that
 * exclude the other; the number is moved along Φ(c√n − z) until that share is the power, and confirmed by 600 runs.
 * Clusters multiply independent synapses by 1 + (m − 1)ρ.
 *
 * @throws InputError `bad-design`
 */
export function designControl(
  settings: Partial<DesignSettings>,
  options: { readonly random: Random; onProgress?(done: number, total: number): void },
): Design {
  const all = { ...DEFAULT_DESIGN, ...settings };
  requireDesign(all);
  const effect = 1 + (all.perCluster - 1) * all.clusterCorrelation;
  const asPoint = (independent: number, power: number): DesignPoint => {
    const learning = Math.ceil(independent * effect);
    const control = Math.ceil(independent * effect * all.controlRatio);
    return {
      learning,
      control,
      clusters: Math.ceil(learning / all.perCluster),
      controlClusters: Math.ceil(control / all.perCluster),
      power,
    };
  };
  const unit = Math.max(
    ...all.between.map((exponent) => informationError(all, exponent, 1, all.controlRatio)),
  );
  const difference = Math.abs(all.between[1] - all.between[0]);
  const z = normalQuantile(0.5 + all.level / 2);
  const formulaPower = (count: number) => normalCdf((difference * Math.sqrt(count)) / unit - z);
  const byFormula = Math.max(FEWEST, ((z + normalQuantile(all.power)) * (unit / difference)) ** 2);
  const found = searchBySimulation(all, byFormula, options);
  const simulated = found.map(({ count, power, runs }) => ({
    ...asPoint(count, power),
    runs,
    ...binomialInterval(power, runs),
  }));
  return {
    schema: DESIGN_SCHEMA,
    between: all.between,
    power: all.power,
    designEffect: effect,
    learningShare: [shareOf(all, all.between[0]), shareOf(all, all.between[1])],
    formula: asPoint(byFormula, formulaPower(byFormula)),
    simulation: simulated[simulated.length - 1],
    curve: CURVE.map((factor) => Math.max(4, factor * byFormula)).map((count) =>
      asPoint(count, formulaPower(count)),
    ),
    simulated: simulated.toSorted((a, b) => a.learning - b.learning),
  };
}

function requireDesign(settings: DesignSettings): void {
  const { between, power, level, change, controlRatio, perCluster, clusterCorrelation } = settings;
  const wrong = [
    [
      between[0] !== between[1] && between.every((x) => x >= -1 && x <= 2),
      "two exponents from −1 to 2",
      between,
    ],
    [power > 0.5 && power < 1, "a power between 0.5 and 1", power],
    [level > 0.5 && level < 1, "a confidence level between 0.5 and 1", level],
    [change > 0 && change < 10, "a change above 0 as a share of the median size", change],
    [
      controlRatio > 0 && controlRatio <= 20,
      "a ratio of control to learning synapses up to 20",
      controlRatio,
    ],
    [Number.isInteger(perCluster) && perCluster >= 1, "a whole number of synapses in a cluster", perCluster],
    [clusterCorrelation >= 0 && clusterCorrelation <= 1, "a correlation from 0 to 1", clusterCorrelation],
  ] as const;
  for (const [right, expected, got] of wrong) {
    if (right) continue;
    throw new InputError({
      code: "bad-design",
      message: `design: expected ${expected}, got ${got}; change that setting`,
    });
  }
}

/** Sizes over their median that the expectations are taken over. */
function typicalSizes({ sizes, logSizeDeviation }: DesignSettings): Float64Array {
  const share = (k: number) => (k + 0.5) / SIZE_QUANTILES;
  if (sizes === null) {
    return Float64Array.from({ length: SIZE_QUANTILES }, (_, k) =>
      Math.exp(logSizeDeviation * normalQuantile(share(k))),
    );
  }
  const sorted = sizes.toSorted();
  const median = sorted[sorted.length >> 1];
  return Float64Array.from(
    { length: SIZE_QUANTILES },
    (_, k) => sorted[Math.floor(share(k) * sorted.length)] / median,
  );
}

/** V_L and V_C at a size: learning and what the control does. */
function variances({ change, fluctuation, noise }: DesignSettings, exponent: number, size: number) {
  const additive = 2 * noise.additive ** 2;
  const multiplicative = (fluctuation ** 2 + 2 * noise.multiplicative ** 2) * size * size;
  return { learning: change ** 2 * size ** (2 * (1 - exponent)), additive, multiplicative };
}

function shareOf(settings: DesignSettings, exponent: number): number {
  const shares = typicalSizes(settings).map((size) => {
    const { learning, additive, multiplicative } = variances(settings, exponent, size);
    return learning / (learning + additive + multiplicative);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** SE of λ̂ with `learning` and `control` synapses, from the information on (λ, ln S, ln A, ln C). */
export function informationError(
  settings: DesignSettings,
  exponent: number,
  learning: number,
  control: number,
): number {
  const sizes = typicalSizes(settings);
  const information = zeros(4);
  for (const size of sizes) {
    const v = variances(settings, exponent, size);
    const still = v.additive + v.multiplicative;
    const both = still + v.learning;
    const share = v.learning / both;
    const kurtosis = settings.law === "gaussian" ? 3 : 3 + (STUDENT_KURTOSIS - 3) * share * share;
    const slopes = [
      {
        weight: learning / (kurtosis - 1),
        g: [-2 * share * Math.log(size), 2 * share, v.additive / both, v.multiplicative / both],
      },
      { weight: control / 2, g: [0, 0, v.additive / still, v.multiplicative / still] },
    ];
    for (const { weight, g } of slopes) {
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < 4; b++) information[a][b] += (weight / sizes.length) * g[a] * g[b];
      }
    }
  }
  // Without additive or multiplicative noise its slope is 0: a trace keeps the inverse finite.
  for (let a = 1; a < 4; a++) information[a][a] += 1e-12;
  return Math.sqrt(invertPositive(information)?.[0][0] ?? Number.POSITIVE_INFINITY);
}

interface Tried {
  readonly count: number;
  readonly power: number;
  readonly runs: number;
}

/** From the formula's number along Φ(c√n − z), c from all runs so far, to the number that is confirmed. */
function searchBySimulation(
  settings: DesignSettings,
  start: number,
  { random, onProgress }: { readonly random: Random; onProgress?(done: number, total: number): void },
): Tried[] {
  const total = 2 * (SEARCH_ROUNDS * SEARCH_RUNS + FINAL_RUNS);
  const tried: Tried[] = [];
  let [count, done] = [start, 0];
  for (let round = 0; round <= SEARCH_ROUNDS; round++) {
    const runs = round < SEARCH_ROUNDS ? SEARCH_RUNS : FINAL_RUNS;
    const power = simulatedPower(settings, count, runs, random.stream(`round ${round}`), () => {
      done++;
      onProgress?.(done, total);
    });
    tried.push({ count, power, runs });
    if (round < SEARCH_ROUNDS) count = nextCount(tried, settings);
  }
  return tried;
}

/** The number at which Φ(a + c√n), fitted to the powers tried, is the power wanted; with one try a = −z. */
function nextCount(tried: readonly Tried[], { power, level }: DesignSettings): number {
  const z = normalQuantile(0.5 + level / 2);
  const probit = ({ power: found, runs }: Tried) =>
    normalQuantile(Math.min(1 - 0.5 / runs, Math.max(0.5 / runs, found)));
  // The latest tries are the nearest to the power wanted, and count most.
  const nearness = (one: Tried) => one.runs * Math.exp(-4 * Math.abs(one.power - power));
  const sum = (of: (one: Tried) => number) =>
    tried.reduce((total, one) => total + nearness(one) * of(one), 0);
  const slope = sum((one) => Math.sqrt(one.count) * (probit(one) + z)) / sum((one) => one.count);
  const wanted = ((z + normalQuantile(power)) / Math.max(1e-6, slope)) ** 2;
  return Math.min(MOST, Math.max(FEWEST, wanted));
}

/** The smaller, over the two truths, of the shares of intervals that exclude the other geometry. */
function simulatedPower(
  settings: DesignSettings,
  count: number,
  runs: number,
  random: Random,
  onRun: () => void,
): number {
  const { between, level, controlRatio, sizes } = settings;
  const learning = Math.max(6, Math.round(count));
  const control = Math.max(6, Math.round(count * controlRatio));
  const relative = sizes === null ? null : typicalSizes(settings);
  const shares = between.map((exponent, which) => {
    const other = between[1 - which];
    let excluded = 0;
    for (let run = 0; run < runs; run++) {
      const own = random.stream(`truth ${which} run ${run}`);
      const simulated = simulateControl(
        { ...simulationOf(settings), sizes: relative, learning, control, exponent },
        own,
      );
      if (varianceExcludes(controlPairs(simulated.pairs, simulated.control), level, other)) excluded++;
      onRun();
    }
    return excluded / runs;
  });
  return Math.min(...shares);
}

function simulationOf({ logSizeDeviation, change, law, fluctuation, noise }: DesignSettings) {
  return { logSizeDeviation, change, law, fluctuation, noise };
}
