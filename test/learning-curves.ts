/** Runs to be drawn: the metrics of passes as a program wrote them. */

import type { LearningPass } from "../src/plot/index.ts";

const pass = (k: number, more: Partial<LearningPass>): LearningPass => ({
  pass: k,
  loss: null,
  accuracy: null,
  heldOutLoss: null,
  heldOutAccuracy: null,
  ...more,
});

const passes = (count: number, of: (k: number) => Partial<LearningPass>) =>
  Array.from({ length: count }, (_, k) => pass(k, of(k)));

export const learningCurves: readonly (readonly [string, string, readonly LearningPass[]])[] = [
  [
    "classes-and-held-out",
    "digits, rnn, negative-entropy",
    passes(30, (k) => ({
      loss: 2.3 * Math.exp(-k / 5) + 0.02,
      accuracy: 1 - 0.9 * Math.exp(-k / 4),
      heldOutLoss: 2.3 * Math.exp(-k / 4) + 0.12,
      heldOutAccuracy: 0.96 - 0.86 * Math.exp(-k / 3),
    })),
  ],
  [
    "no-classes",
    "linear-regression, linear, 3-norm",
    passes(100, (k) => ({ loss: 1.6 * Math.exp(-k / 8) + 1e-5 })),
  ],
  [
    "one-pass",
    "r-of-k, linear, 2-norm",
    passes(1, () => ({ loss: 0.69, accuracy: 0.55, heldOutLoss: 0.66, heldOutAccuracy: 0.61 })),
  ],
  [
    // JSON has null for a loss that is no finite number.
    "diverged",
    "digits, mlp, 2-norm",
    passes(8, (k) => ({
      loss: k < 6 ? 2.3 * 10 ** k : null,
      accuracy: k < 6 ? 0.1 : null,
      heldOutLoss: k < 5 ? 2.3 * 20 ** k : null,
      heldOutAccuracy: k < 5 ? 0.1 : null,
    })),
  ],
  ["nothing", "digits, mlp, 2-norm", passes(2, () => ({}))],
];
