/** The same elements in another arrangement. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import {
  axesOf,
  badAttribute,
  badShape,
  broadcastShapes,
  isDifferentiable,
  knownIntegers,
  required,
  sameShape,
} from "../shapes.ts";
import { type Integers, integers, sizeOf, typeText, type Value } from "../value.ts";
import { reduceTo, reshapeTo } from "./reduction.ts";

/** A rule whose gradient is the output's, in the input's shape. */
function rearrangement<Op extends "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten">(
  opType: Op,
  outputs: OpRule<Op>["outputs"],
): OpRule<Op> {
  return {
    opType,
    outputs,
    gradient(node, gradients) {
      const x = given(node, 0);
      const back = isDifferentiable(x) ? () => reshapeTo(flowing(gradients), x.shape) : null;
      return node.inputs.map((_, i) => (i === 0 ? back : null));
    },
  };
}

const reshape = rearrangement("Reshape", (inputs) => {
  const x = required("Reshape", inputs, 0, "data");
  const asked = knownIntegers("Reshape", required("Reshape", inputs, 1, "shape"), "shape");
  const shape = asked.map((size, i) => (size === 0 ? x.shape[i] : size));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = sizeOf(x.shape) / sizeOf(shape.filter((_, i) => i !== open));
  const fits = shape.every((size) => Number.isInteger(size) && size >= 0);
  if (fits && sizeOf(shape) === sizeOf(x.shape)) return [{ dtype: x.dtype, shape }];
  throw badShape(
    "Reshape",
    `a shape of ${sizeOf(x.shape)} elements`,
    `[${asked}] for ${typeText(x)}`,
    "use at most one -1, which takes what is left",
  );
});

const squeeze = rearrangement("Squeeze", (inputs) => {
  const x = required("Squeeze", inputs, 0, "data");
  const axes = inputs[1]
    ? axesOf("Squeeze", knownIntegers("Squeeze", inputs[1], "axes"), x.shape.length)
    : x.shape.flatMap((size, i) => (size === 1 ? [i] : []));
  const wrong = axes.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) {
    throw badShape("Squeeze", `size 1 on axis ${wrong}`, typeText(x), "use Reshape");
  }
  return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }];
});

const unsqueeze = rearrangement("Unsqueeze", (inputs) => {
  const x = required("Unsqueeze", inputs, 0, "data");
  const asked = knownIntegers("Unsqueeze", required("Unsqueeze", inputs, 1, "axes"), "axes");
  const axes = axesOf("Unsqueeze", asked, x.shape.length + asked.length);
  const shape = [...x.shape];
  for (const axis of [...axes].sort((a, b) => a - b)) shape.splice(axis, 0, 1);
  return [{ dtype: x.dtype, shape }];
});

const flatten = rearrangement("Flatten", (inputs, { axis = 1 }) => {
  const x = required("Flatten", inputs, 0, "the input");
  const rank = x.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis > rank) {
    throw badAttribute("Flatten", `axis in [${-rank}, ${rank}]`, String(axis), "count from the front");
  }
  const place = axis < 0 ? axis + rank : axis;
  return [{ dtype: x.dtype, shape: [sizeOf(x.shape.slice(0, place)), sizeOf(x.shape.slice(place))] }];
});

const expand: OpRule<"Expand"> = {
  opType: "Expand",
  outputs(inputs) {
    const x = required("Expand", inputs, 0, "the input");
    const asked = knownIntegers("Expand", required("Expand", inputs, 1, "shape"), "shape");
    const shape = broadcastShapes([x.shape, asked]);
    if (shape) return [{ dtype: x.dtype, shape }];
    throw badShape(
      "Expand",
      "a shape to which the input broadcasts",
      `[${asked}] for ${typeText(x)}`,
      "use Reshape",
    );
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    return [isDifferentiable(x) ? () => reduceTo(flowing(gradients), x.shape) : null, null];
  },
};

function permutationOf(x: Value, perm: readonly number[] | undefined): readonly number[] {
  const order = perm ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  if (
    sameShape(
      [...order].sort((a, b) => a - b),
      x.shape.map((_, i) => i),
    )
  )
    return order;
  throw badAttribute(
    "Transpose",
    `perm to name each axis of ${typeText(x)} once`,
    `[${perm}]`,
    "count from 0",
  );
}

const transpose: OpRule<"Transpose"> = {
  opType: "Transpose",
  outputs(inputs, { perm }) {
    const x = required("Transpose", inputs, 0, "data");
    return [{ dtype: x.dtype, shape: permutationOf(x, perm).map((axis) => x.shape[axis]) }];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    if (!isDifferentiable(x)) return [null];
    const order = permutationOf(x, node.attributes.perm);
    return [() => Transpose(flowing(gradients), { perm: order.map((_, axis) => order.indexOf(axis)) })];
  },
};

const asValue = (list: Integers) => ("dtype" in list ? list : integers(list));

/** Row-major elements in another shape; −1 takes what is left, 0 keeps the size of that axis. */
export function Reshape(x: Value, shape: Integers): Value {
  return apply(reshape, [x, asValue(shape)], {});
}

/** Drops axes of size 1; all of them where none are given. */
export function Squeeze(x: Value, axes: Integers | null = null): Value {
  return apply(squeeze, axes === null ? [x] : [x, asValue(axes)], {});
}

/** Inserts axes of size 1, counted in the result. */
export function Unsqueeze(x: Value, axes: Integers): Value {
  return apply(unsqueeze, [x, asValue(axes)], {});
}

/** Two axes: those before `axis` (1 unless given) and those from it. */
export function Flatten(x: Value, options: { readonly axis?: number } = {}): Value {
  return apply(flatten, [x], options);
}

/** Repeats along axes of size 1 and new leading axes, as broadcasting does. */
export function Expand(x: Value, shape: Integers): Value {
  return apply(expand, [x, asValue(shape)], {});
}

/** Axes in another order; reversed where none is given. */
export function Transpose(x: Value, options: { readonly perm?: readonly number[] } = {}): Value {
  return apply(transpose, [x], options);
}

export const shapeRules = {
  Expand: expand,
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
} as const;
