/** Values and the nodes that make them: a graph is what can be reached from its outputs. */

import { InputError } from "../errors.ts";
import type { Tensor, TensorArrays } from "../tensor.ts";
import type { Attributes, OpType } from "./attributes.ts";

export type ElementType = "float32" | "float64" | "int64" | "int32" | "bool";
export type FloatType = "float32" | "float64";

/** A tensor of a type that a graph may hold. */
export type GraphTensor = Extract<Tensor, { readonly dtype: ElementType }>;

export interface ValueType {
  readonly dtype: ElementType;
  /** Fixed sizes; [] is a single number. */
  readonly shape: readonly number[];
}

/** What a node takes or gives; two values are the same only if they are the same object. */
export interface Value extends ValueType {
  readonly origin: Origin;
}

export type Origin =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "constant"; readonly tensor: GraphTensor }
  | { readonly kind: "node"; readonly node: GraphNode; readonly output: number };

/** One use of an operator. A null input is an optional one left out. */
export interface GraphNode<Op extends OpType = OpType> {
  readonly opType: Op;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes<Op>;
  readonly outputs: readonly Value[];
}

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number;

/** Integers that ONNX takes as an input (a shape, axes): given as a value or plainly. */
export type Integers = Value | readonly number[];

/** A value that is fed at every run. */
export function input(name: string, dtype: ElementType, shape: readonly number[]): Value {
  const wrong = shape.find((size) => !Number.isInteger(size) || size < 0);
  if (name === "" || wrong !== undefined) {
    throw new InputError({
      code: "bad-input",
      message: `input: expected a name and sizes that are integers >= 0, got "${name}" and [${shape}]; give every size a number`,
    });
  }
  return { dtype, shape, origin: { kind: "input", name } };
}

/** A value stored in the graph itself. */
export function constant(tensor: GraphTensor): Value {
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new InputError({
      code: "bad-constant",
      message: `constant: expected ${sizeOf(tensor.shape)} values for the shape [${tensor.shape}], got ${tensor.data.length}; give one value for each place`,
    });
  }
  return { dtype: tensor.dtype, shape: tensor.shape, origin: { kind: "constant", tensor } };
}

type Makers = { readonly [D in ElementType]: (values: ArrayLike<number>) => TensorArrays[D] };

const makers: Makers = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => Int32Array.from(values),
  bool: (values) => Uint8Array.from(values),
};

/** A tensor of any element type from plain numbers. */
export function tensorOf(
  dtype: ElementType,
  shape: readonly number[],
  values: ArrayLike<number>,
): GraphTensor {
  // `dtype` chose the array, which the compiler cannot follow through the union.
  return { dtype, shape, data: makers[dtype](values) } as GraphTensor;
}

const makersOfZeros: { readonly [D in ElementType]: (length: number) => TensorArrays[D] } = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
  int64: (length) => new BigInt64Array(length),
  int32: (length) => new Int32Array(length),
  bool: (length) => new Uint8Array(length),
};

/** A tensor of zeros. */
export function zeroTensor({ dtype, shape }: ValueType): GraphTensor {
  // `dtype` chose the array, which the compiler cannot follow through the union.
  return { dtype, shape, data: makersOfZeros[dtype](sizeOf(shape)) } as GraphTensor;
}

/** A single number as a constant of shape []. */
export function scalar(value: number, dtype: ElementType): Value {
  return constant(tensorOf(dtype, [], [value]));
}

/** A list of integers as a constant int64[n]. */
export function integers(values: readonly number[]): Value {
  return constant(tensorOf("int64", [values.length], values));
}

/** How many elements a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isFloat(dtype: ElementType): dtype is FloatType {
  return dtype === "float32" || dtype === "float64";
}

/** `float32[2,3]`, as types stand in messages and printed graphs. */
export function typeText({ dtype, shape }: ValueType): string {
  return `${dtype}[${shape.join(",")}]`;
}

export function sameValueType(a: ValueType, b: ValueType): boolean {
  return (
    a.dtype === b.dtype &&
    a.shape.length === b.shape.length &&
    a.shape.every((size, i) => size === b.shape[i])
  );
}
