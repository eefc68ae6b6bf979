/** What a network learns from: examples, and the tasks that they make. */

import { InputError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

export type FloatType = "float32" | "float64";
export type FloatTensor = Extract<Tensor, { readonly dtype: FloatType }>;
/** uint8 keeps large binary inputs at a byte each; batches are floating-point always. */
export type StoredInputs = FloatTensor | Extract<Tensor, { readonly dtype: "uint8" }>;
/** Numbers to predict [n, outputs], or the class of each example, int32 [n]. */
export type Targets = FloatTensor | Extract<Tensor, { readonly dtype: "int32" }>;

/** n inputs, each with its target; the first axis of both counts examples. */
export interface Examples {
  /** Such as `train` or `held-out`. */
  readonly name: string;
  readonly inputs: StoredInputs;
  readonly targets: Targets;
}

/** Examples to learn from and, where the task has them, to choose settings by and to be judged by. */
export interface Task {
  readonly name: string;
  /** Number of classes where the targets are classes, else null. */
  readonly classes: number | null;
  readonly train: Examples;
  readonly validation: Examples | null;
  readonly heldOut: Examples | null;
}

/** How many examples there are: the size of the first axis. */
export function countExamples({ inputs }: Examples): number {
  return inputs.shape[0];
}

/**
 * The examples at these positions, in this order and as often as named; values are copied.
 *
 * @throws InputError `bad-index`
 */
export function takeExamples(examples: Examples, indices: ArrayLike<number>): Examples {
  const n = countExamples(examples);
  for (let k = 0; k < indices.length; k++) {
    if (Number.isInteger(indices[k]) && indices[k] >= 0 && indices[k] < n) continue;
    throw new InputError({
      code: "bad-index",
      message: `takeExamples "${examples.name}": expected positions from 0 to ${n - 1}, got ${indices[k]} (index ${k}); give positions of these examples`,
    });
  }
  return {
    name: examples.name,
    inputs: takeRows(examples.inputs, indices),
    targets: takeRows(examples.targets, indices),
  };
}

/**
 * The first `count` examples and, of vectors, the first `inputs` numbers of each.
 *
 * @throws InputError `bad-size`, `not-vectors` where `inputs` is given for inputs that are not of shape [n, inputs]
 */
export function firstExamples(examples: Examples, size: { count: number; inputs?: number }): Examples {
  const n = countExamples(examples);
  requireSize("firstExamples", "count", size.count, 1, n);
  const rows = Int32Array.from({ length: size.count }, (_, row) => row);
  if (size.inputs === undefined) return takeExamples(examples, rows);
  const [, width, ...others] = examples.inputs.shape;
  if (width === undefined || others.length > 0) {
    throw new InputError({
      code: "not-vectors",
      message: `firstExamples "${examples.name}": expected inputs of shape [n, inputs], got ${JSON.stringify(examples.inputs.shape)}; leave the number of inputs out`,
    });
  }
  requireSize("firstExamples", "inputs", size.inputs, 1, width);
  const inputs = rowsOf(examples.inputs, rows, width, size.inputs);
  return {
    name: examples.name,
    inputs: { ...inputs, shape: [size.count, size.inputs] },
    targets: takeRows(examples.targets, rows),
  };
}

/**
 * The same values under another shape of each example, such as [784] → [1, 28, 28].
 *
 * @throws InputError `shape-mismatch`
 */
export function reshapeInputs(examples: Examples, shape: readonly number[]): Examples {
  const n = countExamples(examples);
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  const before = examples.inputs.shape.slice(1);
  if (product(shape) !== product(before)) {
    throw new InputError({
      code: "shape-mismatch",
      message: `reshapeInputs "${examples.name}": expected ${product(before)} numbers an example (${JSON.stringify(before)}), got ${JSON.stringify(shape)}; give sizes with that product`,
    });
  }
  return { ...examples, inputs: { ...examples.inputs, shape: [n, ...shape] } };
}

/** Throws unless a size that the caller gave is a whole number within bounds. */
export function requireSize(where: string, what: string, size: number, low: number, high: number): void {
  if (Number.isInteger(size) && size >= low && size <= high) return;
  throw new InputError({
    code: "bad-size",
    message: `${where}: expected ${what} as a whole number from ${low} to ${high}, got ${size}; change it`,
  });
}

function takeRows<T extends StoredInputs | Targets>(tensor: T, rows: ArrayLike<number>): T {
  const width = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
  return { ...rowsOf(tensor, rows, width, width), shape: [rows.length, ...tensor.shape.slice(1)] };
}

/** Chosen rows, the first `kept` of `width` numbers of each; the shape is the caller's to mend. */
function rowsOf<T extends StoredInputs | Targets>(
  tensor: T,
  rows: ArrayLike<number>,
  width: number,
  kept: number,
): T {
  // The constructor of the same kind of array; the compiler cannot follow it through the union.
  const { constructor: Values } = tensor.data as unknown as {
    constructor: new (length: number) => T["data"];
  };
  const data = new Values(rows.length * kept);
  for (let k = 0; k < rows.length; k++) {
    data.set(tensor.data.subarray(rows[k] * width, rows[k] * width + kept), k * kept);
  }
  return { ...tensor, data };
}
