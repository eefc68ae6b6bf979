/** All kinds of run, by the name that plans call them; each is loaded when a plan asks for it. */

import type { RunKind, Settings } from "./run-kind.ts";

export const runKinds = {
  train: async () => (await import("./kinds/train.node.ts")).train,
  finetune: async () => (await import("./kinds/finetune.node.ts")).finetune,
  "simulated-pairs": async () => (await import("./kinds/simulated-pairs.ts")).simulatedPairs,
  path: async () => (await import("./kinds/path.ts")).path,
  "regression-ensemble": async () => (await import("./kinds/regression-ensemble.node.ts")).regressionEnsemble,
} as const satisfies Readonly<Record<string, () => Promise<RunKind<Settings>>>>;

/** Each kind with its one line. */
export async function describeKinds(): Promise<readonly (readonly [string, string])[]> {
  const rows = Object.entries(runKinds).map(async ([name, load]) => [name, (await load()).summary] as const);
  return Promise.all(rows);
}
