/** Losses of two weights: small enough that the path of learning can be seen whole. */

/** A place of the plane: w₁ and w₂. */
export type WeightPair = readonly [number, number];

export interface TwoWeightLoss {
  /** What people type. */
  readonly name: string;
  /** One line: where its minima are, and what it shows. */
  readonly summary: string;
  /** As text, in w₁ and w₂. */
  readonly formula: string;
  value(weights: WeightPair): number;
  /** ∂loss/∂w₁ and ∂loss/∂w₂. */
  gradient(weights: WeightPair): WeightPair;
  /** The part of the plane that shows it, from its lower left corner to its upper right one. */
  readonly view: { readonly low: WeightPair; readonly high: WeightPair };
  /** A place to learn from; no weight is zero, so that every geometry can. */
  readonly start: WeightPair;
  /** With it the three geometries of the paper reach a minimum in some hundred small steps. */
  readonly learningRate: number;
}

/** A function of one direction only, so that the gradient points along (½, 1) everywhere. */
const lineOfMinima: TwoWeightLoss = {
  name: "line-of-minima",
  summary: "minimum −1 on the whole line ½w₁ + w₂ = 0; a path is straight in the dual of its own geometry",
  formula: "(½w₁ + w₂ − 1)·exp(½w₁ + w₂)",
  value: ([first, second]) => {
    const z = first / 2 + second;
    return (z - 1) * Math.exp(z);
  },
  gradient: ([first, second]) => {
    const z = first / 2 + second;
    const slope = z * Math.exp(z);
    return [slope / 2, slope];
  },
  view: { low: [-1.5, -0.25], high: [0.6, 1.65] },
  start: [-0.5, 1.5],
  learningRate: 0.02,
};

/** Its curvatures, 1 and 20, along the diagonals. */
const ACROSS = 20;

const narrowValley: TwoWeightLoss = {
  name: "narrow-valley",
  summary: "a valley along the diagonal, twenty times steeper across than along; minimum 0 at (1, 1)",
  formula: "¼(w₁ + w₂ − 2)² + 5(w₁ − w₂)²",
  value: ([first, second]) => (first + second - 2) ** 2 / 4 + (ACROSS / 4) * (first - second) ** 2,
  gradient: ([first, second]) => {
    const along = (first + second - 2) / 2;
    const across = (ACROSS / 2) * (first - second);
    return [along + across, along - across];
  },
  view: { low: [-0.5, -0.5], high: [2, 2] },
  start: [0.25, 1.75],
  learningRate: 0.02,
};

const sparseRegression: TwoWeightLoss = {
  name: "sparse-regression",
  summary:
    "one example, inputs 1 and ½, target 1: of all answers the negative entropy finds one with w₂ near 0",
  formula: "½(w₁ + ½w₂ − 1)²",
  value: ([first, second]) => (first + second / 2 - 1) ** 2 / 2,
  gradient: ([first, second]) => {
    const error = first + second / 2 - 1;
    return [error, error / 2];
  },
  view: { low: [-0.25, -0.25], high: [1.25, 1.25] },
  start: [0.01, 0.01],
  learningRate: 0.02,
};

/** All of them, the paper's first (Pogodin et al. 2024, Fig. 2). */
export const twoWeightLosses: readonly TwoWeightLoss[] = [lineOfMinima, narrowValley, sparseRegression];
