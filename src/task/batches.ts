/** Passes over examples, batch by batch, in an order that only the seed decides. */

import type { Random } from "../random.ts";
import {
  countExamples,
  type Examples,
  type FloatTensor,
  type FloatType,
  requireSize,
  type StoredInputs,
  type Targets,
  takeExamples,
} from "./examples.ts";

/** Some examples at once, as a network takes them. */
export interface Batch {
  readonly inputs: FloatTensor;
  readonly targets: Targets;
  /** Where each was among the examples. */
  readonly indices: Int32Array;
}

export interface BatchOptions {
  /** Examples a batch; larger than all examples means all at once. */
  readonly size: number;
  /** Which pass over the examples this is, from 0; every pass has an order of its own. */
  readonly pass: number;
  /** The stream whose sub-stream `pass K` shuffles; null keeps the order of the examples. */
  readonly random: Random | null;
  /** The examples left over when `size` divides unevenly: a smaller last batch, or none; kept unless given. */
  readonly rest?: "keep" | "drop";
  /** Type of the inputs; that of the examples unless given, and float32 for stored bytes. */
  readonly dtype?: FloatType;
}

/**
 * The order of one pass: all positions once, all orders equally likely. A function of seed and pass alone, so that a
 * resumed run goes on as if it had not stopped.
 */
export function orderOfPass(count: number, pass: number, random: Random): Int32Array {
  requireSize("orderOfPass", "pass", pass, 0, Number.MAX_SAFE_INTEGER);
  return random.stream(`pass ${pass}`).permutation(count);
}

/**
 * One pass over the examples.
 *
 * @throws InputError `bad-size`
 * @example for (const batch of batchesOfPass(task.train, { size: 256, pass: 0, random })) step(batch);
 */
export function* batchesOfPass(examples: Examples, options: BatchOptions): Generator<Batch, void> {
  const n = countExamples(examples);
  const { size, pass, random, rest = "keep" } = options;
  requireSize("batchesOfPass", "size", size, 1, Number.MAX_SAFE_INTEGER);
  requireSize("batchesOfPass", "pass", pass, 0, Number.MAX_SAFE_INTEGER);
  const order = random === null ? Int32Array.from({ length: n }, (_, i) => i) : orderOfPass(n, pass, random);
  const end = rest === "keep" || size >= n ? n : n - (n % size);
  for (let from = 0; from < end; from += size) {
    const indices = order.subarray(from, Math.min(end, from + size));
    // All examples in their own order need no copy.
    const all = random === null && indices.length === n;
    const { inputs, targets } = all ? examples : takeExamples(examples, indices);
    yield { inputs: toFloatType(inputs, options.dtype ?? floatTypeOf(inputs)), targets, indices };
  }
}

/** How many batches a pass has. */
export function countBatches(examples: Examples, { size, rest = "keep" }: BatchOptions): number {
  const n = countExamples(examples);
  return rest === "keep" || size >= n ? Math.ceil(n / size) : Math.floor(n / size);
}

const floatTypeOf = ({ dtype }: StoredInputs): FloatType => (dtype === "float64" ? "float64" : "float32");

/** The same numbers as float32 or float64; not copied where they are such already. */
export function toFloatType(tensor: StoredInputs, dtype: FloatType): FloatTensor {
  const { shape, data } = tensor;
  if (tensor.dtype === dtype) return tensor;
  return dtype === "float32"
    ? { dtype, shape, data: Float32Array.from(data) }
    : { dtype, shape, data: Float64Array.from(data) };
}
