/** One verdict where a control group exists: which method may speak, and when none may. */

import { exponentName } from "../../geometry/index.ts";
import type { PotentialScore, Verdict } from "../geometry-fit.ts";
import {
  described,
  EQUIVALENCE_MARGIN,
  type EstimateEnds,
  figure,
  grouped,
  interval,
  list,
  nearestWithinMargin,
  open,
  percent,
} from "../verdict-words.ts";
import { FIRST_ORDER_LIMIT } from "./control-estimates.ts";
import type { ControlEstimate, ControlFit, ControlMethod } from "./control-fit.ts";

/** Learning below this share of the variance cannot be told from what the control does. */
const SMALLEST_LEARNING_SHARE = 0.2;
/** A wider interval holds five named potentials of five, or nearly. */
const WIDEST_STATEMENT = 2;
/** Learning above this share makes noise negligible: the test of the largest changes may speak. */
const NEGLIGIBLE_NOISE_SHARE = 0.9;
const WIDEST_TRUNCATED = 1.5;
const FEWEST_EXCEEDANCES = 30;
/** Learning above this share comes with changes that are too large for a first-order variance function. */
const FIRST_ORDER_SHARE = 0.8;
/** Two estimators of one exponent further apart than this do not describe the same thing. */
const LARGEST_GAP = 0.35;

export interface ControlEvidence {
  readonly pairs: number;
  readonly control: Omit<ControlFit, "headline">;
  /** Only name and exponent are looked at. */
  readonly potentials: readonly PotentialScore[];
}

export interface ControlVerdict {
  readonly verdict: Verdict;
  readonly headline: ControlMethod | null;
}

/**
 * The rules, in order.
 *
 * 1. Learning below a fifth of the variance, or a variance-function interval wider than 2: no statement.
 * 2. Learning at least nine tenths of it, and the truncated test sure of itself (30 exceedances, interval no wider than 1.5):
 *    that test, unless the mixture tied to the control contradicts it.
 * 3. Variance function and convolution more than 0.35 apart, or a variance-function λ̂ beyond 1.3: only a range.
 * 4. Some synapses inactive: the convolution mixture, if the three intervals share a named potential, else only a range.
 * 5. Otherwise the variance function, and the convolution where learning is more than four fifths of the variance: there the
 *    former covers 0.80 to 0.89, the latter 0.91 to 0.97 (docs/calibration.md).
 */
export function judgeControl(evidence: ControlEvidence): ControlVerdict {
  return (
    noStatement(evidence) ??
    byTruncation(evidence) ??
    beyondFirstOrder(evidence) ??
    apart(evidence) ??
    bySelection(evidence) ??
    usual(evidence)
  );
}

function usual(evidence: ControlEvidence): ControlVerdict {
  const isLarge = evidence.control.learningShare > FIRST_ORDER_SHARE;
  const convolution = find(evidence, "convolution");
  const estimate =
    isLarge && convolution.estimate !== null ? convolution : find(evidence, "variance-function");
  return named(evidence, estimate, "");
}

function find({ control }: ControlEvidence, name: ControlMethod): ControlEstimate {
  const found = control.estimates.find((estimate) => estimate.name === name);
  if (found === undefined) throw new Error(`judgeControl: expected an estimate by ${name}`);
  return found;
}

function width({ low, high }: EstimateEnds): number {
  return low === null || high === null ? Number.POSITIVE_INFINITY : high - low;
}

function noStatement(evidence: ControlEvidence): ControlVerdict | null {
  const { control, pairs } = evidence;
  const variance = find(evidence, "variance-function");
  const advice =
    "A stronger or longer learning, more synapses of both groups or less measurement noise would be needed; syngeo design says how many.";
  if (control.learningShare < SMALLEST_LEARNING_SHARE) {
    const statement = `Learning cannot be told from what the control does: it is ${percent(control.learningShare)} of the variance of the change of these ${grouped(pairs)} synapses (${percent(SMALLEST_LEARNING_SHARE)} are needed), so no geometry can be read from it.`;
    return { verdict: open("unidentifiable", statement, advice), headline: null };
  }
  if (width(variance) <= WIDEST_STATEMENT) return null;
  const statement = `Beyond what the control does, these ${grouped(pairs)} synapses leave the exponent open: λ = ${interval(variance)}, wider than ${WIDEST_STATEMENT}.`;
  return { verdict: open("unidentifiable", statement, advice), headline: null };
}

function byTruncation(evidence: ControlEvidence): ControlVerdict | null {
  const { control } = evidence;
  const truncated = find(evidence, "truncated-independence");
  const speaks =
    control.learningShare >= NEGLIGIBLE_NOISE_SHARE &&
    control.exceedances.count >= FEWEST_EXCEEDANCES &&
    width(truncated) <= WIDEST_TRUNCATED;
  if (!speaks) return null;
  const mixture = find(evidence, "activity-mixture");
  if (disjoint(truncated, mixture)) {
    const statement = `Two ways to allow for synapses that do not take part disagree: truncated independence gives λ = ${interval(truncated)}, a mixture tied to the control λ = ${interval(mixture)}.`;
    const advice = "Look at who responded, and at the change against size of both groups.";
    return { verdict: open("misfit", statement, advice), headline: null };
  }
  const selective = control.selectivity?.detected
    ? " Which synapses took part does not matter to this answer."
    : "";
  return named(evidence, truncated, selective);
}

function disjoint(a: EstimateEnds, b: EstimateEnds): boolean {
  return (
    (a.low !== null && b.high !== null && b.high < a.low) ||
    (a.high !== null && b.low !== null && b.low > a.high)
  );
}

/** Beyond 1.3 the variance function is pulled towards 1; the convolution's estimate stands, with a wider doubt. */
function beyondFirstOrder(evidence: ControlEvidence): ControlVerdict | null {
  const variance = find(evidence, "variance-function");
  if (variance.estimate === null || variance.estimate <= FIRST_ORDER_LIMIT) return null;
  const convolution = find(evidence, "convolution");
  if (convolution.estimate === null || convolution.estimate <= FIRST_ORDER_LIMIT) return null;
  return named(
    evidence,
    convolution,
    ` Beyond ${FIRST_ORDER_LIMIT} its error is tripled, as simulation shows to be needed; the variance function, which is pulled towards 1 there, gives ${interval(variance)}.`,
  );
}

function apart(evidence: ControlEvidence): ControlVerdict | null {
  const variance = find(evidence, "variance-function");
  const convolution = find(evidence, "convolution");
  const gap = Math.abs((variance.estimate ?? Number.NaN) - (convolution.estimate ?? Number.NaN));
  if (!(gap > LARGEST_GAP)) return null;
  const statement = `The two descriptions of learning beyond the control disagree by more than ${LARGEST_GAP}: variances give λ = ${interval(variance)}, the whole law of the change ${interval(convolution)}. ${rangeWords(evidence)}`;
  return { verdict: open("misfit", statement, selectionAdvice(evidence), reached(evidence)), headline: null };
}

const RANGED = ["variance-function", "convolution", "convolution-mixture"] as const;

/** What all methods together leave: the range of their estimates, and what lies outside every interval. */
function rangeWords(evidence: ControlEvidence): string {
  const estimates = RANGED.map((name) => find(evidence, name));
  const points = estimates.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]));
  const range = `Only a range may be reported, λ between ${fixed(Math.min(...points))} and ${fixed(Math.max(...points))}`;
  const excluded = evidence.potentials.filter(
    ({ exponent }) => exponent !== null && estimates.every((estimate) => !holds(estimate, exponent)),
  );
  const out =
    excluded.length > 0
      ? `; ${list(excluded.map(({ name }) => name))} ${excluded.length > 1 ? "lie" : "lies"} outside every interval`
      : "";
  const selective = evidence.control.selectivity;
  const who =
    selective?.detected && (selective.high < 0 || selective.low > 0)
      ? `. Small synapses seem to respond ${selective.high < 0 ? "more" : "less"} often than large ones (b = ${figure(selective.estimate)} [${figure(selective.low)}, ${figure(selective.high)}]); whether size sets how often or how much a synapse changes cannot be told from these data`
      : "";
  return `${range}${out}${who}.`;
}

function selectionAdvice({ control }: ControlEvidence): string {
  return control.selectivity?.detected
    ? "A stimulation that every synapse answers, or one that is known to have been answered, would separate the two."
    : "A law of change other than assumed, change that only some synapses make, or a control unlike the learning group are the usual reasons.";
}

function fixed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

function holds({ low, high }: EstimateEnds, exponent: number): boolean {
  return (low === null || exponent >= low) && (high === null || exponent <= high);
}

/** Named potentials inside at least one of the intervals. */
function reached(evidence: ControlEvidence): string[] {
  return namesWhere(evidence, (exponent) => RANGED.some((name) => holds(find(evidence, name), exponent)));
}

function namesWhere({ potentials }: ControlEvidence, claim: (exponent: number) => boolean): string[] {
  return potentials.flatMap(({ name, exponent }) => (exponent !== null && claim(exponent) ? [name] : []));
}

function bySelection(evidence: ControlEvidence): ControlVerdict | null {
  const { selectivity } = evidence.control;
  if (!selectivity?.detected) return null;
  const shared = namesWhere(evidence, (exponent) =>
    RANGED.every((name) => holds(find(evidence, name), exponent)),
  );
  if (shared.length > 0) {
    return named(evidence, find(evidence, "convolution-mixture"), " Not all synapses took part.");
  }
  const statement = `Not all synapses took part, and the ways to allow for it share no named potential. ${rangeWords(evidence)}`;
  return {
    verdict: open("undecided", statement, selectionAdvice(evidence), reached(evidence)),
    headline: null,
  };
}

/** The verdict of one method: the named potentials inside its interval. */
function named(evidence: ControlEvidence, estimate: ControlEstimate, remark: string): ControlVerdict {
  const { pairs, potentials, control } = evidence;
  const headline = estimate.name;
  const inside = namesWhere(evidence, (exponent) => holds(estimate, exponent));
  const share = `learning is ${percent(control.learningShare)} of the variance`;
  if (inside.length > 1) {
    const statement = `Beyond what the control does, these ${grouped(pairs)} synapses cannot tell ${list(inside)} apart: λ of learning = ${interval(estimate)} (${share}).${remark}`;
    const advice = "More synapses in both groups would narrow it; syngeo design says how many.";
    return { verdict: open("undecided", statement, advice, inside), headline };
  }
  const name = inside[0] ?? nearestWithinMargin(potentials, estimate);
  if (name === undefined || name === null) {
    const statement = `None of the named potentials describes what these ${grouped(pairs)} synapses did beyond the control: λ of learning = ${interval(estimate)}, nearest to ${exponentName(estimate.estimate ?? 0)} (${share}).${remark}`;
    return {
      verdict: open("none", statement, "An exponent between the named ones is the usual reason."),
      headline,
    };
  }
  const margin =
    inside.length === 0
      ? ` The interval excludes the exact exponent but lies wholly within ${EQUIVALENCE_MARGIN} of it.`
      : "";
  return {
    verdict: {
      potential: name,
      status: "decided",
      candidates: [name],
      statement: `Beyond what the control does, these ${grouped(pairs)} synapses changed as under ${described(name)}: λ of learning = ${interval(estimate)} (${share}).${margin}${remark}`,
      advice: "",
    },
    headline,
  };
}
