/** Running graphs in a browser, or wherever WebAssembly runs; the same bytes as in Node. */

import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web/wasm";
import type { Graph } from "./graph.ts";
import { type Session, sessionOn } from "./session.ts";
import { modelOf } from "./signature.ts";
import type { GraphTensor } from "./value.ts";

export interface WebSessionOptions {
  /** Threads inside one operator, 1 unless given; more need a page that is cross-origin isolated. Fixed by the first session. */
  readonly threads?: number;
}

/**
 * Loads a graph, or the bytes of a `.onnx` file, into onnxruntime-web's WebAssembly.
 *
 * @throws as `openSession` of Node
 */
export async function openWebSession(
  graph: Graph | Uint8Array,
  { threads = 1 }: WebSessionOptions = {},
): Promise<Session> {
  env.wasm.numThreads = threads;
  const { bytes, signature } = modelOf(graph);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    executionMode: "sequential",
    logSeverityLevel: 3,
  });
  return sessionOn<OrtTensor>(
    {
      run: async (feeds, outputs) => {
        // Only tensors are asked for; the runtime's type allows other kinds of value too.
        const results = (await session.run(feeds)) as Record<string, OrtTensor>;
        for (const [name, target] of Object.entries(outputs)) {
          if (target !== null) copyInto(target, results[name]);
        }
        return results;
      },
      close: () => session.release(),
      wrap: ({ dtype, data, shape }) => new OrtTensor(dtype, data, shape),
      // The element types of the signature are ours, and each has one kind of array in both.
      unwrap: ({ type, data, dims }) => ({ dtype: type, data, shape: dims }) as GraphTensor,
    },
    signature,
  );
}

/** Into the caller's array: the WebAssembly runtime leaves outputs that it is handed unwritten (seen in 1.30). */
function copyInto(target: OrtTensor, result: OrtTensor): void {
  const bytesOf = ({ data }: OrtTensor) => {
    if (!ArrayBuffer.isView(data)) throw new Error("a result holds text");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  bytesOf(target).set(bytesOf(result));
}
