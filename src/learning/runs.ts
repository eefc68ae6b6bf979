/** Runs side by side in one graph: every weight, state and learning rate has the runs as its leading axis. */

import { InputError } from "../errors.ts";
import {
  type GraphTensor,
  ReduceSum,
  Reshape,
  sameValueType,
  sizeOf,
  type Tensors,
  typeText,
  type Value,
  zeroTensor,
} from "../graph/index.ts";

/**
 * Tensors of several runs as one set: each [...] becomes [runs, ...].
 *
 * @param sets  one for each run, with the same names, types and shapes
 * @throws InputError `no-runs`, `bad-type`
 * @example stackRuns(seeds.map((seed) => initialWeights(seed)));  stackRuns(new Array(16).fill(weights))
 */
export function stackRuns(sets: readonly Tensors[]): Tensors {
  const [first] = sets;
  if (first === undefined) {
    throw new InputError({
      code: "no-runs",
      message: "stackRuns: expected one or more runs, got 0; give the tensors of each",
    });
  }
  const names = new Set(sets.flatMap((set) => Object.keys(set)));
  const stacked = Array.from(names, (name) => {
    const tensors: readonly (GraphTensor | undefined)[] = sets.map((set) => set[name]);
    return [name, stack(tensors, name)] as const;
  });
  return Object.fromEntries(stacked);
}

/**
 * The tensors of one run out of a stacked set, such as `loop.state()`: each [runs, ...] becomes [...], a copy.
 *
 * @param run  from 0
 * @throws InputError `no-such-run`
 */
export function takeRun(stacked: Tensors, run: number): Tensors {
  return Object.fromEntries(Object.entries(stacked).map(([name, tensor]) => [name, take(tensor, run, name)]));
}

const bytesOf = ({ data }: GraphTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function stack(tensors: readonly (GraphTensor | undefined)[], name: string): GraphTensor {
  const [first] = tensors;
  if (first === undefined) throw notAlike(undefined, 0, name);
  const stacked = zeroTensor({ dtype: first.dtype, shape: [tensors.length, ...first.shape] });
  const bytes = bytesOf(stacked);
  for (const [run, tensor] of tensors.entries()) {
    if (tensor === undefined || !sameValueType(tensor, first)) throw notAlike(tensor, run, name);
    bytes.set(bytesOf(tensor), run * first.data.byteLength);
  }
  return stacked;
}

function notAlike(tensor: GraphTensor | undefined, run: number, name: string): InputError {
  const got = tensor === undefined ? "nothing" : typeText(tensor);
  return new InputError({
    code: "bad-type",
    message: `stackRuns: expected a tensor of one type in every run, got ${got} (run ${run} of "${name}"); give each run the same parameters`,
  });
}

function take(tensor: GraphTensor, run: number, name: string): GraphTensor {
  const [runs = 0, ...shape] = tensor.shape;
  if (!Number.isInteger(run) || run < 0 || run >= runs) {
    throw new InputError({
      code: "no-such-run",
      message: `takeRun: expected a run from 0 to below the first size of ${typeText(tensor)}, got ${run} ("${name}"); choose another`,
    });
  }
  const size = sizeOf(shape);
  // A part has the type of its whole, which the compiler cannot follow through the union.
  return { ...tensor, shape, data: tensor.data.slice(run * size, (run + 1) * size) } as GraphTensor;
}

/** A number, or one for each run, in a shape that broadcasts to `value`: [] stays, [runs] becomes [runs, 1, …]. */
export function alongRuns(number: Value, value: Value): Value {
  const { length } = number.shape;
  if (length === 0 || value.shape.length === length) return number;
  return Reshape(number, [...number.shape, ...new Array(value.shape.length - length).fill(1)]);
}

/** The sum over everything, or over each run: of the shape `runs`, which is [] or [runs]. */
export function sumOfEachRun(value: Value, runs: readonly number[]): Value {
  if (runs.length === 0) return ReduceSum(value, null, { keepdims: 0 });
  const size = sizeOf(value.shape) / sizeOf(runs);
  return ReduceSum(Reshape(value, [...runs, size]), [1], { keepdims: 0 });
}
