/** The graphics card of a browser, and whether it can run a graph; nothing of the runtime is loaded for it. */

import type { Graph } from "./graph.ts";

/** What is asked of `GPUAdapter`, which not every browser has. */
export interface GraphicsCard {
  readonly limits: { readonly maxStorageBuffersPerShaderStage: number };
}

/** null where the browser offers none. */
export async function graphicsCard(): Promise<GraphicsCard | null> {
  const gpu: unknown = Reflect.get(Reflect.get(globalThis, "navigator") ?? {}, "gpu");
  if (typeof gpu !== "object" || gpu === null) return null;
  return Promise.resolve(Reflect.get(gpu, "requestAdapter").call(gpu)).catch(() => null);
}

/** The runtime hands every input and output of an operator to the card at once, and fails as it runs where they are too many. */
export function refusalOf(card: GraphicsCard | null, { nodes }: Graph): string | null {
  if (card === null) return "the browser offers no graphics card";
  const most = card.limits.maxStorageBuffersPerShaderStage;
  const arraysOf = ({ inputs, outputs }: Graph["nodes"][number]) => inputs.length + outputs.length;
  const wide = nodes.find((node) => arraysOf(node) > most);
  return wide === undefined
    ? null
    : `the graphics card takes ${most} arrays at once, and this network has a ${wide.opType} of ${arraysOf(wide)}`;
}
