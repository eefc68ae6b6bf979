/** Parts of values: joining, cutting and padding them along axes. */

import { apply, flowing, given, noGradient, type OpRule, record } from "../rule.ts";
import {
  axesOf,
  axisOf,
  badAttribute,
  badShape,
  isDifferentiable,
  knownIntegers,
  required,
  requireSameType,
  sameShape,
  typesText,
} from "../shapes.ts";
import {
  type Integers,
  integers,
  type Operand,
  scalar,
  sizeOf,
  typeText,
  type Value,
  type ValueType,
} from "../value.ts";
import { zeroDerivative } from "./makers.ts";
import { expandTo, reshapeTo } from "./reduction.ts";
import { Transpose } from "./shape.ts";

const asValue = (list: Integers) => ("dtype" in list ? list : integers(list));

const concat: OpRule<"Concat"> = {
  opType: "Concat",
  outputs(inputs, { axis }) {
    const values = inputs.map((_, i) => required("Concat", inputs, i, `input ${i}`));
    const first = required("Concat", values, 0, "the first input");
    const dtype = requireSameType("Concat", values);
    if (axis === undefined) throw badAttribute("Concat", "an axis", "none", "give it");
    const place = axisOf("Concat", axis, first.shape.length);
    const others = (value: Value) => value.shape.with(place, 0);
    if (
      values.some(
        (value) => value.shape.length !== first.shape.length || !sameShape(others(value), others(first)),
      )
    ) {
      throw badShape(
        "Concat",
        `sizes that differ on axis ${place} only`,
        typesText(values),
        "use Reshape or Pad",
      );
    }
    const joined = values.reduce((sum, value) => sum + value.shape[place], 0);
    return [{ dtype, shape: first.shape.with(place, joined) }];
  },
  gradient(node, gradients) {
    const values = node.inputs.map((_, i) => given(node, i));
    if (!isDifferentiable(values[0])) return zeroDerivative(node);
    const axis = axisOf("Concat", node.attributes.axis ?? 0, values[0].shape.length);
    let parts: readonly Value[] | null = null;
    const part = (i: number) => {
      parts ??= Split(
        flowing(gradients),
        values.map((value) => value.shape[axis]),
        { axis },
      );
      return parts[i];
    };
    return values.map((_, i) => () => part(i));
  },
};

const split: OpRule<"Split"> = {
  opType: "Split",
  outputs(inputs, { axis = 0, num_outputs }) {
    const x = required("Split", inputs, 0, "the input");
    const place = axisOf("Split", axis, x.shape.length);
    const total = x.shape[place];
    const sizes = inputs[1] ? knownIntegers("Split", inputs[1], "split") : evenSizes(total, num_outputs);
    if (
      sizes.length > 0 &&
      sizes.every((size) => size >= 0) &&
      sizes.reduce((sum, size) => sum + size, 0) === total
    ) {
      return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(place, size) }));
    }
    throw badShape(
      "Split",
      `sizes that add up to ${total} (axis ${place})`,
      `[${sizes}] for ${typeText(x)}`,
      "give other sizes",
    );
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    if (!isDifferentiable(x)) return zeroDerivative(node);
    const axis = axisOf("Split", node.attributes.axis ?? 0, x.shape.length);
    const parts = () => node.outputs.map((output, i) => gradients[i] ?? zeros(output));
    return [() => Concat(parts(), { axis }), ...node.inputs.slice(1).map(() => null)];
  },
};

/** Pieces of one size, the last one smaller where the axis does not divide evenly. */
function evenSizes(total: number, count: number | undefined): number[] {
  if (count === undefined || count < 1) {
    throw badAttribute("Split", "the sizes or num_outputs >= 1", String(count), "give one of them");
  }
  const size = Math.ceil(total / count);
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size));
}

/** Zeros of the type and shape of a value, as one number repeated. */
export function zeros(like: ValueType): Value {
  return expandTo(scalar(0, like.dtype), like.shape);
}

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** The ranges of a Slice, clamped to the axes as the specification has it. */
function rangesOf(inputs: readonly (Value | null)[]): Range[] {
  const x = required("Slice", inputs, 0, "data");
  const starts = knownIntegers("Slice", required("Slice", inputs, 1, "starts"), "starts");
  const ends = knownIntegers("Slice", required("Slice", inputs, 2, "ends"), "ends");
  const listed = inputs[3] ? knownIntegers("Slice", inputs[3], "axes") : starts.map((_, i) => i);
  const steps = inputs[4] ? knownIntegers("Slice", inputs[4], "steps") : starts.map(() => 1);
  const axes = axesOf("Slice", listed, x.shape.length);
  const even = [ends, axes, steps].every((list) => list.length === starts.length);
  if (!even || steps.includes(0)) {
    throw badAttribute(
      "Slice",
      "starts, ends, axes and steps of one length, no step 0",
      `[${starts}], [${ends}], [${listed}] and [${steps}]`,
      "give one of each for an axis",
    );
  }
  return axes.map((axis, i) => {
    const size = x.shape[axis];
    const step = steps[i];
    const clamp = (place: number) => {
      const counted = place < 0 ? place + size : place;
      return step > 0 ? Math.min(Math.max(counted, 0), size) : Math.min(Math.max(counted, -1), size - 1);
    };
    const start = step < 0 && starts[i] < -size ? -1 : clamp(starts[i]);
    const count = Math.max(0, Math.ceil((clamp(ends[i]) - start) / step));
    return { axis, start, step, count };
  });
}

const slice: OpRule<"Slice"> = {
  opType: "Slice",
  outputs(inputs) {
    const x = required("Slice", inputs, 0, "data");
    const shape = [...x.shape];
    for (const { axis, count } of rangesOf(inputs)) shape[axis] = count;
    return [{ dtype: x.dtype, shape }];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const back = isDifferentiable(x) ? () => unslice(flowing(gradients), x, rangesOf(node.inputs)) : null;
    return node.inputs.map((_, i) => (i === 0 ? back : null));
  },
};

/** The adjoint of Slice: the parts back in their places, zeros elsewhere. */
function unslice(gradient: Value, x: Value, ranges: readonly Range[]): Value {
  let back = gradient;
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  for (const { axis, start, step, count } of ranges) {
    if (count === 0) return zeros(x);
    const last = start + (count - 1) * step;
    if (step < 0) back = reversed(back, axis);
    back = dilated(back, axis, Math.abs(step));
    before[axis] = Math.min(start, last);
    after[axis] = x.shape[axis] - 1 - Math.max(start, last);
  }
  return padBy(back, before, after);
}

/** The same in reverse order along an axis. */
export function reversed(x: Value, axis: number): Value {
  return Slice(x, [-1], [-(2 ** 31)], [axis], [-1]);
}

/** `step − 1` zeros between neighbours along an axis. */
export function dilated(x: Value, axis: number, step: number): Value {
  const size = x.shape[axis];
  if (step === 1 || size < 2) return x;
  const apart = reshapeTo(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)]);
  const gaps = apart.shape.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const spread = padBy(
    apart,
    gaps.map(() => 0),
    gaps,
  );
  const joined = reshapeTo(spread, x.shape.with(axis, size * step));
  return Slice(joined, [0], [(size - 1) * step + 1], [axis]);
}

/** Values of one shape as one, their places along an axis taking turns: a₀, b₀, a₁, b₁, … */
export function interleaved(values: readonly Value[], axis: number): Value {
  const [{ shape }] = values;
  const [outer, inner] = [sizeOf(shape.slice(0, axis + 1)), sizeOf(shape.slice(axis + 1))];
  const whole = shape.with(axis, shape[axis] * values.length);
  if (values.length === 1) return values[0];
  if (inner > 1)
    return reshapeTo(
      Concat(
        values.map((value) => reshapeTo(value, [outer, 1, inner])),
        { axis: 1 },
      ),
      whole,
    );
  // Single elements: the kernel of Transpose moves them faster than that of Concat.
  const rows = Concat(
    values.map((value) => reshapeTo(value, [1, outer])),
    { axis: 0 },
  );
  return reshapeTo(Transpose(rows), whole);
}

/** Pad with zeros, where there is something to pad. */
export function padBy(x: Value, before: readonly number[], after: readonly number[]): Value {
  return [...before, ...after].every((count) => count === 0) ? x : Pad(x, [...before, ...after]);
}

type PadMode = "constant" | "reflect" | "edge" | "wrap";

/** How many places are added before and after each axis of the input. */
function paddingOf(inputs: readonly (Value | null)[]): { before: number[]; after: number[] } {
  const x = required("Pad", inputs, 0, "data");
  const rank = x.shape.length;
  const pads = knownIntegers("Pad", required("Pad", inputs, 1, "pads"), "pads");
  const listed = inputs[3] ? knownIntegers("Pad", inputs[3], "axes") : x.shape.map((_, i) => i);
  const axes = axesOf("Pad", listed, rank);
  if (pads.length !== 2 * axes.length) {
    throw badAttribute(
      "Pad",
      `${2 * axes.length} pads (all before, then all after)`,
      `[${pads}]`,
      "give two an axis",
    );
  }
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    before[axis] = pads[i];
    after[axis] = pads[axes.length + i];
  }
  return { before, after };
}

const pad: OpRule<"Pad"> = {
  opType: "Pad",
  outputs(inputs) {
    const x = required("Pad", inputs, 0, "data");
    if (inputs[2]) requireSameType("Pad", [x, inputs[2]]);
    const { before, after } = paddingOf(inputs);
    const shape = x.shape.map((size, i) => size + before[i] + after[i]);
    if (shape.every((size) => size >= 0)) return [{ dtype: x.dtype, shape }];
    throw badShape(
      "Pad",
      "no axis shortened below 0",
      `pads [${before}] and [${after}] for ${typeText(x)}`,
      "cut off less",
    );
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const { mode = "constant" } = node.attributes;
    const { before, after } = paddingOf(node.inputs);
    const negated = (counts: readonly number[]) => counts.map((count) => (count === 0 ? 0 : -count));
    const back =
      mode === "constant"
        ? () => padBy(flowing(gradients), negated(before), negated(after))
        : noGradient("Pad", `the input in mode "${mode}"`);
    const filling = noGradient("Pad", "constant_value");
    return node.inputs.map((value, i) =>
      i === 0 && isDifferentiable(x) ? back : i === 2 && value ? filling : null,
    );
  },
};

/** Values one after another along an axis. */
export function Concat(values: readonly Value[], options: { readonly axis: number }): Value {
  return apply(concat, values, options);
}

/** Pieces along an axis (0 unless given): of the sizes, or null and `num_outputs` of one size. */
export function Split(
  x: Value,
  sizes: Integers | null,
  options: { readonly axis?: number; readonly num_outputs?: number } = {},
): readonly Value[] {
  return record(split, sizes === null ? [x] : [x, asValue(sizes)], options);
}

/** From `starts` up to, not including, `ends` by `steps` along `axes`; negative places count from the end. */
export function Slice(x: Value, starts: Integers, ends: Integers, axes?: Integers, steps?: Integers): Value {
  const inputs: (Value | null)[] = [x, asValue(starts), asValue(ends)];
  if (axes !== undefined || steps !== undefined) inputs.push(axes === undefined ? null : asValue(axes));
  if (steps !== undefined) inputs.push(asValue(steps));
  return apply(slice, inputs, {});
}

/** `pads` places added (negative: cut off): all axes before, then all after; filled with `value`, 0 unless given. */
export function Pad(
  x: Value,
  pads: Integers,
  value: Operand | null = null,
  options: { readonly mode?: PadMode } = {},
): Value {
  const filling = typeof value === "number" ? scalar(value, x.dtype) : value;
  return apply(pad, filling === null ? [x, asValue(pads)] : [x, asValue(pads), filling], options);
}

export const selectionRules = { Concat: concat, Pad: pad, Slice: slice, Split: split } as const;
