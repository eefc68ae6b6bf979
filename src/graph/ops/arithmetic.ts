/** Arithmetic, element by element. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import { badShape, broadcast, isDifferentiable, required, requireSameType, requireTypes } from "../shapes.ts";
import { type Operand, typeText, type Value } from "../value.ts";
import { Cast, Equal } from "./comparison.ts";
import { Log, Sqrt } from "./elementary.ts";
import { binary, numbers, operands, unary } from "./makers.ts";
import { reduceTo } from "./reduction.ts";

const add = binary("Add", {
  a: (gradient, { a }) => reduceTo(gradient, a.shape),
  b: (gradient, { b }) => reduceTo(gradient, b.shape),
});

const sub = binary("Sub", {
  a: (gradient, { a }) => reduceTo(gradient, a.shape),
  b: (gradient, { b }) => Neg(reduceTo(gradient, b.shape)),
});

const mul = binary("Mul", {
  a: (gradient, { a, b }) => reduceTo(Mul(gradient, b), a.shape),
  b: (gradient, { a, b }) => reduceTo(Mul(gradient, a), b.shape),
});

const div = binary("Div", {
  a: (gradient, { a, b }) => reduceTo(Div(gradient, b), a.shape),
  b: (gradient, { b, y }) => Neg(reduceTo(Div(Mul(gradient, y), b), b.shape)),
});

const pow = binary("Pow", {
  a: (gradient, { a, b }) => reduceTo(Mul(gradient, powerDerivative(a, b)), a.shape),
  b: (gradient, { a, b, y }) => reduceTo(Mul(gradient, Mul(y, Log(a))), b.shape),
});

/** b·a^(b−1); the exponents in common use without Pow, which is slow for fractions. */
function powerDerivative(a: Value, b: Value): Value {
  const { origin } = b;
  const exponent =
    origin.kind === "constant" && origin.tensor.data.length === 1 ? Number(origin.tensor.data[0]) : null;
  if (exponent === 2) return Mul(a, 2);
  if (exponent === 3) return Mul(Mul(a, a), 3);
  if (exponent === 0.5) return Div(0.5, Sqrt(a));
  if (exponent === 1.5) return Mul(Sqrt(a), 1.5);
  return Mul(b, Pow(a, Sub(b, 1)));
}

/** The largest or smallest of several inputs; where some are equal they share the gradient evenly. */
function extreme<Op extends "Max" | "Min">(opType: Op): OpRule<Op> {
  return {
    opType,
    outputs(inputs) {
      const values = inputs.map((_, i) => required(opType, inputs, i, `data_${i}`));
      requireTypes(opType, required(opType, values, 0, "data_0"), numbers, "data_0");
      return [{ dtype: requireSameType(opType, values), shape: broadcast(opType, values) }];
    },
    gradient(node, gradients) {
      const values = node.inputs.map((_, i) => given(node, i));
      const [y] = node.outputs;
      const reached = (x: Value) => Cast(Equal(x, y), { to: y.dtype });
      const share = () =>
        Div(
          flowing(gradients),
          values.map(reached).reduce((sum, mask) => Add(sum, mask)),
        );
      return values.map((x) =>
        isDifferentiable(x) ? () => reduceTo(Mul(share(), reached(x)), x.shape) : null,
      );
    },
  };
}

const max = extreme("Max");
const min = extreme("Min");

const neg = unary("Neg", numbers, (gradient) => Neg(gradient));
const abs = unary("Abs", numbers, (gradient, { x }) => Mul(gradient, fastSign(x)));
const sign = unary("Sign", numbers, null);
const reciprocal = unary("Reciprocal", ["float32", "float64"], (gradient, { y }) =>
  Neg(Mul(gradient, Mul(y, y))),
);

const identity = unary("Identity", [...numbers, "bool"], (gradient) => gradient);

const clip: OpRule<"Clip"> = {
  opType: "Clip",
  outputs(inputs) {
    const x = required("Clip", inputs, 0, "the input");
    requireTypes("Clip", x, numbers, "the input");
    const bounds = inputs.slice(1).filter((bound) => bound !== null);
    requireSameType("Clip", [x, ...bounds]);
    const wrong = bounds.find((bound) => bound.shape.length > 0);
    if (wrong)
      throw badShape("Clip", "single numbers (shape []) as bounds", typeText(wrong), "use Max and Min");
    return [x];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const [y] = node.outputs;
    if (!isDifferentiable(x)) return node.inputs.map(() => null);
    const inside = () => Cast(Equal(x, y), { to: x.dtype });
    const outside = (bound: Value) => () =>
      reduceTo(
        Mul(flowing(gradients), Mul(Sub(1, inside()), Cast(Equal(y, bound), { to: x.dtype }))),
        bound.shape,
      );
    return [
      () => Mul(flowing(gradients), inside()),
      ...node.inputs.slice(1).map((bound) => (bound === null ? null : outside(bound))),
    ];
  },
};

/** sgn(x) by two fast operators (the kernel of Sign takes three times as long); 0 stays 0. */
export function fastSign(x: Value): Value {
  return Clip(Mul(x, x.dtype === "float64" ? 1e308 : 1e38), -1, 1);
}

export function Add(a: Operand, b: Operand): Value {
  return apply(add, operands("Add", a, b), {});
}

export function Sub(a: Operand, b: Operand): Value {
  return apply(sub, operands("Sub", a, b), {});
}

export function Mul(a: Operand, b: Operand): Value {
  return apply(mul, operands("Mul", a, b), {});
}

/** a / b; integers are divided towards zero. */
export function Div(a: Operand, b: Operand): Value {
  return apply(div, operands("Div", a, b), {});
}

export function Pow(a: Operand, b: Operand): Value {
  return apply(pow, operands("Pow", a, b), {});
}

export function Max(a: Operand, b: Operand, ...more: readonly Value[]): Value {
  return apply(max, [...operands("Max", a, b), ...more], {});
}

export function Min(a: Operand, b: Operand, ...more: readonly Value[]): Value {
  return apply(min, [...operands("Min", a, b), ...more], {});
}

export function Neg(x: Value): Value {
  return apply(neg, [x], {});
}

export function Abs(x: Value): Value {
  return apply(abs, [x], {});
}

export function Sign(x: Value): Value {
  return apply(sign, [x], {});
}

export function Reciprocal(x: Value): Value {
  return apply(reciprocal, [x], {});
}

export function Identity(x: Value): Value {
  return apply(identity, [x], {});
}

/** x kept within [min, max]; a null bound is absent. At a bound the gradient passes, beyond it goes to the bound. */
export function Clip(x: Value, min: Operand | null, max: Operand | null = null): Value {
  const bound = (value: Operand | null) => (value === null ? null : operands("Clip", x, value)[1]);
  return apply(clip, max === null ? [x, bound(min)] : [x, bound(min), bound(max)], {});
}

export const arithmeticRules = {
  Abs: abs,
  Add: add,
  Clip: clip,
  Div: div,
  Identity: identity,
  Max: max,
  Min: min,
  Mul: mul,
  Neg: neg,
  Pow: pow,
  Reciprocal: reciprocal,
  Sign: sign,
  Sub: sub,
} as const;
