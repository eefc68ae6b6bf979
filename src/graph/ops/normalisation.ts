/** Normalisation with given or measured mean and variance. */

import { UnsupportedError } from "../../errors.ts";
import { apply, flowing, given, type OpRule } from "../rule.ts";
import {
  axisOf,
  badShape,
  broadcastShapes,
  required,
  requireFloat,
  requireSameType,
  sameShape,
  typesText,
} from "../shapes.ts";
import type { Value } from "../value.ts";
import { Add, Div, Mul, Neg, Sub } from "./arithmetic.ts";
import { Sqrt } from "./elementary.ts";
import { ReduceMean, ReduceSum, reduceTo, reshapeTo } from "./reduction.ts";

const EPSILON = Math.fround(1e-5);

const layerNormalization: OpRule<"LayerNormalization"> = {
  opType: "LayerNormalization",
  outputs(inputs, { axis = -1 }) {
    const x = required("LayerNormalization", inputs, 0, "X");
    const scale = required("LayerNormalization", inputs, 1, "Scale");
    const bias = inputs[2] ?? null;
    requireFloat("LayerNormalization", x, "X");
    requireSameType("LayerNormalization", bias ? [x, scale, bias] : [x, scale]);
    const normalised = x.shape.slice(axisOf("LayerNormalization", axis, x.shape.length));
    const wrong = [scale, bias].find(
      (value) => value !== null && !sameShape(broadcastShapes([value.shape, normalised]) ?? [], normalised),
    );
    if (!wrong) return [x];
    throw badShape(
      "LayerNormalization",
      `Scale and B that broadcast to [${normalised}]`,
      typesText([wrong]),
      "give a number for each normalised place",
    );
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const scale = given(node, 1);
    const bias = node.inputs[2] ?? null;
    const { axis = -1, epsilon = EPSILON } = node.attributes;
    const first = axisOf("LayerNormalization", axis, x.shape.length);
    const axes = x.shape.flatMap((_, i) => (i >= first ? [i] : []));
    const mean = (value: Value) => ReduceMean(value, axes, { keepdims: 1 });
    let kept: { readonly normal: Value; readonly deviation: Value } | null = null;
    const normalise = () => {
      if (kept) return kept;
      const centred = Sub(x, mean(x));
      const deviation = Sqrt(Add(mean(Mul(centred, centred)), epsilon));
      kept = { normal: Div(centred, deviation), deviation };
      return kept;
    };
    const inputGradient = () => {
      const { normal, deviation } = normalise();
      const flows = Mul(flowing(gradients), scale);
      const along = Mul(normal, mean(Mul(flows, normal)));
      return Div(Sub(Sub(flows, mean(flows)), along), deviation);
    };
    return [
      inputGradient,
      () => reduceTo(Mul(flowing(gradients), normalise().normal), scale.shape),
      bias ? () => reduceTo(flowing(gradients), bias.shape) : null,
    ];
  },
};

const batchNormalization: OpRule<"BatchNormalization"> = {
  opType: "BatchNormalization",
  outputs(inputs, { training_mode = 0 }) {
    const x = required("BatchNormalization", inputs, 0, "X");
    const names = ["scale", "B", "input_mean", "input_var"];
    const channels = names.map((name, i) => required("BatchNormalization", inputs, i + 1, name));
    requireFloat("BatchNormalization", x, "X");
    requireSameType("BatchNormalization", [x, ...channels]);
    if (training_mode !== 0) {
      throw new UnsupportedError({
        code: "unsupported-attribute",
        message: `BatchNormalization: expected training_mode 0, got ${training_mode}; compose it from ReduceMean, which is as fast`,
      });
    }
    const wrong = channels.find((value) => !sameShape(value.shape, [x.shape[1]]));
    if (x.shape.length >= 2 && wrong === undefined) return [x];
    throw badShape(
      "BatchNormalization",
      "X [N, C, ...] and scale, B, input_mean, input_var [C]",
      typesText([x, ...channels]),
      "give a number for each channel",
    );
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const scale = given(node, 1);
    const mean = given(node, 3);
    const { epsilon = EPSILON } = node.attributes;
    const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
    const wide = (value: Value) =>
      reshapeTo(
        value,
        x.shape.map((size, i) => (i === 1 ? size : 1)),
      );
    const deviation = Sqrt(Add(given(node, 4), epsilon));
    const sum = (value: Value) => ReduceSum(value, axes, { keepdims: 0 });
    const centredSum = () => Div(sum(Mul(flowing(gradients), Sub(x, wide(mean)))), deviation);
    return [
      () => Mul(flowing(gradients), wide(Div(scale, deviation))),
      centredSum,
      () => sum(flowing(gradients)),
      () => Neg(Mul(sum(flowing(gradients)), Div(scale, deviation))),
      () => Mul(Mul(centredSum(), scale), Div(-0.5, Mul(deviation, deviation))),
    ];
  },
};

/** (x − mean)/√(variance + epsilon)·scale + bias over the axes from `axis` (the last one unless given). */
export function LayerNormalization(
  x: Value,
  scale: Value,
  bias: Value | null = null,
  options: { readonly axis?: number; readonly epsilon?: number } = {},
): Value {
  return apply(layerNormalization, bias === null ? [x, scale] : [x, scale, bias], options);
}

/** (x − mean)/√(variance + epsilon)·scale + bias for x [N, C, ...] and the rest [C], as at inference. */
export function BatchNormalization(
  x: Value,
  scale: Value,
  bias: Value,
  mean: Value,
  variance: Value,
  options: { readonly epsilon?: number } = {},
): Value {
  return apply(batchNormalization, [x, scale, bias, mean, variance], options);
}

export const normalisationRules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
} as const;
