/** All operators in one table, complete by type: one that lacks its rule does not compile. */

import { type Attributes, attributeKinds, type OpType } from "./attributes.ts";
import { activationRules } from "./ops/activation.ts";
import { arithmeticRules } from "./ops/arithmetic.ts";
import { comparisonRules } from "./ops/comparison.ts";
import { convolutionRules } from "./ops/convolution.ts";
import { elementaryRules } from "./ops/elementary.ts";
import { gatheringRules } from "./ops/gathering.ts";
import { linearRules } from "./ops/linear.ts";
import { normalisationRules } from "./ops/normalisation.ts";
import { poolingRules } from "./ops/pooling.ts";
import { reductionRules } from "./ops/reduction.ts";
import { selectionRules } from "./ops/selection.ts";
import { shapeRules } from "./ops/shape.ts";
import { type InputGradient, type OpRule, record } from "./rule.ts";
import type { GraphNode, Value } from "./value.ts";

export const rules: { readonly [Op in OpType]: OpRule<Op> } = {
  ...activationRules,
  ...arithmeticRules,
  ...comparisonRules,
  ...convolutionRules,
  ...elementaryRules,
  ...gatheringRules,
  ...linearRules,
  ...normalisationRules,
  ...poolingRules,
  ...reductionRules,
  ...selectionRules,
  ...shapeRules,
};

/** Every operator of the room, in alphabetical order. */
export const opTypes = Object.keys(attributeKinds).filter((name): name is OpType => name in rules);

/** Applies the gradient rule of whatever operator the node uses. */
export function inputGradients<Op extends OpType>(
  node: GraphNode<Op>,
  outputGradients: readonly (Value | null)[],
): readonly InputGradient[] {
  const rule: OpRule<Op> = rules[node.opType];
  return rule.gradient(node, outputGradients);
}

/** Records a use of an operator known by its name only. */
export function recordNamed<Op extends OpType>(
  opType: Op,
  inputs: readonly (Value | null)[],
  attributes: Attributes<Op>,
): readonly Value[] {
  const rule: OpRule<Op> = rules[opType];
  return record(rule, inputs, attributes);
}
