/** A fit held against a group without learning: all methods that see it, and the verdict. */

import { InputError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { continuumPairs } from "../dual-continuum.ts";
import { drawnPositions, estimateWithoutNoise } from "../estimate.ts";
import type { ExponentEstimate, PotentialScore, Verdict } from "../geometry-fit.ts";
import { requireEnough } from "../pair-requirements.ts";
import { countPairs, type PairCounts, type PairedWeights, usablePlaces } from "../paired-weights.ts";
import { changeBySize } from "../size-bins.ts";
import { type Evidence, sizesAlike, unrelated } from "../verdict.ts";
import { type ControlEstimates, controlEstimates } from "./control-estimates.ts";
import type { ControlFit } from "./control-fit.ts";
import { type ControlPairs, controlPairs } from "./control-pairs.ts";
import { judgeControl } from "./control-verdict.ts";
import { meanChangeExponent } from "./mean-change.ts";

const FLUCTUATION_PAIRS = 20_000;

/** @throws InputError `control-with-noise`, `control-with-groups`, `control-clusters`, `too-few-pairs`, `no-change` */
export function requireControl(pairs: PairedWeights, control: PairedWeights, noiseGiven: boolean): void {
  if (noiseGiven || pairs.repeat !== null) {
    throw new InputError({
      code: "control-with-noise",
      message: `${pairs.source}: expected no noise level beside a control group, got one; the change of the control holds the noise already, so leave it out`,
    });
  }
  if (pairs.group !== null) {
    throw new InputError({
      code: "control-with-groups",
      message: `${pairs.source}: expected no groups beside a control group, got ${pairs.group.names.length}; divide by a group's median size with --normalise-by, or infer each group by itself`,
    });
  }
  if ((pairs.cluster === null) !== (control.cluster === null)) {
    throw new InputError({
      code: "control-clusters",
      message: `${pairs.source}: expected clusters in both groups or in neither, got them only in the ${pairs.cluster === null ? "control" : "learning"} group; name them in both`,
    });
  }
  requireEnough(control, countPairs(control));
}

export interface HeldFit {
  readonly control: ControlFit;
  readonly exponent: ExponentEstimate;
  readonly potentials: readonly PotentialScore[];
  readonly verdict: Verdict;
}

export interface FitControlOptions {
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  onProgress(label: string): void;
}

/** `evidence` is that of the learning pairs by themselves. */
export function fitControl(
  learning: PairedWeights,
  control: PairedWeights,
  evidence: Evidence,
  options: FitControlOptions,
): HeldFit {
  const pairs = controlPairs(learning, control);
  const found = controlEstimates(pairs, options);
  options.onProgress("fluctuation of the control");
  const counts = countPairs(control);
  const withoutHeadline: Omit<ControlFit, "headline"> = {
    source: control.source,
    pairs: counts,
    learningShare: found.variance.learningShare,
    withoutControl: evidence.exponent,
    estimates: found.estimates,
    selectivity: found.selectivity,
    fluctuation: fluctuationOf(control, counts, options),
    meanChange: {
      ...meanChangeExponent(pairs, found.variance, options.level),
      level: options.level,
      method: "weighted least squares on the mean change, profile interval",
    },
    variance: inUnitOfFile(found, pairs.scale),
    exceedances: { count: found.truncated.exceedances, bound: found.truncated.bound },
    smallSizes: smallSizes(pairs),
    changeBySize: changeBySize(control, options.level, usablePlaces(control)),
    clusters: pairs.clusterCount > 0 ? pairs.clusterCount : null,
  };
  const early = sizesAlike(evidence) ?? unrelated(evidence);
  const { verdict, headline } = early
    ? { verdict: early, headline: null }
    : judgeControl({
        pairs: evidence.pairs,
        control: withoutHeadline,
        potentials: evidence.potentials,
      });
  const shown = found.estimates.find(({ name }) => name === headline) ?? found.estimates[0];
  const { estimate, low, high, level, method } = shown;
  const exponent = { estimate, low, high, level, method };
  return {
    control: { ...withoutHeadline, headline },
    exponent,
    potentials: evidence.potentials.map((score) => ({ ...score, inside: isInside(exponent, score) })),
    verdict,
  };
}

/** Off the continuum nothing has been judged against the control. */
function isInside({ estimate, low, high }: ExponentEstimate, { exponent }: PotentialScore): boolean {
  if (estimate === null || exponent === null) return false;
  return (low === null || exponent >= low) && (high === null || exponent <= high);
}

/** λ of the control by itself, by rank independence: the estimate that knows nothing of laws. */
function fluctuationOf(
  control: PairedWeights,
  counts: PairCounts,
  { level, resamples, random, onProgress }: FitControlOptions,
): ExponentEstimate {
  const { initial, final } = control;
  const changed = usablePlaces(control).filter((i) => initial[i] !== final[i]);
  const places =
    counts.used <= FLUCTUATION_PAIRS
      ? changed
      : drawnPositions(changed.length, FLUCTUATION_PAIRS, random.stream("fluctuation")).map(
          (k) => changed[k],
        );
  const pairs = continuumPairs({ ...control, group: null }, places);
  return estimateWithoutNoise(pairs, { level, resamples, random: random.stream("control ranks"), onProgress })
    .exponent;
}

/** A, C and S² of weights over their scale, for weights as they are. */
function inUnitOfFile({ variance }: ControlEstimates, scale: number): ControlFit["variance"] {
  const { exponent, learning, additive, multiplicative } = variance.parameters;
  return {
    exponent,
    learning: learning * scale ** (2 * exponent),
    additive: additive * scale * scale,
    multiplicative,
  };
}

function smallSizes({ learning, control }: ControlPairs): number {
  return [learning, control].reduce(
    (sum, { initial, size }) => sum + initial.filter((weight, i) => weight < size[i]).length,
    0,
  );
}
