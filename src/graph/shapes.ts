/** Checks and computations that shape rules share. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { OpType } from "./attributes.ts";
import { type ElementType, isFloat, typeText, type Value } from "./value.ts";

type MaybeValue = Value | null | undefined;

export function badShape(op: OpType, expected: string, got: string, advice: string): InputError {
  return new InputError({ code: "bad-shape", message: `${op}: expected ${expected}, got ${got}; ${advice}` });
}

export function badAttribute(op: OpType, expected: string, got: string, advice: string): InputError {
  return new InputError({
    code: "bad-attribute",
    message: `${op}: expected ${expected}, got ${got}; ${advice}`,
  });
}

/** The types of the values, as they stand in a message. */
export function typesText(values: readonly MaybeValue[]): string {
  return values.map((value) => (value ? typeText(value) : "nothing")).join(" and ");
}

/** Input `index`, which the operator cannot do without. */
export function required(op: OpType, inputs: readonly MaybeValue[], index: number, name: string): Value {
  const value = inputs[index];
  if (value) return value;
  throw new InputError({
    code: "missing-input",
    message: `${op}: expected a value for ${name}, got none (input ${index}); give it`,
  });
}

export function requireFloat(op: OpType, value: Value, name = "the input"): void {
  requireTypes(op, value, ["float32", "float64"], name);
}

export function requireTypes(op: OpType, value: Value, types: readonly ElementType[], name: string): void {
  if (types.includes(value.dtype)) return;
  throw new InputError({
    code: "bad-type",
    message: `${op}: expected ${types.join(" or ")} for ${name}, got ${typeText(value)}; use Cast`,
  });
}

export function requireSameType(op: OpType, values: readonly Value[]): ElementType {
  const [first] = values;
  if (values.some((value) => value.dtype !== first.dtype)) {
    throw new InputError({
      code: "bad-type",
      message: `${op}: expected inputs of one element type, got ${typesText(values)}; use Cast`,
    });
  }
  return first.dtype;
}

/** An axis counted from the front; negative ones count from the end. */
export function axisOf(op: OpType, axis: number, rank: number, name = "axis"): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw badAttribute(
    op,
    `${name} in [${-rank}, ${rank - 1}]`,
    String(axis),
    `the value has ${rank} ${rank === 1 ? "axis" : "axes"}`,
  );
}

/** Several axes counted from the front, each once. */
export function axesOf(op: OpType, axes: readonly number[], rank: number): number[] {
  const found = axes.map((axis) => axisOf(op, axis, rank, "axes"));
  if (new Set(found).size === found.length) return found;
  throw badAttribute(op, "each axis once", `[${axes}]`, "leave the repeated one out");
}

/** The shape that shapes broadcast to, aligned at their ends; null where sizes other than 1 differ. */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result: number[] = new Array(rank).fill(1);
  for (const shape of shapes) {
    for (const [i, size] of shape.entries()) {
      const place = rank - shape.length + i;
      if (size === 1 || size === result[place]) continue;
      if (result[place] !== 1) return null;
      result[place] = size;
    }
  }
  return result;
}

export function broadcast(op: OpType, values: readonly Value[]): number[] {
  const shape = broadcastShapes(values.map((value) => value.shape));
  if (shape) return shape;
  throw badShape(
    op,
    "shapes that broadcast (sizes equal or 1, aligned at the end)",
    typesText(values),
    "use Reshape or Unsqueeze",
  );
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** The integers that a value holds, which the shape rule must know. */
export function knownIntegers(op: OpType, value: Value, name: string): number[] {
  requireTypes(op, value, ["int64", "int32"], name);
  const tensor = value.origin.kind === "constant" ? value.origin.tensor : null;
  if (tensor === null) {
    throw new UnsupportedError({
      code: "not-constant",
      message: `${op}: expected a constant for ${name} (shapes are fixed here), got ${typeText(value)} computed in the graph; give the integers`,
    });
  }
  return Array.from(tensor.data, Number);
}

/** Whether gradients can flow into it. */
export const isDifferentiable = (value: MaybeValue): value is Value => value != null && isFloat(value.dtype);
