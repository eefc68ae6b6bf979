/** Losses, and counts of right answers; outputs of several runs have a leading axis of runs, and so has what comes out. */

import {
  Abs,
  Add,
  ArgMax,
  Cast,
  constant,
  Equal,
  Exp,
  Greater,
  Log,
  LogSoftmax,
  Max,
  Mul,
  Neg,
  ReduceMean,
  ReduceSum,
  Sub,
  tensorOf,
  Unsqueeze,
  type Value,
} from "../graph/index.ts";

/** A loss, and how many of the examples were answered rightly. */
export interface Loss {
  /** The mean over the examples: one number, or one a run. */
  readonly loss: Value;
  /** How many answers were right: one number, or one a run; null where answers are no classes. */
  readonly correct: Value | null;
}

/** All axes but that of the runs, where there is one. */
const withinRun = ({ shape }: Value, runs: number | null) =>
  shape.map((_, axis) => axis).slice(runs === null ? 0 : 1);

const meanOf = (values: Value, runs: number | null) =>
  ReduceMean(values, withinRun(values, runs), { keepdims: 0 });
const sumOf = (values: Value, runs: number | null) =>
  ReduceSum(values, withinRun(values, runs), { keepdims: 0 });

/**
 * Mean squared error: Σ(y − t)²/(examples · outputs).
 *
 * @param outputs  y [examples, outputs]
 * @param targets  t [examples, outputs], shared by all runs
 */
export function meanSquaredError(outputs: Value, targets: Value, runs: number | null): Loss {
  const miss = Sub(outputs, targets);
  return { loss: meanOf(Mul(miss, miss), runs), correct: null };
}

/**
 * Cross-entropy of classes: −mean ln softmax(z)[label].
 *
 * @param logits  z [examples, classes]
 * @param labels  int32 [examples], shared by all runs
 */
export function crossEntropy(logits: Value, labels: Value, runs: number | null): Loss {
  const classes = logits.shape[logits.shape.length - 1];
  const names = constant(
    tensorOf(
      "int32",
      [classes],
      Array.from({ length: classes }, (_, k) => k),
    ),
  );
  const chosen = Cast(Equal(Unsqueeze(labels, [1]), names), { to: logits.dtype });
  const picked = ReduceSum(Mul(LogSoftmax(logits, { axis: -1 }), chosen), [-1], { keepdims: 0 });
  const answers = Cast(ArgMax(logits, { axis: -1, keepdims: 0 }), { to: "int32" });
  return { loss: Neg(meanOf(picked, runs)), correct: countOf(Equal(answers, labels), logits, runs) };
}

/**
 * Cross-entropy of yes and no: mean of ln(1 + exp(z)) − tz, in the form that does not overflow.
 *
 * @param logits   z [examples, 1]; an answer is yes where z > 0
 * @param targets  t [examples, 1], 0 or 1, shared by all runs
 */
export function binaryCrossEntropy(logits: Value, targets: Value, runs: number | null): Loss {
  const excess = Log(Add(Exp(Neg(Abs(logits))), 1));
  const each = Add(Sub(Max(logits, 0), Mul(logits, targets)), excess);
  const right = Equal(Greater(logits, 0), Greater(targets, 0.5));
  return { loss: meanOf(each, runs), correct: countOf(right, logits, runs) };
}

const countOf = (claims: Value, { dtype }: Value, runs: number | null) =>
  sumOf(Cast(claims, { to: dtype }), runs);
