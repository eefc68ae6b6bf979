/** Running graphs with native kernels, in Node. */

import type { Tensor as OrtTensor } from "onnxruntime-node";
import type { Graph } from "./graph.ts";
import { type Session, sessionOn } from "./session.ts";
import { modelOf } from "./signature.ts";
import type { GraphTensor } from "./value.ts";

export interface NodeSessionOptions {
  /** Threads inside one operator, 1 unless given: right for jobs side by side; for one job take the number of cores. */
  readonly threads?: number;
}

/**
 * Loads a graph, or the bytes of a `.onnx` file, into onnxruntime-node (about 0.1 ms a node).
 *
 * @throws UnsupportedError `unsupported-type` for files with open sizes; what ONNX Runtime throws where it lacks a
 *   kernel, which in float64 are those that `index.ts` lists
 */
export async function openSession(
  graph: Graph | Uint8Array,
  { threads = 1 }: NodeSessionOptions = {},
): Promise<Session> {
  const { bytes, signature } = modelOf(graph);
  // Loaded with the first session: the parent of a sweep has none, and starts sooner.
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3, // only errors: shape warnings about dropped outputs say nothing here
  });
  return sessionOn<OrtTensor>(
    {
      run: (feeds, outputs) => session.run(feeds, outputs) as Promise<Record<string, OrtTensor>>, // only tensors are asked for
      close: () => session.release(),
      wrap: ({ dtype, data, shape }) => new Tensor(dtype, data, shape),
      // The element types of the signature are ours, and each has one kind of array in both.
      unwrap: ({ type, data, dims }) => ({ dtype: type, data, shape: dims }) as GraphTensor,
    },
    signature,
  );
}
