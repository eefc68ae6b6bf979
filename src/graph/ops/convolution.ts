/** Convolutions over any number of spatial axes: x [N, C, ...], w [M, C/group, ...kernel]. */

import { UnsupportedError } from "../../errors.ts";
import { apply, flowing, type OpRule } from "../rule.ts";
import {
  badAttribute,
  badShape,
  required,
  requireFloat,
  requireSameType,
  sameShape,
  typesText,
} from "../shapes.ts";
import { sizeOf, type Value } from "../value.ts";
import { MatMul } from "./linear.ts";
import { ReduceSum, reshapeTo } from "./reduction.ts";
import { Concat, padBy, reversed } from "./selection.ts";
import { Transpose } from "./shape.ts";
import {
  extentOf,
  padsOf,
  perAxis,
  shiftedInput,
  shiftsOf,
  spanOf,
  type Windows,
  windowsOf,
} from "./windows.ts";

interface Operands {
  readonly x: Value;
  readonly w: Value;
  readonly group: number;
}

/** Input, weights and group, checked against one another; `channels` is the axis of w that x must fill. */
function operandsOf(op: "Conv" | "ConvTranspose", inputs: readonly (Value | null)[], group = 1): Operands {
  const x = required(op, inputs, 0, "X");
  const w = required(op, inputs, 1, "W");
  const bias = inputs[2] ?? null;
  requireFloat(op, x, "X");
  requireSameType(op, bias ? [x, w, bias] : [x, w]);
  const channels = op === "Conv" ? w.shape[1] * group : w.shape[0];
  const ranks = x.shape.length >= 3 && w.shape.length === x.shape.length;
  if (!ranks || channels !== x.shape[1] || w.shape[0] % group !== 0) {
    const form = op === "Conv" ? "[M, C/group, ...]" : "[C, M/group, ...]";
    throw badShape(
      op,
      `X [N, C, ...] and W ${form} of one C`,
      `${typesText([x, w])} with group ${group}`,
      "use Transpose or Reshape",
    );
  }
  const made = op === "Conv" ? w.shape[0] : w.shape[1] * group;
  if (bias && !sameShape(bias.shape, [made])) {
    throw badShape(op, `B of shape [${made}]`, typesText([bias]), "give a number for each channel");
  }
  return { x, w, group };
}

function requireKernel(op: "Conv" | "ConvTranspose", w: Value, kernel: readonly number[] | undefined): void {
  if (kernel === undefined || sameShape(kernel, w.shape.slice(2))) return;
  throw badAttribute(op, `kernel_shape [${w.shape.slice(2)}] as in W`, `[${kernel}]`, "leave it out");
}

const conv: OpRule<"Conv"> = {
  opType: "Conv",
  outputs(inputs, attributes) {
    const { x, w } = operandsOf("Conv", inputs, attributes.group);
    requireKernel("Conv", w, attributes.kernel_shape);
    const windows = windowsOf("Conv", x.shape.slice(2), w.shape.slice(2), attributes);
    return [{ dtype: x.dtype, shape: [x.shape[0], w.shape[0], ...windows.map(({ count }) => count)] }];
  },
  gradient(node, gradients) {
    const { x, w, group } = operandsOf("Conv", node.inputs, node.attributes.group);
    const windows = windowsOf("Conv", x.shape.slice(2), w.shape.slice(2), node.attributes);
    return [
      () => inputGradient(flowing(gradients), w, windows, group),
      () => weightGradient(x, flowing(gradients), windows, group),
      node.inputs[2] ? () => channelSums(flowing(gradients)) : null,
    ];
  },
};

/** Σ over all axes but the channels. */
function channelSums(gradient: Value): Value {
  return ReduceSum(
    gradient,
    gradient.shape.flatMap((_, i) => (i === 1 ? [] : [i])),
    { keepdims: 0 },
  );
}

function inputGradient(gradient: Value, w: Value, windows: readonly Windows[], group: number): Value {
  const dilations = windows.map(({ dilation }) => dilation);
  const roomBefore = windows.map((along) => extentOf(along) - 1 - along.before);
  const roomAfter = windows.map((along) => extentOf(along) - 1 - along.after);
  const dense = windows.every(({ stride }) => stride === 1);
  if (dense && [...roomBefore, ...roomAfter].every((room) => room >= 0)) {
    return Conv(gradient, flipped(w, group), null, { dilations, group, pads: [...roomBefore, ...roomAfter] });
  }
  return ConvTranspose(gradient, w, null, {
    dilations,
    group,
    pads: padsOf(windows),
    strides: windows.map(({ stride }) => stride),
    output_padding: windows.map((along) => along.size + along.before + along.after - spanOf(along)),
  });
}

/** The weights that undo a step of 1: kernels reversed, channels in and out exchanged within each group. */
function flipped(w: Value, group: number): Value {
  const [made, perGroup, ...kernel] = w.shape;
  const turned = kernel.reduce((value, size, i) => (size === 1 ? value : reversed(value, i + 2)), w);
  const split = reshapeTo(turned, [group, made / group, perGroup, ...kernel]);
  const exchanged = Transpose(split, { perm: split.shape.map((_, i) => (i === 1 ? 2 : i === 2 ? 1 : i)) });
  return reshapeTo(exchanged, [group * perGroup, made / group, ...kernel]);
}

/** Up to this many channels a group, the shifted inputs are laid side by side for one product (im2col). */
const FEW_CHANNELS = 4;

/** For each place in the kernel the product of the gradient with the input shifted there, summed over the batch. */
function weightGradient(x: Value, gradient: Value, windows: readonly Windows[], group: number): Value {
  const [batch, channels] = x.shape;
  const made = gradient.shape[1];
  const places = sizeOf(windows.map(({ count }) => count));
  const lead = group === 1 ? [batch] : [batch, group];
  const flows = reshapeTo(gradient, [...lead, made / group, places]);
  const padded = padBy(
    x,
    [0, 0, ...windows.map(({ before }) => before)],
    [0, 0, ...windows.map(({ after }) => after)],
  );
  const shifted = shiftsOf(windows).map((shift) => shiftedInput(padded, shift, windows));
  const shape = [made, channels / group, ...windows.map(({ kernel }) => kernel)];
  if (channels / group <= FEW_CHANNELS) {
    const columns = Concat(
      shifted.map((part) => reshapeTo(part, [batch, channels, 1, places])),
      { axis: 2 },
    );
    const rows = reshapeTo(columns, [...lead, (channels / group) * shifted.length, places]);
    return reshapeTo(batchProduct(flows, rows), shape);
  }
  const parts = shifted.map((part) => {
    const product = batchProduct(flows, reshapeTo(part, [...lead, channels / group, places]));
    return reshapeTo(product, [made, channels / group, 1]);
  });
  return reshapeTo(parts.length === 1 ? parts[0] : Concat(parts, { axis: 2 }), shape);
}

/** Σ over the batch of a·bᵀ. */
function batchProduct(a: Value, b: Value): Value {
  const rank = b.shape.length;
  const perm = b.shape.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  return ReduceSum(MatMul(a, Transpose(b, { perm })), [0], { keepdims: 0 });
}

const convTranspose: OpRule<"ConvTranspose"> = {
  opType: "ConvTranspose",
  outputs(inputs, attributes) {
    const { x, w, group } = operandsOf("ConvTranspose", inputs, attributes.group);
    requireKernel("ConvTranspose", w, attributes.kernel_shape);
    const sizes = transposedWindows(x, w, attributes).map(({ size }) => size);
    return [{ dtype: x.dtype, shape: [x.shape[0], w.shape[1] * group, ...sizes] }];
  },
  gradient(node, gradients) {
    const { x, w, group } = operandsOf("ConvTranspose", node.inputs, node.attributes.group);
    const windows = transposedWindows(x, w, node.attributes);
    const { dilations, strides } = node.attributes;
    const options = {
      group,
      pads: padsOf(windows),
      ...(dilations && { dilations }),
      ...(strides && { strides }),
    };
    return [
      () => Conv(flowing(gradients), w, null, options),
      () => weightGradient(flowing(gradients), x, windows, group),
      node.inputs[2] ? () => channelSums(flowing(gradients)) : null,
    ];
  },
};

/** The windows of the convolution that this one transposes: `size` is on the output, `count` on the input. */
function transposedWindows(x: Value, w: Value, attributes: TransposeOptions): readonly Windows[] {
  const rank = x.shape.length - 2;
  const { auto_pad = "NOTSET" } = attributes;
  if (auto_pad !== "NOTSET" && auto_pad !== "VALID") {
    throw new UnsupportedError({
      code: "unsupported-attribute",
      message: `ConvTranspose: expected auto_pad NOTSET or VALID, got "${auto_pad}"; give pads`,
    });
  }
  const list = (name: string, values: readonly number[] | undefined, initial: number, length = rank) =>
    perAxis("ConvTranspose", name, values, length, { initial, least: initial });
  const strides = list("strides", attributes.strides, 1);
  const dilations = list("dilations", attributes.dilations, 1);
  const pads = list("pads", auto_pad === "VALID" ? undefined : attributes.pads, 0, 2 * rank);
  const extra = list("output_padding", attributes.output_padding, 0);
  return strides.map((stride, i) => {
    const along = { kernel: w.shape[i + 2], dilation: dilations[i], stride, count: x.shape[i + 2] };
    const [before, after] = [pads[i], pads[rank + i]];
    const size = (along.count - 1) * stride + extentOf(along) + extra[i] - before - after;
    if (size > 0) return { ...along, before, after, size };
    throw badShape(
      "ConvTranspose",
      `an output of at least one place on axis ${i + 2}`,
      String(size),
      "give smaller pads",
    );
  });
}

export interface ConvOptions {
  readonly auto_pad?: "NOTSET" | "VALID" | "SAME_UPPER" | "SAME_LOWER";
  readonly dilations?: readonly number[];
  readonly group?: number;
  readonly kernel_shape?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}

interface TransposeOptions {
  readonly auto_pad?: string;
  readonly dilations?: readonly number[];
  readonly group?: number;
  readonly output_padding?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}

/** Cross-correlation of x [N, C, ...] with w [M, C/group, ...kernel], plus a bias [M]; float32 only in ONNX Runtime. */
export function Conv(x: Value, w: Value, b: Value | null = null, options: ConvOptions = {}): Value {
  return apply(conv, b === null ? [x, w] : [x, w, b], options);
}

/** The adjoint of Conv in its input: x [N, C, ...], w [C, M/group, ...kernel], bias [M]. */
export function ConvTranspose(
  x: Value,
  w: Value,
  b: Value | null = null,
  options: TransposeOptions = {},
): Value {
  return apply(convTranspose, b === null ? [x, w] : [x, w, b], options);
}

export const convolutionRules = { Conv: conv, ConvTranspose: convTranspose } as const;
