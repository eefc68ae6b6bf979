/** Elements picked by index, and put back. */

import { apply, flowing, given, noGradient, type OpRule } from "../rule.ts";
import {
  axisOf,
  badAttribute,
  badShape,
  isDifferentiable,
  required,
  requireSameType,
  requireTypes,
  sameShape,
  typesText,
} from "../shapes.ts";
import { sizeOf, type Value } from "../value.ts";
import { expandTo, reshapeTo } from "./reduction.ts";
import { zeros } from "./selection.ts";

const indexTypes = ["int64", "int32"] as const;

const gather: OpRule<"Gather"> = {
  opType: "Gather",
  outputs(inputs, { axis = 0 }) {
    const x = required("Gather", inputs, 0, "data");
    const indices = required("Gather", inputs, 1, "indices");
    requireTypes("Gather", indices, indexTypes, "indices");
    const place = axisOf("Gather", axis, x.shape.length);
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, place), ...indices.shape, ...x.shape.slice(place + 1)] },
    ];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    if (!isDifferentiable(x)) return [null, null];
    const axis = axisOf("Gather", node.attributes.axis ?? 0, x.shape.length);
    return [() => ungather(flowing(gradients), x, given(node, 1), axis), null];
  },
};

/** The adjoint of Gather: each part is added to the place that it came from. */
function ungather(gradient: Value, x: Value, indices: Value, axis: number): Value {
  const count = sizeOf(indices.shape);
  const shape = x.shape.with(axis, count);
  const along = reshapeTo(
    indices,
    x.shape.map((_, i) => (i === axis ? count : 1)),
  );
  const updates = reshapeTo(gradient, shape);
  return ScatterElements(zeros(x), expandTo(along, shape), updates, { axis, reduction: "add" });
}

function requireSameRank(op: "GatherElements" | "ScatterElements", values: readonly Value[]): void {
  const [first] = values;
  if (first.shape.length > 0 && values.every((value) => value.shape.length === first.shape.length)) return;
  throw badShape(
    op,
    "inputs with the same number of axes, at least one",
    typesText(values),
    "use Reshape or Expand",
  );
}

const gatherElements: OpRule<"GatherElements"> = {
  opType: "GatherElements",
  outputs(inputs, { axis = 0 }) {
    const x = required("GatherElements", inputs, 0, "data");
    const indices = required("GatherElements", inputs, 1, "indices");
    requireTypes("GatherElements", indices, indexTypes, "indices");
    requireSameRank("GatherElements", [x, indices]);
    const place = axisOf("GatherElements", axis, x.shape.length);
    if (indices.shape.some((size, i) => i !== place && size > x.shape[i])) {
      throw badShape(
        "GatherElements",
        `indices no larger than data off axis ${place}`,
        typesText([x, indices]),
        "use Slice",
      );
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const { axis = 0 } = node.attributes;
    if (!isDifferentiable(x)) return [null, null];
    const back = () =>
      ScatterElements(zeros(x), given(node, 1), flowing(gradients), { axis, reduction: "add" });
    return [back, null];
  },
};

const scatterElements: OpRule<"ScatterElements"> = {
  opType: "ScatterElements",
  outputs(inputs, { axis = 0, reduction = "none" }) {
    const x = required("ScatterElements", inputs, 0, "data");
    const indices = required("ScatterElements", inputs, 1, "indices");
    const updates = required("ScatterElements", inputs, 2, "updates");
    requireTypes("ScatterElements", indices, indexTypes, "indices");
    requireSameType("ScatterElements", [x, updates]);
    requireSameRank("ScatterElements", [x, indices]);
    axisOf("ScatterElements", axis, x.shape.length);
    if (!sameShape(indices.shape, updates.shape)) {
      throw badShape(
        "ScatterElements",
        "indices and updates of one shape",
        typesText([indices, updates]),
        "use Expand",
      );
    }
    if (reduction !== "none" && reduction !== "add") {
      throw badAttribute("ScatterElements", "reduction none or add", `"${reduction}"`, "use one of these");
    }
    return [x];
  },
  gradient(node, gradients) {
    const x = given(node, 0);
    const indices = given(node, 1);
    const { axis = 0, reduction = "none" } = node.attributes;
    if (!isDifferentiable(x)) return [null, null, null];
    const blanked = () =>
      ScatterElements(flowing(gradients), indices, zeros(given(node, 2)), { axis, reduction: "none" });
    return [
      reduction === "add" ? () => flowing(gradients) : blanked,
      null,
      // Where an index is there twice only the last update counts, which this rule would not know.
      reduction === "add"
        ? () => GatherElements(flowing(gradients), indices, { axis })
        : noGradient("ScatterElements", 'the updates with reduction "none"'),
    ];
  },
};

/** Parts of x along an axis (0 unless given), by index; negative ones count from the end. An embedding is Gather. */
export function Gather(x: Value, indices: Value, options: { readonly axis?: number } = {}): Value {
  return apply(gather, [x, indices], options);
}

/** y[i, j] = x[indices[i, j], j] for axis 0 (the default), and so on for other axes. */
export function GatherElements(x: Value, indices: Value, options: { readonly axis?: number } = {}): Value {
  return apply(gatherElements, [x, indices], options);
}

/** A copy of x with the updates put at, or with `add` added to, x[indices[i, j], j] for axis 0 (the default). */
export function ScatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  options: { readonly axis?: number; readonly reduction?: "none" | "add" } = {},
): Value {
  return apply(scatterElements, [x, indices, updates], options);
}

export const gatheringRules = {
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
} as const;
