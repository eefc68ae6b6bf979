/** Sums, means and extremes along axes. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import {
  axesOf,
  axisOf,
  isDifferentiable,
  knownIntegers,
  required,
  requireTypes,
  sameShape,
} from "../shapes.ts";
import { type Integers, integers, sizeOf, type Value } from "../value.ts";
import { Div, Mul } from "./arithmetic.ts";
import { Cast, Equal } from "./comparison.ts";
import { numbers, zeroDerivative } from "./makers.ts";
import { Expand, Reshape } from "./shape.ts";

type Reduction = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin";

/** The axes that a reduction runs over: all of them where none are given. */
function reducedAxes(op: Reduction, inputs: readonly (Value | null)[]): number[] {
  const { shape } = required(op, inputs, 0, "data");
  const axes = inputs[1] ? knownIntegers(op, inputs[1], "axes") : [];
  return axes.length === 0 ? shape.map((_, i) => i) : axesOf(op, axes, shape.length);
}

function reducedShape(shape: readonly number[], axes: readonly number[], keepdims: boolean): number[] {
  if (keepdims) return shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return shape.filter((_, i) => !axes.includes(i));
}

interface Reduced {
  readonly x: Value;
  /** The output and its gradient with the reduced axes kept, so that they broadcast to x. */
  readonly y: Value;
  readonly axes: readonly number[];
}

function reduction<Op extends Reduction>(
  opType: Op,
  derivative: (gradient: Value, reduced: Reduced) => Value,
): OpRule<Op> {
  return {
    opType,
    outputs(inputs, { keepdims = 1 }) {
      const x = required(opType, inputs, 0, "data");
      requireTypes(opType, x, numbers, "data");
      return [{ dtype: x.dtype, shape: reducedShape(x.shape, reducedAxes(opType, inputs), keepdims === 1) }];
    },
    gradient(node, gradients) {
      const x = given(node, 0);
      if (!isDifferentiable(x)) return zeroDerivative(node);
      const axes = reducedAxes(opType, node.inputs);
      const kept = reducedShape(x.shape, axes, true);
      const y = node.outputs[0];
      const rule = () => derivative(reshapeTo(flowing(gradients), kept), { x, axes, y: reshapeTo(y, kept) });
      return [rule, ...node.inputs.slice(1).map(() => null)];
    },
  };
}

const reduceSum = reduction("ReduceSum", (gradient, { x }) => expandTo(gradient, x.shape));

const reduceMean = reduction("ReduceMean", (gradient, { x, axes }) =>
  expandTo(Div(gradient, sizeOf(axes.map((axis) => x.shape[axis]))), x.shape),
);

/** Equal extremes share the gradient evenly. */
function extremeDerivative(gradient: Value, { x, y, axes }: Reduced): Value {
  const mask = Cast(Equal(x, y), { to: x.dtype });
  return Mul(mask, Div(gradient, ReduceSum(mask, axes, { keepdims: 1 })));
}

const reduceMax = reduction("ReduceMax", extremeDerivative);
const reduceMin = reduction("ReduceMin", extremeDerivative);

const argMax: OpRule<"ArgMax"> = {
  opType: "ArgMax",
  outputs(inputs, { axis = 0, keepdims = 1 }) {
    const x = required("ArgMax", inputs, 0, "data");
    requireTypes("ArgMax", x, numbers, "data");
    const place = axisOf("ArgMax", axis, x.shape.length);
    return [{ dtype: "int64", shape: reducedShape(x.shape, [place], keepdims === 1) }];
  },
  gradient: zeroDerivative,
};

interface ReductionOptions {
  /** 1 keeps the reduced axes with size 1 (ONNX's default); 0 drops them. */
  readonly keepdims?: 0 | 1;
}

const withAxes = (x: Value, axes: Integers | null) =>
  axes === null ? [x] : [x, "dtype" in axes ? axes : integers(axes)];

/** Σ along the axes; null is all of them. */
export function ReduceSum(x: Value, axes: Integers | null = null, options: ReductionOptions = {}): Value {
  return apply(reduceSum, withAxes(x, axes), options);
}

/** The mean along the axes; null is all of them. */
export function ReduceMean(x: Value, axes: Integers | null = null, options: ReductionOptions = {}): Value {
  return apply(reduceMean, withAxes(x, axes), options);
}

export function ReduceMax(x: Value, axes: Integers | null = null, options: ReductionOptions = {}): Value {
  return apply(reduceMax, withAxes(x, axes), options);
}

export function ReduceMin(x: Value, axes: Integers | null = null, options: ReductionOptions = {}): Value {
  return apply(reduceMin, withAxes(x, axes), options);
}

/** The place of the largest element along an axis, the first one of equals unless `select_last_index` is 1. */
export function ArgMax(
  x: Value,
  options: { readonly axis?: number; readonly keepdims?: 0 | 1; readonly select_last_index?: 0 | 1 } = {},
): Value {
  return apply(argMax, [x], options);
}

/** Reshape, where there is something to reshape. */
export function reshapeTo(x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : Reshape(x, shape);
}

/** Expand, where there is something to expand. */
export function expandTo(x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : Expand(x, shape);
}

/** The adjoint of broadcasting: sums over the places to which `shape` was broadcast. */
export function reduceTo(gradient: Value, shape: readonly number[]): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, i) =>
    i < added || (shape[i - added] === 1 && size !== 1) ? [i] : [],
  );
  const sum = axes.length === 0 ? gradient : ReduceSum(gradient, axes, { keepdims: 0 });
  return reshapeTo(sum, shape);
}

export const reductionRules = {
  ArgMax: argMax,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceSum: reduceSum,
} as const;
