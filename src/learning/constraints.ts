/** Constraints: sets of weights onto which each mirror step is projected, chosen for each parameter. */

import { InputError } from "../errors.ts";
import {
  constant,
  fastSign,
  type GraphTensor,
  LessOrEqual,
  Max,
  Mul,
  scalar,
  tensorOf,
  typeText,
  type Value,
  Where,
} from "../graph/index.ts";

/** A set of weights; how to get into it, as graph. */
export interface Constraint {
  /** The set, in a word. */
  readonly name: string;
  /** The weights of the set that follow `moved`, which a step has made of `weight`; NaN stays NaN where it may change. */
  readonly project: (moved: Value, weight: Value) => Value;
  /** What is left of the gradient; all of it unless given. */
  readonly restrict?: (gradient: Value) => Value;
  /** Refuses a parameter that starts outside, or that the set does not fit. */
  readonly requireInside: (tensor: GraphTensor, parameter: string) => void;
}

/** The size that a weight keeps which would have changed its sign: far below any other, and not 0. */
const REMEMBERED = 1e-18;

/**
 * No weight changes its sign: the projected gradient descent that respects Dale's law.
 *
 * next w = w⁺ if sgn(w⁺) = sgn(w), else sgn(w)·1e-18, with w⁺ as the mirror step left it
 *
 * The remnant keeps the sign, so the weight can grow again, in float32 too. A weight that is 0 stays 0: its synapse is
 * absent. Under the negative entropy it changes nothing.
 *
 * @see Cornford et al. 2024, doi:10.1101/2024.10.25.620272 (`freeze_gd_signs` of its code)
 */
export function frozenSigns(): Constraint {
  return {
    name: "frozen-signs",
    project(moved, weight) {
      const sign = fastSign(weight);
      return Where(LessOrEqual(Mul(sign, moved), 0), Mul(sign, REMEMBERED), moved);
    },
    requireInside: () => undefined,
  };
}

/** No weight is negative: next w = max(w⁺, 0). A weight at 0 may grow again, but for the negative entropy. */
export function nonNegative(): Constraint {
  return {
    name: "non-negative",
    project: (moved) => Max(moved, 0),
    requireInside: (tensor, parameter) =>
      requireAll(tensor, parameter, "weights >= 0 (nonNegative)", (weight) => weight >= 0),
  };
}

/**
 * Fixed places have a weight of exactly 0 and no gradient, so they take no part in a global norm either.
 *
 * @param places  1 where there is a synapse, 0 where there is none; of the parameter's shape or the end of it, so that
 *   one mask serves all runs
 * @throws InputError `bad-option` for other values
 * @example mask(tensorOf("bool", [2, 3], [1, 0, 1, 1, 1, 0]))
 */
export function mask(places: GraphTensor): Constraint {
  const values = Array.from(places.data, Number);
  const wrong = values.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0) {
    throw new InputError({
      code: "bad-option",
      message: `mask: expected 0 and 1 only, got ${values[wrong]} (index ${wrong}); compare with a threshold first`,
    });
  }
  const there = constant(tensorOf("bool", places.shape, values));
  const keep = (value: Value) => Where(there, value, scalar(0, value.dtype));
  return {
    name: "mask",
    project: keep,
    restrict: keep,
    requireInside(tensor, parameter) {
      requireFit(places, tensor, parameter);
      const isThere = (index: number) => values[index % values.length] === 1;
      requireAll(
        tensor,
        parameter,
        "weights 0 where the mask is 0",
        (weight, index) => weight === 0 || isThere(index),
      );
    },
  };
}

function requireFit(places: GraphTensor, tensor: GraphTensor, parameter: string): void {
  const { length } = places.shape;
  const end = tensor.shape.slice(tensor.shape.length - Math.min(length, tensor.shape.length));
  if (length === end.length && places.shape.every((size, i) => size === end[i])) return;
  throw new InputError({
    code: "bad-shape",
    message: `mask: expected the shape of ${typeText(tensor)} or the end of it, got ${typeText(places)} ("${parameter}"); make a mask of that shape`,
  });
}

function requireAll(
  { data }: GraphTensor,
  parameter: string,
  expected: string,
  holds: (weight: number, index: number) => boolean,
): void {
  for (const [i, value] of data.entries()) {
    if (holds(Number(value), i)) continue;
    throw new InputError({
      code: "outside-constraint",
      message: `trainingStep: expected ${expected}, got ${value} (index ${i} of "${parameter}"); choose another initialisation or constraint`,
    });
  }
}
