/** Convolutions and pools in plain loops: every window is walked place by place. */

import { at, build, indicesOf, type Plain, placeOf, sizeOf } from "./plain.ts";

interface WindowAttributes {
  readonly auto_pad?: string;
  readonly ceil_mode?: number;
  readonly count_include_pad?: number;
  readonly dilations?: readonly number[];
  readonly group?: number;
  readonly kernel_shape?: readonly number[];
  readonly output_padding?: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
}

interface Layout {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function layoutOf(sizes: readonly number[], kernel: readonly number[], attributes: WindowAttributes): Layout {
  const rank = sizes.length;
  const ones = new Array<number>(rank).fill(1);
  const { strides = ones, dilations = ones, auto_pad = "NOTSET" } = attributes;
  const pads = attributes.pads ?? new Array<number>(2 * rank).fill(0);
  if (!auto_pad.startsWith("SAME")) {
    return { strides, dilations, before: pads.slice(0, rank), after: pads.slice(rank) };
  }
  const totals = sizes.map((size, i) =>
    Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - size),
  );
  const larger = totals.map((total) => Math.ceil(total / 2));
  const smaller = totals.map((total) => Math.floor(total / 2));
  const upper = auto_pad === "SAME_UPPER";
  return { strides, dilations, before: upper ? smaller : larger, after: upper ? larger : smaller };
}

/** How many windows begin inside: counted by trying, one after another. */
function countWindows(size: number, kernel: number, layout: Layout, axis: number, ceil: boolean): number {
  const { strides, dilations, before, after } = layout;
  const extent = (kernel - 1) * dilations[axis] + 1;
  let count = 0;
  for (let start = 0; ; start += strides[axis]) {
    const fitsWhole = start + extent <= size + before[axis] + after[axis];
    const fitsPart =
      ceil &&
      start < size + before[axis] &&
      start - strides[axis] + extent < size + before[axis] + after[axis];
    if (!fitsWhole && !fitsPart) return count;
    count++;
  }
}

function outputSizes(x: Plain, kernel: readonly number[], layout: Layout, ceil: boolean): number[] {
  return kernel.map((size, axis) => countWindows(x.shape[axis + 2], size, layout, axis, ceil));
}

export function conv(x: Plain, w: Plain, bias: Plain | null, attributes: WindowAttributes): Plain {
  const kernel = w.shape.slice(2);
  const layout = layoutOf(x.shape.slice(2), kernel, attributes);
  const perGroup = w.shape[1];
  const madePerGroup = w.shape[0] / (attributes.group ?? 1);
  return build([x.shape[0], w.shape[0], ...outputSizes(x, kernel, layout, false)], ([n, m, ...place]) => {
    let sum = bias ? bias.data[m] : 0;
    for (let c = 0; c < perGroup; c++) {
      for (const k of indicesOf(kernel)) {
        const from = place.map(
          (p, a) => p * layout.strides[a] + k[a] * layout.dilations[a] - layout.before[a],
        );
        sum += at(x, [n, Math.floor(m / madePerGroup) * perGroup + c, ...from]) * at(w, [m, c, ...k]);
      }
    }
    return sum;
  });
}

export function convTranspose(x: Plain, w: Plain, bias: Plain | null, attributes: WindowAttributes): Plain {
  const kernel = w.shape.slice(2);
  const { strides, dilations, before, after } = layoutOf(x.shape.slice(2), kernel, attributes);
  const extra = attributes.output_padding ?? kernel.map(() => 0);
  const group = attributes.group ?? 1;
  const sizes = kernel.map(
    (k, a) =>
      (x.shape[a + 2] - 1) * strides[a] + (k - 1) * dilations[a] + 1 + extra[a] - before[a] - after[a],
  );
  const made = w.shape[1] * group;
  const shape = [x.shape[0], made, ...sizes];
  const data = new Array<number>(sizeOf(shape)).fill(0);
  for (const [n, c, ...place] of indicesOf(x.shape)) {
    const g = Math.floor(c / (x.shape[1] / group));
    for (let m = 0; m < w.shape[1]; m++) {
      for (const k of indicesOf(kernel)) {
        const to = place.map((p, a) => p * strides[a] + k[a] * dilations[a] - before[a]);
        if (to.some((t, a) => t < 0 || t >= sizes[a])) continue;
        data[placeOf([n, g * w.shape[1] + m, ...to], shape)] += at(x, [n, c, ...place]) * at(w, [c, m, ...k]);
      }
    }
  }
  return bias ? build(shape, (index) => at({ shape, data }, index) + bias.data[index[1]]) : { shape, data };
}

/** The places that a window sees, those of the padding included. */
function* places(
  window: readonly number[],
  kernel: readonly number[],
  { strides, dilations, before }: Layout,
) {
  for (const k of indicesOf(kernel))
    yield window.map((p, a) => p * strides[a] + k[a] * dilations[a] - before[a]);
}

export function maxPool(x: Plain, attributes: WindowAttributes): Plain[] {
  const kernel = attributes.kernel_shape ?? [];
  const layout = layoutOf(x.shape.slice(2), kernel, attributes);
  const shape = [...x.shape.slice(0, 2), ...outputSizes(x, kernel, layout, attributes.ceil_mode === 1)];
  const bestOf = ([n, c, ...window]: number[]) => {
    let best = -1;
    for (const place of places(window, kernel, layout)) {
      if (place.some((p, a) => p < 0 || p >= x.shape[a + 2])) continue;
      const flat = placeOf([n, c, ...place], x.shape);
      if (best < 0 || x.data[flat] > x.data[best]) best = flat;
    }
    return best;
  };
  const indices = build(shape, bestOf);
  return [{ shape, data: indices.data.map((flat) => x.data[flat]) }, indices];
}

export function averagePool(x: Plain, attributes: WindowAttributes): Plain {
  const kernel = attributes.kernel_shape ?? [];
  const layout = layoutOf(x.shape.slice(2), kernel, attributes);
  const shape = [...x.shape.slice(0, 2), ...outputSizes(x, kernel, layout, attributes.ceil_mode === 1)];
  const withPadding = attributes.count_include_pad === 1;
  return build(shape, ([n, c, ...window]) => {
    let sum = 0;
    let count = 0;
    for (const place of places(window, kernel, layout)) {
      const inside = place.every((p, a) => p >= 0 && p < x.shape[a + 2]);
      const padding = place.every((p, a) => p >= -layout.before[a] && p < x.shape[a + 2] + layout.after[a]);
      if (inside) sum += at(x, [n, c, ...place]);
      if (inside || (withPadding && padding)) count++;
    }
    return sum / count;
  });
}
