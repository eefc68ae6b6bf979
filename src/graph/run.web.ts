/** Running graphs in a browser, or wherever WebAssembly runs; the same bytes as in Node. */

import * as onWasm from "onnxruntime-web/wasm";
import type { Graph } from "./graph.ts";
import { graphicsCard, refusalOf } from "./graphics-card.ts";
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
  onWasm.env.wasm.numThreads = threads;
  return sessionOf(onWasm, graph, ["wasm"]);
}

/**
 * The same on a graphics card, by WebGPU; operators that it has no kernel for, and types other than float32, are computed in
 * WebAssembly. Another runtime, which is fetched when it is needed.
 *
 * Where there is no card, or it cannot take the graph, `onRefusal` hears why and WebAssembly computes everything.
 *
 * @throws as `openSession` of Node
 */
export async function openWebGpuSession(graph: Graph, onRefusal: (reason: string) => void): Promise<Session> {
  const refusal = refusalOf(await graphicsCard(), graph);
  if (refusal !== null) {
    onRefusal(refusal);
    return openWebSession(graph);
  }
  const onGpu = await import("onnxruntime-web/webgpu");
  onGpu.env.wasm.numThreads = 1;
  return sessionOf(onGpu, graph, ["webgpu", "wasm"]);
}

async function sessionOf(
  { InferenceSession, Tensor }: Pick<typeof onWasm, "InferenceSession" | "Tensor">,
  graph: Graph | Uint8Array,
  executionProviders: readonly ("wasm" | "webgpu")[],
): Promise<Session> {
  const { bytes, signature } = modelOf(graph);
  const session = await InferenceSession.create(bytes, {
    executionProviders,
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
      wrap: ({ dtype, data, shape }) => new Tensor(dtype, data, shape),
      // The element types of the signature are ours, and each has one kind of array in both.
      unwrap: ({ type, data, dims }) => ({ dtype: type, data, shape: dims }) as GraphTensor,
    },
    signature,
  );
}

type OrtTensor = onWasm.Tensor;

/** Into the caller's array: the WebAssembly runtime leaves outputs that it is handed unwritten (seen in 1.30). */
function copyInto(target: OrtTensor, result: OrtTensor): void {
  const bytesOf = ({ data }: OrtTensor) => {
    if (!ArrayBuffer.isView(data)) throw new Error("a result holds text");
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  bytesOf(target).set(bytesOf(result));
}
