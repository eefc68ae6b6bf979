/** The process that makes runs of a sweep: it is told a plan, then the number of one run at a time, and ends when its parent does. */

import { InputError } from "../errors.ts";
import { makeRun, type RunReport } from "./make-run.node.ts";
import type { Plan } from "./plan.ts";
import { type OpenPlan, openPlan } from "./planned-runs.node.ts";

/** What the parent says. */
export type WorkerOrder =
  | {
      readonly kind: "plan";
      readonly plan: Plan;
      readonly source: string;
      readonly store: string;
      readonly versions: Readonly<Record<string, string>>;
    }
  | { readonly kind: "run"; readonly index: number; readonly id: string }
  | { readonly kind: "stop" };

/** What the worker says. */
export type WorkerWord =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "report"; readonly report: RunReport }
  | { readonly kind: "stopped" }
  /** The store itself or a file that was planned with refuses: no other run will do better. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** The least time between two words of progress, in milliseconds. */
const TOLD_EVERY = 200;

const abort = new AbortController();
let work: { readonly opened: OpenPlan; readonly order: Extract<WorkerOrder, { kind: "plan" }> } | null = null;
let spoken = 0;

function say(word: WorkerWord): void {
  // A parent that is gone hears nothing; `disconnect` ends this process.
  if (process.connected) process.send?.(word, undefined, {}, () => {});
}

async function obey(order: WorkerOrder): Promise<void> {
  if (order.kind === "stop") return abort.abort();
  if (order.kind === "plan") {
    work = { opened: await openPlan(order.plan, order.source), order };
    return say({ kind: "ready" });
  }
  if (work === null) throw new Error("a run needs a plan");
  const { opened, order: told } = work;
  const run = await opened.runAt(order.index);
  if (run.id !== order.id) throw otherRun(order.id, run.id);
  const report = await makeRun(told.store, opened, run, {
    versions: told.versions,
    signal: abort.signal,
    onProgress: ({ done, total }) => {
      const now = performance.now();
      if (now - spoken < TOLD_EVERY) return;
      spoken = now;
      say({ kind: "progress", share: total > 0 ? done / total : 0 });
    },
  });
  say({ kind: "report", report });
}

/** Only what the settings do not hold can have changed since they were planned. */
const otherRun = (planned: string, now: string) =>
  new InputError({
    code: "other-contents",
    message: `sweep: expected the run ${planned} as it was planned, got ${now}; a file that it reads has changed, start again`,
  });

process.on("message", (order: WorkerOrder) => {
  obey(order).catch((error: unknown) => {
    if (abort.signal.aborted) return say({ kind: "stopped" });
    if (!(error instanceof InputError)) throw error;
    say({ kind: "refused", code: error.code, message: error.message });
  });
});
process.on("disconnect", () => process.exit());
// Ctrl-C reaches every process of the terminal; the parent says when to stop.
process.on("SIGINT", () => {});
