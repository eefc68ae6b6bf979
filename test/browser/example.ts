/** Inference on a shipped example, the same in Node and on a page. */

import type { FileContents } from "../../src/data/index.ts";
import { type GeometryFit, infer, pairTensors } from "../../src/inference/index.ts";
import { createRandom } from "../../src/random.ts";

export const EXAMPLE = "examples/digits-negative-entropy.npz";

export function inferExample(contents: FileContents): GeometryFit {
  if (contents.kind !== "tensors") throw new Error(`expected tensors, got ${contents.kind}`);
  const ofName = (name: string) => contents.tensors.filter((tensor) => tensor.name === name);
  const { pairs } = pairTensors(ofName("initial"), ofName("final"), { source: EXAMPLE });
  return infer(pairs, { random: createRandom(1) });
}
