/** Activation functions, and softmax along an axis. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import { axisOf, required, requireFloat } from "../shapes.ts";
import type { Value } from "../value.ts";
import { Add, Div, Mul, Sub } from "./arithmetic.ts";
import { Cast, Greater, Where } from "./comparison.ts";
import { Erf, Exp } from "./elementary.ts";
import { floats, unary } from "./makers.ts";
import { ReduceSum } from "./reduction.ts";

/** 1 where x is not 0, else 0: two conversions are faster than a comparison and a choice. */
const notZero = (x: Value) => Cast(Cast(x, { to: "bool" }), { to: x.dtype });

const relu = unary("Relu", floats, (gradient, { y }) => Mul(gradient, notZero(y)));

const tanh = unary("Tanh", floats, (gradient, { y }) => Mul(gradient, Sub(1, Mul(y, y))));

const sigmoid = unary("Sigmoid", floats, (gradient, { y }) => Mul(gradient, Mul(y, Sub(1, y))));

const softplus = unary("Softplus", floats, (gradient, { x }) => Mul(gradient, Sigmoid(x)));

const leakyRelu = unary("LeakyRelu", floats, (gradient, { x, attributes }) => {
  const slope = attributes.alpha ?? Math.fround(0.01);
  return Mul(gradient, Add(Mul(notZero(Relu(x)), 1 - slope), slope));
});

const elu = unary("Elu", floats, (gradient, { x, y, attributes }) =>
  Where(Greater(x, 0), gradient, Mul(gradient, Add(y, attributes.alpha ?? 1))),
);

/** 1 where a value lies strictly between 0 and 1: there y·(1 − y) is not 0. */
const strictlyInside = (y: Value) => notZero(Mul(y, Sub(1, y)));

const hardSigmoid = unary("HardSigmoid", floats, (gradient, { y, attributes }) =>
  Mul(gradient, Mul(strictlyInside(y), attributes.alpha ?? Math.fround(0.2))),
);

const hardSwish = unary("HardSwish", floats, (gradient, { x }) => {
  const gate = HardSigmoid(x, { alpha: 1 / 6, beta: 0.5 });
  return Mul(gradient, Add(gate, Mul(strictlyInside(gate), Div(x, 6))));
});

const gelu = unary("Gelu", floats, (gradient, { x, attributes }) =>
  Mul(gradient, attributes.approximate === "tanh" ? geluTanhDerivative(x) : geluDerivative(x)),
);

/** Φ(x) + x·φ(x), with the normal distribution and its density. */
function geluDerivative(x: Value): Value {
  const distribution = Mul(Add(Erf(Mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = Mul(Exp(Mul(Mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return Add(distribution, Mul(x, density));
}

function geluTanhDerivative(x: Value): Value {
  const scale = Math.sqrt(2 / Math.PI);
  const squared = Mul(x, x);
  const bend = Tanh(Mul(Mul(x, scale), Add(Mul(squared, 0.044715), 1)));
  const slope = Mul(Add(Mul(squared, 3 * 0.044715), 1), scale);
  return Mul(Add(Add(bend, 1), Mul(Mul(x, Sub(1, Mul(bend, bend))), slope)), 0.5);
}

function softmaxFamily<Op extends "Softmax" | "LogSoftmax">(
  opType: Op,
  derivative: (gradient: Value, y: Value, axis: number) => Value,
): OpRule<Op> {
  return {
    opType,
    outputs(inputs, { axis = -1 }) {
      const x = required(opType, inputs, 0, "the input");
      requireFloat(opType, x);
      axisOf(opType, axis, x.shape.length);
      return [x];
    },
    gradient(node, gradients) {
      const axis = axisOf(opType, node.attributes.axis ?? -1, given(node, 0).shape.length);
      return [() => derivative(flowing(gradients), node.outputs[0], axis)];
    },
  };
}

const softmax = softmaxFamily("Softmax", (gradient, y, axis) =>
  Mul(y, Sub(gradient, ReduceSum(Mul(gradient, y), [axis], { keepdims: 1 }))),
);

const logSoftmax = softmaxFamily("LogSoftmax", (gradient, y, axis) =>
  Sub(gradient, Mul(Exp(y), ReduceSum(gradient, [axis], { keepdims: 1 }))),
);

/** max(x, 0); its derivative at 0 is 0. */
export function Relu(x: Value): Value {
  return apply(relu, [x], {});
}

export function Tanh(x: Value): Value {
  return apply(tanh, [x], {});
}

/** 1 / (1 + exp(−x)); silu is Mul(x, Sigmoid(x)). */
export function Sigmoid(x: Value): Value {
  return apply(sigmoid, [x], {});
}

/** ln(1 + exp(x)), without overflow; float32 only in ONNX Runtime, and slow there. */
export function Softplus(x: Value): Value {
  return apply(softplus, [x], {});
}

/** x where it is positive, else alpha·x (0.01 unless given). */
export function LeakyRelu(x: Value, options: { readonly alpha?: number } = {}): Value {
  return apply(leakyRelu, [x], options);
}

/** x where it is positive, else alpha·(exp(x) − 1) (alpha 1 unless given). */
export function Elu(x: Value, options: { readonly alpha?: number } = {}): Value {
  return apply(elu, [x], options);
}

/** min(1, max(0, alpha·x + beta)); alpha 0.2 and beta 0.5 unless given. */
export function HardSigmoid(
  x: Value,
  options: { readonly alpha?: number; readonly beta?: number } = {},
): Value {
  return apply(hardSigmoid, [x], options);
}

/** x·min(1, max(0, x/6 + 1/2)). */
export function HardSwish(x: Value): Value {
  return apply(hardSwish, [x], {});
}

/** x·Φ(x) with the normal distribution Φ, or its approximation by tanh. */
export function Gelu(x: Value, options: { readonly approximate?: "none" | "tanh" } = {}): Value {
  return apply(gelu, [x], options);
}

/** exp(x) over its sum along the axis (the last one unless given). */
export function Softmax(x: Value, options: { readonly axis?: number } = {}): Value {
  return apply(softmax, [x], options);
}

/** The logarithm of Softmax, without overflow. */
export function LogSoftmax(x: Value, options: { readonly axis?: number } = {}): Value {
  return apply(logSoftmax, [x], options);
}

export const activationRules = {
  Elu: elu,
  Gelu: gelu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  LeakyRelu: leakyRelu,
  LogSoftmax: logSoftmax,
  Relu: relu,
  Sigmoid: sigmoid,
  Softmax: softmax,
  Softplus: softplus,
  Tanh: tanh,
} as const;
