/** Matrix products. */

import { apply, flowing, given, type OpRule } from "../rule.ts";
import {
  badShape,
  broadcastShapes,
  isDifferentiable,
  required,
  requireSameType,
  requireTypes,
  typesText,
} from "../shapes.ts";
import { sizeOf, type Value } from "../value.ts";
import { Mul } from "./arithmetic.ts";
import { numbers, zeroDerivative } from "./makers.ts";
import { reduceTo, reshapeTo } from "./reduction.ts";
import { Reshape, Transpose } from "./shape.ts";

const matMul: OpRule<"MatMul"> = {
  opType: "MatMul",
  outputs(inputs) {
    const a = required("MatMul", inputs, 0, "A");
    const b = required("MatMul", inputs, 1, "B");
    requireTypes("MatMul", a, numbers, "A");
    const dtype = requireSameType("MatMul", [a, b]);
    const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
    const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
    const batch = broadcastShapes([left.slice(0, -2), right.slice(0, -2)]);
    const inner = left.at(-1);
    if (batch === null || inner === undefined || inner !== right.at(-2)) {
      throw badShape(
        "MatMul",
        "A [..., m, k] and B [..., k, n] with one k and leading sizes that broadcast",
        typesText([a, b]),
        "use Transpose or Reshape",
      );
    }
    const rows = a.shape.length === 1 ? [] : left.slice(-2, -1);
    const columns = b.shape.length === 1 ? [] : right.slice(-1);
    return [{ dtype, shape: [...batch, ...rows, ...columns] }];
  },
  gradient(node, gradients) {
    const a = given(node, 0);
    const b = given(node, 1);
    if (!isDifferentiable(a)) return zeroDerivative(node);
    // Vectors as matrices of one row or column, so that one rule serves all.
    const left = a.shape.length === 1 ? reshapeTo(a, [1, ...a.shape]) : a;
    const right = b.shape.length === 1 ? reshapeTo(b, [...b.shape, 1]) : b;
    const matrix = () => {
      const batch = broadcastShapes([left.shape.slice(0, -2), right.shape.slice(0, -2)]) ?? [];
      return reshapeTo(flowing(gradients), [
        ...batch,
        left.shape[left.shape.length - 2],
        right.shape[right.shape.length - 1],
      ]);
    };
    return [
      () => reshapeTo(leftGradient(matrix(), left, right), a.shape),
      () => reshapeTo(rightGradient(matrix(), left, right), b.shape),
    ];
  },
};

/** All rows of a value as one matrix. */
const flat = (x: Value) => reshapeTo(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.shape.length - 1]]);

function swapLast(x: Value): Value {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  return Transpose(x, { perm });
}

// Against one matrix B the leading axes of A are more rows: a single Gemm, which transposes without a copy.

function leftGradient(gradient: Value, a: Value, b: Value): Value {
  if (b.shape.length === 2) return reshapeTo(Gemm(flat(gradient), b, null, { transB: 1 }), a.shape);
  return reduceTo(MatMul(gradient, swapLast(b)), a.shape);
}

function rightGradient(gradient: Value, a: Value, b: Value): Value {
  if (b.shape.length === 2) return Gemm(flat(a), flat(gradient), null, { transA: 1 });
  return reduceTo(MatMul(swapLast(a), gradient), b.shape);
}

interface GemmOptions {
  /** 1 takes A transposed. */
  readonly transA?: 0 | 1;
  /** 1 takes B transposed. */
  readonly transB?: 0 | 1;
  readonly alpha?: number;
  readonly beta?: number;
}

const gemm: OpRule<"Gemm"> = {
  opType: "Gemm",
  outputs(inputs, { transA = 0, transB = 0 }) {
    const a = required("Gemm", inputs, 0, "A");
    const b = required("Gemm", inputs, 1, "B");
    const c = inputs[2] ?? null;
    requireTypes("Gemm", a, ["float32", "float64"], "A");
    const dtype = requireSameType("Gemm", c ? [a, b, c] : [a, b]);
    const [rows, inner] = transA ? [a.shape[1], a.shape[0]] : a.shape;
    const [innerOfB, columns] = transB ? [b.shape[1], b.shape[0]] : b.shape;
    if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== innerOfB) {
      throw badShape(
        "Gemm",
        "matrices A [m, k] and B [k, n] with one k",
        `${typesText([a, b])} (transA ${transA}, transB ${transB})`,
        "set transA or transB, or use MatMul",
      );
    }
    const shape = [rows, columns];
    const broadcasts = c === null || broadcastShapes([c.shape, shape])?.every((size, i) => size === shape[i]);
    if (!broadcasts || (c && c.shape.length > 2)) {
      throw badShape("Gemm", `C that broadcasts to [${shape}]`, typesText([c]), "use Reshape");
    }
    return [{ dtype, shape }];
  },
  gradient(node, gradients) {
    const a = given(node, 0);
    const b = given(node, 1);
    const c = node.inputs[2] ?? null;
    const { transA = 0, transB = 0, alpha = 1, beta = 1 } = node.attributes;
    const other = (flag: number) => (flag ? 0 : 1);
    const left = (dy: Value) =>
      transA
        ? Gemm(b, dy, null, { alpha, transA: transB ? 1 : 0, transB: 1 })
        : Gemm(dy, b, null, { alpha, transB: other(transB) });
    const right = (dy: Value) =>
      transB
        ? Gemm(dy, a, null, { alpha, transA: 1, transB: transA ? 1 : 0 })
        : Gemm(a, dy, null, { alpha, transA: other(transA) });
    const offset = (shape: readonly number[]) => {
      const sum = reduceTo(flowing(gradients), shape);
      return beta === 1 ? sum : Mul(sum, beta);
    };
    return [
      () => left(flowing(gradients)),
      () => right(flowing(gradients)),
      c === null ? null : () => offset(c.shape),
    ];
  },
};

/** Matrix product of the last two axes, the leading ones broadcast: [..., m, k] × [..., k, n] → [..., m, n]. */
export function MatMul(a: Value, b: Value): Value {
  return apply(matMul, [a, b], {});
}

/** alpha·A·B + beta·C for matrices, A and B transposed where asked; C broadcasts. */
export function Gemm(a: Value, b: Value, c: Value | null = null, options: GemmOptions = {}): Value {
  const left = untransposed(a, options.transA);
  const right = untransposed(b, options.transB);
  const written: GemmOptions = {
    ...options,
    ...(left !== a && { transA: 0 }),
    ...(right !== b && { transB: 0 }),
  };
  return apply(gemm, c === null ? [left, right] : [left, right, c], written);
}

/**
 * A row or column that is to be transposed, in its other shape: the same elements in the same order. The kernels read a
 * matrix times a plain vector at the speed of memory, times a transposed one four times as slowly.
 */
function untransposed(x: Value, transposed: 0 | 1 = 0): Value {
  const [rows, columns] = x.shape;
  const isVector = x.shape.length === 2 && (rows === 1 || columns === 1);
  return transposed && isVector ? Reshape(x, [columns, rows]) : x;
}

export const linearRules = { Gemm: gemm, MatMul: matMul } as const;
