/** Rule makers for families of operators; this file imports no operator, so every family may start from it. */

import { InputError } from "../../errors.ts";
import type { Attributes, OpType } from "../attributes.ts";
import { flowing, given, type InputGradient, type OpRule } from "../rule.ts";
import { broadcast, isDifferentiable, required, requireSameType, requireTypes } from "../shapes.ts";
import { type ElementType, type Operand, scalar, type Value } from "../value.ts";

export const floats: readonly ElementType[] = ["float32", "float64"];
export const numbers: readonly ElementType[] = ["float32", "float64", "int64", "int32"];

interface Point<Op extends OpType> {
  readonly x: Value;
  readonly y: Value;
  readonly attributes: Attributes<Op>;
}

/** Elementwise on one input. `derivative` is the gradient times dy/dx; null where dy/dx is zero. */
export function unary<Op extends OpType>(
  opType: Op,
  types: readonly ElementType[],
  derivative: ((gradient: Value, point: Point<Op>) => Value) | null,
): OpRule<Op> {
  return {
    opType,
    outputs(inputs) {
      const x = required(opType, inputs, 0, "the input");
      requireTypes(opType, x, types, "the input");
      return [x];
    },
    gradient(node, gradients) {
      const x = given(node, 0);
      if (derivative === null || !isDifferentiable(x)) return [null];
      const { attributes, outputs } = node;
      return [() => derivative(flowing(gradients), { x, y: outputs[0], attributes })];
    },
  };
}

interface Pair {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
}

/** Elementwise on two inputs that broadcast; each derivative brings its gradient to the shape of its input. */
export function binary<Op extends OpType>(
  opType: Op,
  derivatives: {
    readonly a: (gradient: Value, pair: Pair) => Value;
    readonly b: (gradient: Value, pair: Pair) => Value;
  },
): OpRule<Op> {
  return {
    opType,
    outputs(inputs) {
      const a = required(opType, inputs, 0, "A");
      const b = required(opType, inputs, 1, "B");
      requireTypes(opType, a, numbers, "A");
      return [{ dtype: requireSameType(opType, [a, b]), shape: broadcast(opType, [a, b]) }];
    },
    gradient(node, gradients) {
      const a = given(node, 0);
      const b = given(node, 1);
      if (!isDifferentiable(a)) return [null, null];
      const pair = { a, b, y: node.outputs[0] };
      return [() => derivatives.a(flowing(gradients), pair), () => derivatives.b(flowing(gradients), pair)];
    },
  };
}

/** Elementwise on two inputs with a truth value as result: no derivative. */
export function predicate<Op extends OpType>(opType: Op, types: readonly ElementType[]): OpRule<Op> {
  return {
    opType,
    outputs(inputs) {
      const a = required(opType, inputs, 0, "A");
      const b = required(opType, inputs, 1, "B");
      requireTypes(opType, a, types, "A");
      requireSameType(opType, [a, b]);
      return [{ dtype: "bool", shape: broadcast(opType, [a, b]) }];
    },
    gradient: zeroDerivative,
  };
}

/** The gradient rule of an operator whose derivative is zero wherever there is one. */
export function zeroDerivative(node: { readonly inputs: readonly unknown[] }): readonly InputGradient[] {
  return node.inputs.map(() => null);
}

/** Two operands as values: a plain number takes the element type of the other one. */
export function operands(op: OpType, a: Operand, b: Operand): [Value, Value] {
  if (typeof a !== "number") return [a, typeof b === "number" ? scalar(b, a.dtype) : b];
  if (typeof b !== "number") return [scalar(a, b.dtype), b];
  throw new InputError({
    code: "bad-input",
    message: `${op}: expected a value beside at most one plain number, got ${a} and ${b}; compute it beforehand`,
  });
}
