/** Layers that normalise activity. */

import { LayerNormalization } from "../graph/index.ts";
import type { Layer } from "./layer.ts";

/**
 * Layer normalisation over the last axis of `size` values, then a scale and a shift for each, called `weight` and `bias` as
 * in PyTorch. One run at a time.
 *
 * y = (x − mean)/√(variance + 10⁻⁵) · scale + shift
 *
 * A shift that starts at 0 stays there in geometries that keep signs.
 *
 * @see Ba, Kiros & Hinton 2016, "Layer normalization", arXiv:1607.06450
 */
export function layerNormalisation({ size }: { readonly size: number }): Layer {
  const plan = { shape: [size], fan: size, sign: null } as const;
  return {
    parameters: { weight: { ...plan, role: "scale" }, bias: { ...plan, role: "shift" } },
    sideBySide: false,
    apply: ({ weight, bias }, x) => LayerNormalization(x, weight, bias),
  };
}
