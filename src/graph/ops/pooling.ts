/** Pools over any number of spatial axes: x [N, C, ...]. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import { badAttribute, badShape, required, requireFloat } from "../shapes.ts";
import { constant, sizeOf, tensorOf, typeText, type Value } from "../value.ts";
import { Add, Div, Mul } from "./arithmetic.ts";
import { And, Cast, Equal, Not, Or } from "./comparison.ts";
import { ScatterElements } from "./gathering.ts";
import { expandTo, reshapeTo } from "./reduction.ts";
import { dilated, interleaved, padBy, Slice, zeros } from "./selection.ts";
import { shiftedInput, shiftsOf, spanOf, type WindowAttributes, type Windows, windowsOf } from "./windows.ts";

type PoolOp = "MaxPool" | "AveragePool";

interface PoolAttributes extends WindowAttributes {
  readonly kernel_shape?: readonly number[];
}

function spatial(op: PoolOp | "GlobalAveragePool", inputs: readonly (Value | null)[]): Value {
  const x = required(op, inputs, 0, "X");
  requireFloat(op, x, "X");
  if (x.shape.length >= 3) return x;
  throw badShape(op, "X [N, C, ...] with at least one spatial axis", typeText(x), "use Unsqueeze");
}

function poolOf(op: PoolOp, inputs: readonly (Value | null)[], attributes: PoolAttributes) {
  const x = spatial(op, inputs);
  const { kernel_shape } = attributes;
  if (kernel_shape === undefined)
    throw badAttribute(op, "kernel_shape", "none", "give the size of the window");
  const windows = windowsOf(op, x.shape.slice(2), kernel_shape, attributes);
  return { x, windows, shape: [...x.shape.slice(0, 2), ...windows.map(({ count }) => count)] };
}

const maxPool: OpRule<"MaxPool"> = {
  opType: "MaxPool",
  outputs(inputs, attributes) {
    const { x, shape } = poolOf("MaxPool", inputs, attributes);
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  gradient(node, gradients) {
    const { x, windows } = poolOf("MaxPool", node.inputs, node.attributes);
    const [y, places] = node.outputs;
    const back = () =>
      areTiles(windows)
        ? toFirstMaxima(flowing(gradients), x, y, windows)
        : scattered(flowing(gradients), x, places);
    return [gradients[0] === null ? null : back];
  },
};

/** The second output, left out of the graph unless used, says from which place of x each maximum came; it is slow. */
function scattered(gradient: Value, x: Value, places: Value): Value {
  const flat = (value: Value) => reshapeTo(value, [sizeOf(value.shape)]);
  const empty = zeros({ dtype: x.dtype, shape: [sizeOf(x.shape)] });
  return reshapeTo(
    ScatterElements(empty, flat(places), flat(gradient), { axis: 0, reduction: "add" }),
    x.shape,
  );
}

/** Up to this many places a window, each of them costs some nodes but the passes over memory are few. */
const FEW_PLACES = 16;

/** Whether the windows lie side by side, each wholly inside: then every place of x is in one window at most. */
function areTiles(windows: readonly Windows[]): boolean {
  const places = sizeOf(windows.map(({ kernel }) => kernel));
  return (
    places <= FEW_PLACES &&
    windows.every(
      ({ size, kernel, stride, dilation, before, count }) =>
        stride === kernel && dilation === 1 && before === 0 && count * stride <= size,
    )
  );
}

/** For windows that tile: each gradient to the first place of its window, row-major, that holds the maximum. */
function toFirstMaxima(gradient: Value, x: Value, y: Value, windows: readonly Windows[]): Value {
  const parts: Value[] = [];
  const masked = (mask: Value) => Mul(gradient, Cast(mask, { to: x.dtype }));
  let taken: Value | null = null;
  for (const shift of shiftsOf(windows).slice(0, -1)) {
    const holds = Equal(shiftedInput(x, shift, windows), y);
    parts.push(masked(taken === null ? holds : And(holds, Not(taken))));
    taken = taken === null ? holds : Or(taken, holds);
  }
  // Where no other place holds the maximum, the last one does, and need not be looked at.
  parts.push(taken === null ? gradient : masked(Not(taken)));
  const joined = windows.reduceRight<readonly Value[]>((pieces, { kernel }, i) => {
    const groups = Array.from({ length: pieces.length / kernel }, (_, k) => k * kernel);
    return groups.map((first) => interleaved(pieces.slice(first, first + kernel), i + 2));
  }, parts)[0];
  const rest = x.shape.map((size, axis) => size - joined.shape[axis]);
  return padBy(joined, new Array(rest.length).fill(0), rest);
}

const averagePool: OpRule<"AveragePool"> = {
  opType: "AveragePool",
  outputs(inputs, attributes) {
    const { x, shape } = poolOf("AveragePool", inputs, attributes);
    return [{ dtype: x.dtype, shape }];
  },
  gradient(node, gradients) {
    const { x, windows } = poolOf("AveragePool", node.inputs, node.attributes);
    const withPadding = node.attributes.count_include_pad === 1;
    return [() => spreadBack(flowing(gradients), x, windows, withPadding)];
  },
};

/** Each gradient over the places of its window, axis by axis, as the average factors. */
function spreadBack(gradient: Value, x: Value, windows: readonly Windows[], withPadding: boolean): Value {
  return windows.reduce((flows, along, i) => {
    const axis = i + 2;
    const sizes = windowSizes(along, withPadding);
    const shares = constantAlong(
      sizes.map((size) => 1 / size),
      axis,
      x,
    );
    return fold(Mul(flows, shares), axis, along);
  }, gradient);
}

/** Over how many places each window averages: those of the padding count only where asked. */
function windowSizes(
  { size, kernel, stride, dilation, before, after, count }: Windows,
  withPadding: boolean,
): number[] {
  const [low, high] = withPadding ? [-before, size + after] : [0, size];
  return Array.from({ length: count }, (_, window) => {
    const start = window * stride - before;
    return Array.from({ length: kernel }, (__, k) => start + k * dilation).filter(
      (at) => at >= low && at < high,
    ).length;
  });
}

function constantAlong(values: readonly number[], axis: number, like: Value): Value {
  const shape = like.shape.map((_, i) => (i === axis ? values.length : 1));
  return constant(tensorOf(like.dtype, shape, values));
}

/** Adds up along one axis what windows hold at each place: the adjoint of taking windows. */
function fold(flows: Value, axis: number, windows: Windows): Value {
  const { size, kernel, stride, dilation, before, count } = windows;
  const spread = dilated(flows, axis, stride);
  const length = Math.max(size + before + windows.after, spanOf(windows));
  const parts = Array.from({ length: kernel }, (_, k) => {
    const start = k * dilation;
    const at = (value: number) => flows.shape.map((__, i) => (i === axis ? value : 0));
    return padBy(spread, at(start), at(length - start - (count - 1) * stride - 1));
  });
  const sum = parts.reduce((left, right) => Add(left, right));
  return length === size ? sum : Slice(sum, [before], [before + size], [axis]);
}

const globalAveragePool: OpRule<"GlobalAveragePool"> = {
  opType: "GlobalAveragePool",
  outputs(inputs) {
    const x = spatial("GlobalAveragePool", inputs);
    return [{ dtype: x.dtype, shape: x.shape.map((size, i) => (i < 2 ? size : 1)) }];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    return [() => expandTo(Div(flowing(gradients), sizeOf(x.shape.slice(2))), x.shape)];
  },
};

interface PoolOptions {
  readonly kernel_shape: readonly number[];
  readonly auto_pad?: "NOTSET" | "VALID" | "SAME_UPPER" | "SAME_LOWER";
  readonly ceil_mode?: 0 | 1;
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}

/** The largest value in each window; strides are 1 unless given. */
export function MaxPool(x: Value, options: PoolOptions): Value {
  return apply(maxPool, [x], options);
}

/** The mean of each window, padding left out of it unless `count_include_pad` is 1; strides are 1 unless given. */
export function AveragePool(x: Value, options: PoolOptions & { readonly count_include_pad?: 0 | 1 }): Value {
  return apply(averagePool, [x], options);
}

/** The mean over all spatial axes, kept with size 1. */
export function GlobalAveragePool(x: Value): Value {
  return apply(globalAveragePool, [x], {});
}

export const poolingRules = {
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  MaxPool: maxPool,
} as const;
