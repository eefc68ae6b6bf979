/** Comparisons, logic, choice and conversion, element by element. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import {
  badAttribute,
  broadcast,
  isDifferentiable,
  required,
  requireSameType,
  requireTypes,
} from "../shapes.ts";
import { type ElementType, isFloat, type Operand, scalar, type Value } from "../value.ts";
import { numbers, operands, predicate, unary, zeroDerivative } from "./makers.ts";
import { reduceTo } from "./reduction.ts";

const equal = predicate("Equal", [...numbers, "bool"]);
const greater = predicate("Greater", numbers);
const less = predicate("Less", numbers);
const greaterOrEqual = predicate("GreaterOrEqual", numbers);
const lessOrEqual = predicate("LessOrEqual", numbers);
const and = predicate("And", ["bool"]);
const or = predicate("Or", ["bool"]);
const not = unary("Not", ["bool"], null);

const where: OpRule<"Where"> = {
  opType: "Where",
  outputs(inputs) {
    const condition = required("Where", inputs, 0, "condition");
    const x = required("Where", inputs, 1, "X");
    const y = required("Where", inputs, 2, "Y");
    requireTypes("Where", condition, ["bool"], "condition");
    return [{ dtype: requireSameType("Where", [x, y]), shape: broadcast("Where", [condition, x, y]) }];
  },
  gradient(node, gradients) {
    const condition = given(node, 0);
    const x = given(node, 1);
    const y = given(node, 2);
    if (!isDifferentiable(x)) return [null, null, null];
    // Where and not a product with the mask: an infinite gradient on the side not taken must not become NaN.
    const zero = scalar(0, x.dtype);
    return [
      null,
      () => reduceTo(Where(condition, flowing(gradients), zero), x.shape),
      () => reduceTo(Where(condition, zero, flowing(gradients)), y.shape),
    ];
  },
};

const cast: OpRule<"Cast"> = {
  opType: "Cast",
  outputs(inputs, { to }) {
    const { shape } = required("Cast", inputs, 0, "the input");
    if (to === undefined) throw badAttribute("Cast", "an element type `to`", "none", "give it");
    return [{ dtype: to, shape }];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const [y] = node.outputs;
    if (!isFloat(x.dtype) || !isFloat(y.dtype)) return zeroDerivative(node);
    return [() => Cast(flowing(gradients), { to: x.dtype })];
  },
};

export function Equal(a: Operand, b: Operand): Value {
  return apply(equal, operands("Equal", a, b), {});
}

export function Greater(a: Operand, b: Operand): Value {
  return apply(greater, operands("Greater", a, b), {});
}

export function Less(a: Operand, b: Operand): Value {
  return apply(less, operands("Less", a, b), {});
}

export function GreaterOrEqual(a: Operand, b: Operand): Value {
  return apply(greaterOrEqual, operands("GreaterOrEqual", a, b), {});
}

export function LessOrEqual(a: Operand, b: Operand): Value {
  return apply(lessOrEqual, operands("LessOrEqual", a, b), {});
}

export function And(a: Value, b: Value): Value {
  return apply(and, [a, b], {});
}

export function Or(a: Value, b: Value): Value {
  return apply(or, [a, b], {});
}

export function Not(x: Value): Value {
  return apply(not, [x], {});
}

/** x where the condition holds, else y. */
export function Where(condition: Value, x: Operand, y: Operand): Value {
  return apply(where, [condition, ...operands("Where", x, y)], {});
}

/** x in another element type; floats become integers towards zero, and true where they are not 0. */
export function Cast(x: Value, { to }: { readonly to: ElementType }): Value {
  return apply(cast, [x], { to });
}

export const comparisonRules = {
  And: and,
  Cast: cast,
  Equal: equal,
  Greater: greater,
  GreaterOrEqual: greaterOrEqual,
  Less: less,
  LessOrEqual: lessOrEqual,
  Not: not,
  Or: or,
  Where: where,
} as const;
