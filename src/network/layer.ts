/** What a layer is: the parameters it needs and the graph that it makes of them. */

import { InputError } from "../errors.ts";
import type { Value } from "../graph/index.ts";

/** One thing for each parameter or each state, by name. */
export type Named<T> = Readonly<Record<string, T>>;

/** What a parameter does, by which initialisations and geometries are chosen. */
export type ParameterRole = "weight" | "recurrent" | "bias" | "scale" | "shift";

/** A parameter before it has values. */
export interface ParameterPlan {
  /** [post, pre, …kernel]; vectors for biases. */
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** What PyTorch measures the spread of this parameter by: fan-in, or the hidden units of a recurrent cell. */
  readonly fan: number;
  /** The sign that this half of a split bias has; null for all others. */
  readonly sign: "positive" | "negative" | null;
}

export interface Layer {
  readonly parameters: Named<ParameterPlan>;
  /** Whether `apply` takes several runs side by side. */
  readonly sideBySide: boolean;
  /**
   * The outputs for inputs whose first axis counts examples (sequences: steps, then examples).
   *
   * @param weights  a value for every parameter, with a leading axis of `runs` unless that is null
   * @param runs     how many runs compute side by side; null for one run without that axis
   */
  apply(weights: Named<Value>, inputs: Value, runs: number | null): Value;
}

/** How a layer shifts its sums: not at all, by one parameter, or by b⁺ + b⁻, which learn where signs are kept. */
export type BiasKind = "none" | "plain" | "split";

/** The parameters of a bias called `name`. */
export function biasPlans(name: string, kind: BiasKind, size: number, fan: number): Named<ParameterPlan> {
  const plan = { shape: [size], role: "bias", fan } as const;
  if (kind === "none") return {};
  if (kind === "plain") return { [name]: { ...plan, sign: null } };
  return {
    [`${name}.positive`]: { ...plan, sign: "positive" },
    [`${name}.negative`]: { ...plan, sign: "negative" },
  };
}

/** The plan of a matrix or kernel. */
export function weightPlan(
  shape: readonly number[],
  fan: number,
  role: ParameterRole = "weight",
): ParameterPlan {
  return { shape, role, fan, sign: null };
}

/**
 * Layers one after another, as one layer; the parameters of each are called `LAYER.PARAMETER`.
 *
 * @throws InputError `empty-network`
 * @example sequential({ fc1: linear({ inputs: 784, outputs: 64 }), relu: activation(Relu), fc2: linear({ inputs: 64, outputs: 10 }) })
 */
export function sequential(layers: Named<Layer>): Layer {
  const entries = Object.entries(layers);
  if (entries.length === 0) {
    throw new InputError({
      code: "empty-network",
      message:
        "sequential: expected one or more layers, got 0; such as { fc: linear({ inputs: 784, outputs: 10 }) }",
    });
  }
  const parameters = entries.flatMap(([layer, { parameters: own }]) =>
    Object.entries(own).map(([name, plan]) => [`${layer}.${name}`, plan] as const),
  );
  return {
    parameters: Object.fromEntries(parameters),
    sideBySide: entries.every(([, layer]) => layer.sideBySide),
    apply(weights, inputs, runs) {
      let passed = inputs;
      for (const [name, layer] of entries) {
        const own = Object.keys(layer.parameters).map((key) => [key, weights[`${name}.${key}`]] as const);
        passed = layer.apply(Object.fromEntries(own), passed, runs);
      }
      return passed;
    },
  };
}

/** A layer without parameters: the same function of every value. */
export function activation(apply: (inputs: Value) => Value): Layer {
  return { parameters: {}, sideBySide: true, apply: (_, inputs) => apply(inputs) };
}
