/** A plan on a Slurm cluster, into a store that all its nodes see. */

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { PlannedRuns } from "./planned-runs.node.ts";
import { writeWhole } from "./run-folder.node.ts";
import type { RunTools } from "./run-kind.ts";
import type { SlurmSettings } from "./slurm-script.ts";
import { sweepOnSlurm } from "./slurm-sweep.node.ts";
import { completeRuns, createStore, failuresOf, readRun } from "./store.node.ts";
import { SWEEP_SCHEMA, type SweepSummary } from "./sweep.node.ts";

export interface SlurmPlanOptions {
  readonly store: string;
  readonly settings: SlurmSettings;
  /** The words that run one share of a plan: its file, the share and their number are appended by name. */
  readonly program: readonly string[];
  readonly pollSeconds?: number;
  readonly graceSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: RunTools["onProgress"];
}

export interface SlurmSummary extends SweepSummary {
  /** Array jobs that were submitted for this plan, earlier calls included. */
  readonly jobs: readonly string[];
  /** How tasks that were given up ended. */
  readonly reasons: readonly string[];
}

/**
 * Makes the runs that a store lacks by an array job, and follows it; called again it rejoins.
 *
 * @throws InputError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function sweepPlanOnSlurm(
  planned: PlannedRuns,
  options: SlurmPlanOptions,
): Promise<SlurmSummary> {
  const clock = performance.now();
  const store = resolve(options.store);
  await createStore(store);
  const before = await completeOf(store, planned);
  const name = createHash("sha256").update(planned.ids.join("\n")).digest("hex").slice(0, 12);
  const plan = join(store, "slurm", `${name}.plan.json`);
  await mkdir(join(store, "slurm"), { recursive: true });
  await writeWhole(plan, `${JSON.stringify(planned.plan, null, 2)}\n`);
  // Failures of an earlier sweep are tried again: only later ones count.
  const earlier = new Map((await failuresOf(store, planned.ids)).map(({ id, started }) => [id, started]));
  const failures = async () =>
    (await failuresOf(store, planned.ids)).filter(({ id, started }) => earlier.get(id) !== started);
  const { cpus } = options.settings;
  const { status, jobs, reasons } = await sweepOnSlurm({
    ...options,
    store,
    name: planned.plan.name,
    runs: planned.ids,
    sweep: name,
    command: (tasks) => [
      ...options.program,
      ...["sweep", plan, "--store", store, "--jobs", String(cpus)],
      ...["--task", "$SLURM_ARRAY_TASK_ID", "--tasks", String(tasks)],
    ],
    standing: async () => ({
      done: await completeOf(store, planned),
      failed: new Set((await failures()).map(({ id }) => id)),
    }),
  });
  const made = [...(await completeOf(store, planned))].filter((id) => !before.has(id));
  const outcomes = await Promise.all(made.map(async (id) => ({ id, ...(await readRun(store, id)).outcome })));
  return {
    schema: SWEEP_SCHEMA,
    status: status === "left" ? "interrupted" : "done",
    plan: planned.plan.name,
    store,
    runs: planned.ids.length,
    before: before.size,
    made: made.length,
    doubtful: outcomes.filter((one) => one.status === "doubtful").map(({ id, message }) => ({ id, message })),
    failed: (await failures()).map(({ id, message }) => ({ id, message })),
    second: 0,
    died: 0,
    leftOver: 0,
    seconds: (performance.now() - clock) / 1000,
    jobs,
    reasons,
  };
}

async function completeOf(store: string, { ids }: PlannedRuns): Promise<ReadonlySet<string>> {
  const complete = await completeRuns(store);
  return new Set(ids.filter((id) => complete.has(id)));
}
