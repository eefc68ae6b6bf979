/** Every operator once more, from the text of the ONNX specification, in plain loops and float64. */

import type { Attributes, OpType } from "../../src/graph/index.ts";
import {
  at,
  atBroadcast,
  build,
  indexOf,
  indicesOf,
  mapBroadcast,
  type Plain,
  placeOf,
  sizeOf,
} from "./plain.ts";
import { averagePool, conv, convTranspose, maxPool } from "./window-references.ts";

type Reference<Op extends OpType> = (
  inputs: readonly (Plain | null)[],
  attributes: Attributes<Op>,
  integer: boolean,
) => readonly Plain[];

function need(inputs: readonly (Plain | null)[], index: number): Plain {
  const x = inputs[index];
  if (!x) throw new Error(`input ${index} is missing`);
  return x;
}

const numbers = (x: Plain | null | undefined) => (x ? x.data : undefined);
const counted = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

function elementwise(value: (x: number, ...more: number[]) => number) {
  return (inputs: readonly (Plain | null)[]) => [
    mapBroadcast(
      inputs.filter((x) => x !== null),
      value,
    ),
  ];
}

const truth = (value: (a: number, b: number) => boolean) => elementwise((a, b) => (value(a, b) ? 1 : 0));

/** erf by its power series near 0 and by numerical integration of the tail beyond; good to 1e-13. */
function erf(x: number): number {
  let sum = 0;
  let term = x;
  for (let n = 0; n < 200; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return Math.abs(x) > 5 ? Math.sign(x) : (2 / Math.sqrt(Math.PI)) * sum;
}

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

function reduce(
  inputs: readonly (Plain | null)[],
  keepdims: number | undefined,
  fold: (values: number[]) => number,
) {
  const x = need(inputs, 0);
  const rank = x.shape.length;
  const listed = numbers(inputs[1]) ?? [];
  const axes = listed.length === 0 ? x.shape.map((_, i) => i) : listed.map((axis) => counted(axis, rank));
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  for (const index of indicesOf(x.shape)) {
    groups[
      placeOf(
        index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
        kept,
      )
    ].push(at(x, index));
  }
  const shape = (keepdims ?? 1) === 1 ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return [{ shape, data: groups.map(fold) }];
}

/** A function of each line along an axis. */
function alongAxis(x: Plain, axis: number, line: (values: number[]) => number[]): Plain {
  const place = counted(axis, x.shape.length);
  const data = new Array<number>(x.data.length);
  for (const index of indicesOf(x.shape)) {
    if (index[place] !== 0) continue;
    const places = Array.from({ length: x.shape[place] }, (_, i) => placeOf(index.with(place, i), x.shape));
    const values = line(places.map((p) => x.data[p]));
    for (const [i, p] of places.entries()) data[p] = values[i];
  }
  return { shape: x.shape, data };
}

function softmax(values: number[]): number[] {
  const largest = Math.max(...values);
  const exps = values.map((x) => Math.exp(x - largest));
  const total = exps.reduce((sum, x) => sum + x, 0);
  return exps.map((x) => x / total);
}

function matMul(a: Plain, b: Plain): Plain {
  const left = a.shape.length === 1 ? { shape: [1, ...a.shape], data: a.data } : a;
  const right = b.shape.length === 1 ? { shape: [...b.shape, 1], data: b.data } : b;
  const batchOf = (x: Plain) => ({
    shape: x.shape.slice(0, -2),
    data: new Array(sizeOf(x.shape.slice(0, -2))).fill(0),
  });
  const batch = mapBroadcast([batchOf(left), batchOf(right)], () => 0).shape;
  const [m, k] = left.shape.slice(-2);
  const n = right.shape[right.shape.length - 1];
  const matrixIndex = (x: Plain, index: number[], row: number, column: number) => {
    const lead = x.shape.slice(0, -2);
    const tail = index.slice(batch.length - lead.length, batch.length);
    return [...tail.map((i, axis) => (lead[axis] === 1 ? 0 : i)), row, column];
  };
  const product = build([...batch, m, n], (index) => {
    const [row, column] = index.slice(-2);
    let sum = 0;
    for (let i = 0; i < k; i++) {
      sum += at(left, matrixIndex(left, index, row, i)) * at(right, matrixIndex(right, index, i, column));
    }
    return sum;
  });
  const rows = a.shape.length === 1 ? [] : [m];
  return { shape: [...batch, ...rows, ...(b.shape.length === 1 ? [] : [n])], data: product.data };
}

const transposed = (x: Plain) => build([x.shape[1], x.shape[0]], ([i, j]) => at(x, [j, i]));

function slice(inputs: readonly (Plain | null)[]): Plain[] {
  const x = need(inputs, 0);
  const starts = need(inputs, 1).data;
  const ends = need(inputs, 2).data;
  const axes = numbers(inputs[3]) ?? starts.map((_, i) => i);
  const steps = numbers(inputs[4]) ?? starts.map(() => 1);
  // The places are walked one by one, so that no formula for their number is shared with the shape rule.
  const places = x.shape.map((size) => Array.from({ length: size }, (_, i) => i));
  for (const [i, listed] of axes.entries()) {
    const axis = counted(listed, x.shape.length);
    const size = x.shape[axis];
    const [start, end] = [starts[i], ends[i]].map((place) => (place < 0 ? place + size : place));
    places[axis] = [];
    const stride = Math.abs(steps[i]);
    if (steps[i] > 0) {
      for (let p = Math.max(start, 0); p < Math.min(end, size); p += stride) places[axis].push(p);
    } else {
      for (let p = Math.min(start, size - 1); p > Math.max(end, -1); p -= stride) places[axis].push(p);
    }
  }
  return [
    build(
      places.map((list) => list.length),
      (index) =>
        at(
          x,
          index.map((i, axis) => places[axis][i]),
        ),
    ),
  ];
}

function pad(inputs: readonly (Plain | null)[], mode = "constant"): Plain[] {
  const x = need(inputs, 0);
  const pads = need(inputs, 1).data;
  const value = inputs[2] ? inputs[2].data[0] : 0;
  const axes = (numbers(inputs[3]) ?? x.shape.map((_, i) => i)).map((axis) => counted(axis, x.shape.length));
  const before = x.shape.map((_, axis) => (axes.includes(axis) ? pads[axes.indexOf(axis)] : 0));
  const after = x.shape.map((_, axis) => (axes.includes(axis) ? pads[axes.length + axes.indexOf(axis)] : 0));
  const shape = x.shape.map((size, axis) => size + before[axis] + after[axis]);
  const mirror = (i: number, size: number) => {
    if (mode === "edge") return Math.min(Math.max(i, 0), size - 1);
    if (mode === "wrap") return ((i % size) + size) % size;
    return i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
  };
  return [
    build(shape, (index) => {
      const from = index.map((i, axis) => i - before[axis]);
      if (mode !== "constant")
        return at(
          x,
          from.map((i, axis) => mirror(i, x.shape[axis])),
        );
      return from.every((i, axis) => i >= 0 && i < x.shape[axis]) ? at(x, from) : value;
    }),
  ];
}

function split(inputs: readonly (Plain | null)[], axis: number, count: number | undefined): Plain[] {
  const x = need(inputs, 0);
  const place = counted(axis, x.shape.length);
  const size = Math.ceil(x.shape[place] / (count ?? 1));
  const sizes =
    numbers(inputs[1]) ??
    Array.from({ length: count ?? 1 }, (_, i) => Math.min(size, x.shape[place] - i * size));
  let start = 0;
  return sizes.map((length) => {
    const from = start;
    start += length;
    return build(x.shape.with(place, length), (index) => at(x, index.with(place, index[place] + from)));
  });
}

function concat(inputs: readonly (Plain | null)[], axis: number): Plain[] {
  const values = inputs.map((_, i) => need(inputs, i));
  const place = counted(axis, values[0].shape.length);
  const total = values.reduce((sum, x) => sum + x.shape[place], 0);
  return [
    build(values[0].shape.with(place, total), (index) => {
      let i = index[place];
      const part = values.find((x) => {
        if (i < x.shape[place]) return true;
        i -= x.shape[place];
        return false;
      });
      return part ? at(part, index.with(place, i)) : Number.NaN;
    }),
  ];
}

function gather(inputs: readonly (Plain | null)[], axis: number): Plain[] {
  const x = need(inputs, 0);
  const indices = need(inputs, 1);
  const place = counted(axis, x.shape.length);
  const shape = [...x.shape.slice(0, place), ...indices.shape, ...x.shape.slice(place + 1)];
  return [
    build(shape, (index) => {
      const picked = at(indices, index.slice(place, place + indices.shape.length));
      const from = [
        ...index.slice(0, place),
        counted(picked, x.shape[place]),
        ...index.slice(place + indices.shape.length),
      ];
      return at(x, from);
    }),
  ];
}

function scatter(inputs: readonly (Plain | null)[], axis: number, reduction: string): Plain[] {
  const x = need(inputs, 0);
  const indices = need(inputs, 1);
  const place = counted(axis, x.shape.length);
  const data = [...x.data];
  for (const index of indicesOf(indices.shape)) {
    const to = placeOf(index.with(place, counted(at(indices, index), x.shape[place])), x.shape);
    data[to] = (reduction === "add" ? data[to] : 0) + at(need(inputs, 2), index);
  }
  return [{ shape: x.shape, data }];
}

function layerNormalization(inputs: readonly (Plain | null)[], axis: number, epsilon: number): Plain[] {
  const x = need(inputs, 0);
  const inner = sizeOf(x.shape.slice(counted(axis, x.shape.length)));
  const data = x.data.map((value, i) => {
    const row = x.data.slice(Math.floor(i / inner) * inner, (Math.floor(i / inner) + 1) * inner);
    const mean = row.reduce((sum, other) => sum + other, 0) / inner;
    const variance = row.reduce((sum, other) => sum + (other - mean) ** 2, 0) / inner;
    const index = indexOf(i, x.shape);
    const bias = inputs[2] ? atBroadcast(inputs[2], index) : 0;
    return ((value - mean) / Math.sqrt(variance + epsilon)) * atBroadcast(need(inputs, 1), index) + bias;
  });
  return [{ shape: x.shape, data }];
}

function batchNormalization(inputs: readonly (Plain | null)[], epsilon: number): Plain[] {
  const x = need(inputs, 0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => need(inputs, i).data);
  return [
    build(x.shape, (index) => {
      const c = index[1];
      return ((at(x, index) - mean[c]) / Math.sqrt(variance[c] + epsilon)) * scale[c] + bias[c];
    }),
  ];
}

const hardSigmoid = (x: number, alpha: number, beta: number) => Math.min(1, Math.max(0, alpha * x + beta));

function reshape(inputs: readonly (Plain | null)[]): Plain[] {
  const x = need(inputs, 0);
  const asked = need(inputs, 1).data.map((size, i) => (size === 0 ? x.shape[i] : size));
  const known = asked.filter((size) => size !== -1);
  return [{ shape: asked.map((size) => (size === -1 ? x.data.length / sizeOf(known) : size)), data: x.data }];
}

function unsqueeze(inputs: readonly (Plain | null)[]): Plain[] {
  const x = need(inputs, 0);
  const axes = need(inputs, 1).data.map((axis) =>
    counted(axis, x.shape.length + need(inputs, 1).data.length),
  );
  const left = [...x.shape];
  const shape = Array.from({ length: x.shape.length + axes.length }, (_, i) =>
    axes.includes(i) ? 1 : (left.shift() ?? Number.NaN),
  );
  return [{ shape, data: x.data }];
}

function squeeze(inputs: readonly (Plain | null)[]): Plain[] {
  const x = need(inputs, 0);
  const axes = numbers(inputs[1])?.map((axis) => counted(axis, x.shape.length));
  return [{ shape: x.shape.filter((size, i) => !(axes ? axes.includes(i) : size === 1)), data: x.data }];
}

export const references: { readonly [Op in OpType]: Reference<Op> } = {
  Abs: elementwise(Math.abs),
  Add: elementwise((a, b) => a + b),
  And: truth((a, b) => a !== 0 && b !== 0),
  ArgMax: (inputs, { axis = 0, keepdims, select_last_index = 0 }) => {
    const largest = (values: number[]) =>
      select_last_index ? values.lastIndexOf(Math.max(...values)) : values.indexOf(Math.max(...values));
    return reduce([need(inputs, 0), { shape: [1], data: [axis] }], keepdims, largest);
  },
  AveragePool: (inputs, attributes) => [averagePool(need(inputs, 0), attributes)],
  BatchNormalization: (inputs, { epsilon = Math.fround(1e-5) }) => batchNormalization(inputs, epsilon),
  Cast: (inputs, { to }) => {
    const kept = (x: number) => (to === "bool" ? Number(x !== 0) : to?.startsWith("int") ? Math.trunc(x) : x);
    return [mapBroadcast([need(inputs, 0)], kept)];
  },
  Ceil: elementwise(Math.ceil),
  Clip: (inputs) => {
    const [low, high] = [inputs[1]?.data[0] ?? -Infinity, inputs[2]?.data[0] ?? Infinity];
    return [mapBroadcast([need(inputs, 0)], (x) => Math.min(high, Math.max(low, x)))];
  },
  Concat: (inputs, { axis = 0 }) => concat(inputs, axis),
  Conv: (inputs, attributes) => [conv(need(inputs, 0), need(inputs, 1), inputs[2] ?? null, attributes)],
  ConvTranspose: (inputs, attributes) => [
    convTranspose(need(inputs, 0), need(inputs, 1), inputs[2] ?? null, attributes),
  ],
  Cos: elementwise(Math.cos),
  Div: (inputs, _, integer) => elementwise((a, b) => (integer ? Math.trunc(a / b) : a / b))(inputs),
  Elu: (inputs, { alpha = 1 }) => elementwise((x) => (x > 0 ? x : alpha * Math.expm1(x)))(inputs),
  Equal: truth((a, b) => a === b),
  Erf: elementwise(erf),
  Exp: elementwise(Math.exp),
  Expand: (inputs) => {
    const shape = need(inputs, 1).data;
    return [mapBroadcast([need(inputs, 0), { shape, data: new Array(sizeOf(shape)).fill(0) }], (x) => x)];
  },
  Flatten: (inputs, { axis = 1 }) => {
    const x = need(inputs, 0);
    const lead = sizeOf(x.shape.slice(0, axis));
    return [{ shape: [lead, x.data.length / lead], data: x.data }];
  },
  Floor: elementwise(Math.floor),
  Gather: (inputs, { axis = 0 }) => gather(inputs, axis),
  GatherElements: (inputs, { axis = 0 }) => {
    const x = need(inputs, 0);
    const indices = need(inputs, 1);
    const place = counted(axis, x.shape.length);
    return [
      build(indices.shape, (index) => at(x, index.with(place, counted(at(indices, index), x.shape[place])))),
    ];
  },
  Gelu: (inputs, { approximate = "none" }) => {
    const bend = (x: number) =>
      approximate === "tanh"
        ? Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))
        : erf(x / Math.SQRT2);
    return elementwise((x) => 0.5 * x * (1 + bend(x)))(inputs);
  },
  Gemm: (inputs, { alpha = 1, beta = 1, transA = 0, transB = 0 }) => {
    const a = transA ? transposed(need(inputs, 0)) : need(inputs, 0);
    const b = transB ? transposed(need(inputs, 1)) : need(inputs, 1);
    const product = matMul(a, b);
    return [mapBroadcast([product, inputs[2] ?? { shape: [], data: [0] }], (p, c) => alpha * p + beta * c)];
  },
  GlobalAveragePool: (inputs) => {
    const x = need(inputs, 0);
    const axes = x.shape.map((_, i) => i).slice(2);
    return reduce(
      [x, { shape: [axes.length], data: axes }],
      1,
      (v) => v.reduce((s, e) => s + e, 0) / v.length,
    );
  },
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  HardSigmoid: (inputs, { alpha = Math.fround(0.2), beta = 0.5 }) =>
    elementwise((x) => hardSigmoid(x, alpha, beta))(inputs),
  HardSwish: elementwise((x) => x * hardSigmoid(x, 1 / 6, 0.5)),
  Identity: elementwise((x) => x),
  LayerNormalization: (inputs, { axis = -1, epsilon = Math.fround(1e-5) }) =>
    layerNormalization(inputs, axis, epsilon),
  LeakyRelu: (inputs, { alpha = Math.fround(0.01) }) => elementwise((x) => (x > 0 ? x : alpha * x))(inputs),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Log: elementwise(Math.log),
  LogSoftmax: (inputs, { axis = -1 }) => [alongAxis(need(inputs, 0), axis, (v) => softmax(v).map(Math.log))],
  MatMul: (inputs) => [matMul(need(inputs, 0), need(inputs, 1))],
  Max: elementwise(Math.max),
  MaxPool: (inputs, attributes) => maxPool(need(inputs, 0), attributes),
  Min: elementwise(Math.min),
  Mul: elementwise((a, b) => a * b),
  Neg: elementwise((x) => -x),
  Not: elementwise((x) => (x === 0 ? 1 : 0)),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Pad: (inputs, { mode }) => pad(inputs, mode),
  Pow: elementwise((a, b) => a ** b),
  Reciprocal: elementwise((x) => 1 / x),
  ReduceMax: (inputs, { keepdims }) => reduce(inputs, keepdims, (values) => Math.max(...values)),
  ReduceMean: (inputs, { keepdims }) =>
    reduce(inputs, keepdims, (values) => values.reduce((sum, x) => sum + x, 0) / values.length),
  ReduceMin: (inputs, { keepdims }) => reduce(inputs, keepdims, (values) => Math.min(...values)),
  ReduceSum: (inputs, { keepdims }) =>
    reduce(inputs, keepdims, (values) => values.reduce((sum, x) => sum + x, 0)),
  Relu: elementwise((x) => Math.max(x, 0)),
  Reshape: reshape,
  Round: elementwise(roundHalfToEven),
  ScatterElements: (inputs, { axis = 0, reduction = "none" }) => scatter(inputs, axis, reduction),
  Sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x))),
  Sign: elementwise(Math.sign),
  Sin: elementwise(Math.sin),
  Slice: slice,
  Softmax: (inputs, { axis = -1 }) => [alongAxis(need(inputs, 0), axis, softmax)],
  Softplus: elementwise((x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)),
  Split: (inputs, { axis = 0, num_outputs }) => split(inputs, axis, num_outputs),
  Sqrt: elementwise(Math.sqrt),
  Squeeze: squeeze,
  Sub: elementwise((a, b) => a - b),
  Tanh: elementwise(Math.tanh),
  Transpose: (inputs, { perm }) => {
    const x = need(inputs, 0);
    const order = perm ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    return [
      build(
        order.map((axis) => x.shape[axis]),
        (index) =>
          at(
            x,
            order.map((_, i) => index[order.indexOf(i)]),
          ),
      ),
    ];
  },
  Unsqueeze: unsqueeze,
  Where: elementwise((condition, x, y) => (condition !== 0 ? x : (y ?? Number.NaN))),
};
