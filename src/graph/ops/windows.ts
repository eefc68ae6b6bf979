/** Where the windows of convolutions and pools lie, by the attributes of the specification. */

import { badAttribute, badShape } from "../shapes.ts";
import type { Value } from "../value.ts";
import { Slice } from "./selection.ts";

export type WindowOp = "Conv" | "ConvTranspose" | "MaxPool" | "AveragePool";

/** The attributes that say where windows lie; each list has an entry a spatial axis. */
export interface WindowAttributes {
  /** NOTSET (the default) takes `pads`; VALID none; SAME_UPPER, SAME_LOWER as many as keep the size over the stride. */
  readonly auto_pad?: string;
  readonly dilations?: readonly number[];
  /** Places added before each axis, then after each. */
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly ceil_mode?: number;
}

/** The windows along one spatial axis. */
export interface Windows {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** How many windows there are. */
  readonly count: number;
}

/** From the first to the last place of a window, both included. */
export const extentOf = ({ kernel, dilation }: Pick<Windows, "kernel" | "dilation">) =>
  (kernel - 1) * dilation + 1;

/** How far a window reaches past the padded axis or stops short of it: the same for all, as the last one shows. */
export const spanOf = (windows: Windows) => (windows.count - 1) * windows.stride + extentOf(windows);

/** A list of attributes with an entry an axis, or the default for all of them. */
export function perAxis(
  op: WindowOp,
  name: string,
  list: readonly number[] | undefined,
  length: number,
  { initial, least }: { readonly initial: number; readonly least: number },
): readonly number[] {
  const values = list ?? new Array<number>(length).fill(initial);
  if (values.length === length && values.every((value) => Number.isInteger(value) && value >= least))
    return values;
  throw badAttribute(
    op,
    `${length} integers >= ${least} as ${name}`,
    `[${values}]`,
    "give one for each spatial axis",
  );
}

/** The windows over each spatial axis. */
export function windowsOf(
  op: WindowOp,
  sizes: readonly number[],
  kernel: readonly number[],
  attributes: WindowAttributes,
): readonly Windows[] {
  const rank = sizes.length;
  const { auto_pad = "NOTSET", ceil_mode = 0 } = attributes;
  const strides = perAxis(op, "strides", attributes.strides, rank, { initial: 1, least: 1 });
  const dilations = perAxis(op, "dilations", attributes.dilations, rank, { initial: 1, least: 1 });
  const pads = perAxis(op, "pads", attributes.pads, 2 * rank, { initial: 0, least: 0 });
  perAxis(op, "kernel_shape", kernel, rank, { initial: 1, least: 1 });
  return sizes.map((size, i) => {
    const along = { size, kernel: kernel[i], stride: strides[i], dilation: dilations[i] };
    const padding = paddingOf(op, auto_pad, along, { before: pads[i], after: pads[rank + i] });
    const free = size + padding.before + padding.after - extentOf(along);
    if (free < 0) {
      throw badShape(
        op,
        `spatial sizes of at least the window's ${extentOf(along)} (axis ${i}, padding included)`,
        String(size + padding.before + padding.after),
        "give pads or a smaller window",
      );
    }
    return { ...along, ...padding, count: countOf(along, padding.before, free, ceil_mode === 1) };
  });
}

interface Along {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

function countOf({ size, stride }: Along, before: number, free: number, ceil: boolean): number {
  if (!ceil) return Math.floor(free / stride) + 1;
  const count = Math.ceil(free / stride) + 1;
  // A last window that would begin in the padding after the end is left out.
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

function paddingOf(op: WindowOp, mode: string, along: Along, given: { before: number; after: number }) {
  if (mode === "NOTSET") return given;
  if (mode === "VALID") return { before: 0, after: 0 };
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") {
    throw badAttribute(
      op,
      "auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER",
      `"${mode}"`,
      "use one of these",
    );
  }
  const count = Math.ceil(along.size / along.stride);
  const total = Math.max(0, (count - 1) * along.stride + extentOf(along) - along.size);
  const small = Math.floor(total / 2);
  return mode === "SAME_UPPER"
    ? { before: small, after: total - small }
    : { before: total - small, after: small };
}

/** `pads` as ONNX lists them. */
export function padsOf(windows: readonly Windows[]): readonly number[] {
  return [...windows.map(({ before }) => before), ...windows.map(({ after }) => after)];
}

/** Every place in a kernel, row-major. */
export function shiftsOf(windows: readonly Windows[]): readonly (readonly number[])[] {
  return windows.reduce<readonly (readonly number[])[]>(
    (shifts, { kernel }) =>
      shifts.flatMap((shift) => Array.from({ length: kernel }, (_, k) => [...shift, k])),
    [[]],
  );
}

/** What the windows see at one place of the kernel: [N, C, ...counts]. */
export function shiftedInput(padded: Value, shift: readonly number[], windows: readonly Windows[]): Value {
  const starts = windows.map(({ dilation }, i) => shift[i] * dilation);
  const ends = windows.map(({ stride, count }, i) => starts[i] + (count - 1) * stride + 1);
  const whole = windows.every(
    ({ stride }, i) => stride === 1 && starts[i] === 0 && ends[i] === padded.shape[i + 2],
  );
  if (whole) return padded;
  return Slice(
    padded,
    starts,
    ends,
    windows.map((_, i) => i + 2),
    windows.map(({ stride }) => stride),
  );
}
