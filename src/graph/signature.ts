import type { OnnxValue } from "../data/onnx/model.ts";
import { decodeOnnx } from "../data/onnx/wire.ts";
import { UnsupportedError } from "../errors.ts";
import { encodeModel } from "./encode.ts";
import type { Graph } from "./graph.ts";
import type { Signature, SignatureEntry } from "./session.ts";
import type { ElementType } from "./value.ts";

const elementTypes: readonly string[] = ["float32", "float64", "int64", "int32", "bool"];

/** The bytes and the signature of a graph, or of a file's bytes, whose inputs with stored values need no feed. */
export function modelOf(graph: Graph | Uint8Array): {
  readonly bytes: Uint8Array;
  readonly signature: Signature;
} {
  if (!(graph instanceof Uint8Array)) {
    const entry = ({ name, value }: Graph["inputs"][number]) => ({
      name,
      dtype: value.dtype,
      shape: value.shape,
    });
    return {
      bytes: encodeModel(graph),
      signature: { inputs: graph.inputs.map(entry), outputs: graph.outputs.map(entry) },
    };
  }
  const { graph: stored } = decodeOnnx(graph);
  const initialized = new Set(stored.initializers.map(({ name }) => name));
  return {
    bytes: graph,
    signature: {
      inputs: stored.inputs.filter(({ name }) => !initialized.has(name)).map(entryOf),
      outputs: stored.outputs.map(entryOf),
    },
  };
}

function entryOf({ name, dtype, shape }: OnnxValue): SignatureEntry {
  const sizes = shape.filter((size) => typeof size === "number");
  if (elementTypes.includes(dtype) && sizes.length === shape.length) {
    // The list above holds the element types, which the compiler cannot see through `includes`.
    return { name, dtype: dtype as ElementType, shape: sizes };
  }
  throw new UnsupportedError({
    code: "unsupported-type",
    message: `openSession: expected ${elementTypes.join(", ")} of fixed sizes, got ${dtype}[${shape}] ("${name}"); export the model with fixed sizes`,
  });
}
