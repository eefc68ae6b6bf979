/** What an operator is here: its shape rule and its gradient rule, and how a use of it is recorded. */

import { UnsupportedError } from "../errors.ts";
import { type Attributes, kindsOf, type OpType } from "./attributes.ts";
import type { GraphNode, Value, ValueType } from "./value.ts";

/** Makes the gradient with respect to one input, when it is asked for; null where the derivative is zero. */
export type InputGradient = (() => Value) | null;

export interface OpRule<Op extends OpType> {
  readonly opType: Op;
  /**
   * The types of the outputs, those that may be left out included; refuses inputs that the operator does not take.
   *
   * @throws InputError `bad-type`, `bad-shape`, `bad-attribute`
   */
  outputs(inputs: readonly (Value | null)[], attributes: Attributes<Op>): readonly ValueType[];
  /**
   * One entry an input. `outputGradients` has an entry an output, null where no gradient flows in; at least one is
   * there. Each gradient has the type and shape of its input.
   */
  gradient(node: GraphNode<Op>, outputGradients: readonly (Value | null)[]): readonly InputGradient[];
}

/** Records a use of an operator, after its shape rule has accepted the inputs. */
export function record<Op extends OpType>(
  rule: OpRule<Op>,
  inputs: readonly (Value | null)[],
  attributes: Attributes<Op>,
): readonly Value[] {
  const written = asWritten(rule.opType, attributes);
  const types = rule.outputs(inputs, written);
  const outputs: Value[] = [];
  const node = { opType: rule.opType, inputs, attributes: written, outputs };
  // A node of one operator is a node; the compiler cannot widen the attributes by itself.
  const origin = node as unknown as GraphNode;
  for (const [output, { dtype, shape }] of types.entries()) {
    outputs.push({ dtype, shape, origin: { kind: "node", node: origin, output } });
  }
  return outputs;
}

/** Attributes as a file holds them: floats in single precision, so that gradients use the number that runs. */
function asWritten<Op extends OpType>(opType: Op, attributes: Attributes<Op>): Attributes<Op> {
  const kinds = kindsOf(opType);
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const written = entries.map(([name, value]) => [
    name,
    kinds[name] === "float" ? Math.fround(Number(value)) : value,
  ]);
  // The same names with values of the same kinds, which Object.entries forgets.
  return Object.fromEntries(written) as Attributes<Op>;
}

/** The same for the first output, which nearly every operator has alone. */
export function apply<Op extends OpType>(
  rule: OpRule<Op>,
  inputs: readonly (Value | null)[],
  attributes: Attributes<Op>,
): Value {
  return record(rule, inputs, attributes)[0];
}

/** Input `index` of a node, where the shape rule has seen to it that it is there. */
export function given(node: { readonly inputs: readonly (Value | null)[] }, index: number): Value {
  const value = node.inputs[index];
  if (value === null || value === undefined) throw new Error(`input ${index} is missing`);
  return value;
}

/** The gradient that flows into the first output. */
export function flowing(outputGradients: readonly (Value | null)[]): Value {
  const [first] = outputGradients;
  if (first === null || first === undefined) throw new Error("no gradient flows into the first output");
  return first;
}

/** For an input whose derivative is not zero but has no rule. */
export function noGradient(opType: OpType, what: string): () => Value {
  return () => {
    throw new UnsupportedError({
      code: "no-gradient",
      message: `gradient: expected no gradient with respect to ${what} of ${opType}, got one asked for; compose it from other operators`,
    });
  };
}

/** Whether a node is a use of that operator. */
export function isUse<Op extends OpType>(node: GraphNode, opType: Op): node is GraphNode<Op> & GraphNode {
  return node.opType === opType;
}
