/** Reverse-mode differentiation: the gradient of a graph is more graph. */

import { InputError } from "../errors.ts";
import { Add } from "./ops/arithmetic.ts";
import { Gemm } from "./ops/linear.ts";
import { expandTo } from "./ops/reduction.ts";
import { Concat, zeros } from "./ops/selection.ts";
import { nodesBehind } from "./order.ts";
import { given, isUse } from "./rule.ts";
import { inputGradients } from "./rules.ts";
import { type GraphNode, isFloat, sameValueType, scalar, sizeOf, typeText, type Value } from "./value.ts";

/**
 * The gradient of a loss with respect to values that it was computed from: ∂loss/∂v for each v.
 *
 * Only what leads from those values to the loss is differentiated. A value that the loss does not depend on, or only
 * through operators whose derivative is zero, has zeros. Gradients may be differentiated again.
 *
 * @param loss            one number (shape [] or of size 1), float; any float value where `outputGradient` is given
 * @param withRespectTo   inputs, constants or computed values, float
 * @param outputGradient  ∂(what is meant)/∂loss, of the loss's type; 1 unless given
 * @returns               values of the types of `withRespectTo`, in their order
 * @throws InputError `bad-loss`, `bad-type`; UnsupportedError `no-gradient` from a rule (Pad by reflection and such)
 */
export function gradient(
  loss: Value,
  withRespectTo: readonly Value[],
  outputGradient: Value | null = null,
): readonly Value[] {
  requireDifferentiable(loss, withRespectTo, outputGradient);
  const nodes = nodesBehind([loss]);
  const between = dependents(nodes, withRespectTo);
  const contributions = new Map<Value, Value[]>();
  contributions.set(loss, [outputGradient ?? expandTo(scalar(1, loss.dtype), loss.shape)]);
  const sums = new Map<Value, Value>();
  const total = (value: Value): Value | null => {
    const parts = contributions.get(value);
    if (parts === undefined) return null;
    const sum = sums.get(value) ?? asOneProduct(parts).reduce(plus);
    sums.set(value, sum);
    return sum;
  };
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => between.has(output) && contributions.has(output))) continue;
    const rules = inputGradients(node, node.outputs.map(total));
    for (const [i, rule] of rules.entries()) {
      const value = node.inputs[i];
      if (rule === null || value === null || !between.has(value)) continue;
      const parts = contributions.get(value);
      if (parts === undefined) contributions.set(value, [rule()]);
      else parts.push(rule());
    }
  }
  return withRespectTo.map((value) => total(value) ?? zeros(value));
}

/** A sum of two gradients; a matrix product takes the other as its C, which spares a pass over memory and a buffer. */
function plus(sum: Value, part: Value): Value {
  const node = productOf(part);
  return node === null ? Add(sum, part) : productLike(node, given(node, 0), given(node, 1), sum);
}

/** The Gemm that made a value, if it adds no C. */
function productOf({ origin }: Value): GraphNode<"Gemm"> | null {
  if (origin.kind !== "node" || !isUse(origin.node, "Gemm") || origin.node.inputs.length > 2) return null;
  return origin.node;
}

/** The same kind of product, of other operands. */
function productLike({ attributes }: GraphNode<"Gemm">, a: Value, b: Value, c: Value | null): Value {
  const { transA, transB, ...others } = attributes;
  return Gemm(a, b, c, { ...others, transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
}

/**
 * Σ AᵢᵀBᵢ, of a weight that was used at every step of a recurrent network, as one product of the Aᵢ and Bᵢ laid one below
 * the other; where copying these is less work than passing over the sum for each of them.
 */
function asOneProduct(parts: readonly Value[]): readonly Value[] {
  const products = parts.flatMap((part) => {
    const node = productOf(part);
    return node?.attributes.transA === 1 && !node.attributes.transB ? [node] : [];
  });
  if (products.length < 2) return parts;
  const [first] = products;
  const [left, right] = [0, 1].map((side) => products.map((node) => given(node, side)));
  const copied = [...left, ...right].reduce((size, value) => size + sizeOf(value.shape), 0);
  const alike = products.every(({ attributes }) => attributes.alpha === first.attributes.alpha);
  if (!alike || copied > products.length * sizeOf(first.outputs[0].shape)) return parts;
  const whole = productLike(first, Concat(left, { axis: 0 }), Concat(right, { axis: 0 }), null);
  const made = new Set(products.map(({ outputs }) => outputs[0]));
  return [...parts.filter((part) => !made.has(part)), whole];
}

/** The values on the way: those asked for, and what nodes make of one on the way with a derivative other than zero. */
function dependents(nodes: readonly GraphNode[], from: readonly Value[]): ReadonlySet<Value> {
  const found = new Set(from);
  for (const node of nodes) {
    if (!node.inputs.some((value) => value !== null && found.has(value))) continue;
    // Which derivatives are zero does not depend on the gradient that flows in; the outputs stand in for it.
    const rules = inputGradients(node, node.outputs);
    if (!node.inputs.some((value, i) => value !== null && found.has(value) && rules[i] !== null)) continue;
    for (const output of node.outputs) found.add(output);
  }
  return found;
}

function requireDifferentiable(loss: Value, values: readonly Value[], outputGradient: Value | null): void {
  if (!isFloat(loss.dtype) || (outputGradient === null && sizeOf(loss.shape) !== 1)) {
    throw new InputError({
      code: "bad-loss",
      message: `gradient: expected a loss of one floating-point number, got ${typeText(loss)}; reduce it with ReduceMean or give outputGradient`,
    });
  }
  if (outputGradient !== null && !sameValueType(outputGradient, loss)) {
    throw new InputError({
      code: "bad-type",
      message: `gradient: expected an outputGradient of the loss's type ${typeText(loss)}, got ${typeText(outputGradient)}; use Cast or Expand`,
    });
  }
  const wrong = values.find((value) => !isFloat(value.dtype));
  if (wrong === undefined) return;
  throw new InputError({
    code: "bad-type",
    message: `gradient: expected floating-point values to differentiate by, got ${typeText(wrong)} (index ${values.indexOf(wrong)}); leave it out`,
  });
}
