/** Elementary functions, element by element. */

import { apply } from "../rule.ts";
import type { Value } from "../value.ts";
import { Div, Mul, Neg } from "./arithmetic.ts";
import { floats, numbers, unary } from "./makers.ts";

const sqrt = unary("Sqrt", floats, (gradient, { y }) => Div(Mul(gradient, 0.5), y));
const exp = unary("Exp", floats, (gradient, { y }) => Mul(gradient, y));
const log = unary("Log", floats, (gradient, { x }) => Div(gradient, x));
const sin = unary("Sin", floats, (gradient, { x }) => Mul(gradient, Cos(x)));
const cos = unary("Cos", floats, (gradient, { x }) => Neg(Mul(gradient, Sin(x))));
const erf = unary("Erf", numbers, (gradient, { x }) =>
  Mul(gradient, Mul(Exp(Neg(Mul(x, x))), 2 / Math.sqrt(Math.PI))),
);
const floor = unary("Floor", floats, null);
const ceil = unary("Ceil", floats, null);
const round = unary("Round", floats, null);

export function Sqrt(x: Value): Value {
  return apply(sqrt, [x], {});
}

export function Exp(x: Value): Value {
  return apply(exp, [x], {});
}

/** The natural logarithm. */
export function Log(x: Value): Value {
  return apply(log, [x], {});
}

export function Sin(x: Value): Value {
  return apply(sin, [x], {});
}

export function Cos(x: Value): Value {
  return apply(cos, [x], {});
}

/** The error function; ONNX Runtime has it in float32 only. */
export function Erf(x: Value): Value {
  return apply(erf, [x], {});
}

export function Floor(x: Value): Value {
  return apply(floor, [x], {});
}

export function Ceil(x: Value): Value {
  return apply(ceil, [x], {});
}

/** To the nearest integer, halves to the even one. */
export function Round(x: Value): Value {
  return apply(round, [x], {});
}

export const elementaryRules = {
  Ceil: ceil,
  Cos: cos,
  Erf: erf,
  Exp: exp,
  Floor: floor,
  Log: log,
  Round: round,
  Sin: sin,
  Sqrt: sqrt,
} as const;
