/** Rows of a figure from the runs of a plan, made here and now as a sweep makes them: into a store, and read from there. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FigureRow } from "../src/experiment/figure-definition.ts";
import { makeRun } from "../src/experiment/make-run.node.ts";
import type { Plan } from "../src/experiment/plan.ts";
import { type PlannedRun, planRuns, readPlan } from "../src/experiment/planned-runs.node.ts";
import { createStore, readRun } from "../src/experiment/store.node.ts";

type Wanted = (run: PlannedRun) => boolean;

/** @param wanted  which runs are made; all unless given */
export async function plannedRows(name: string, wanted?: Wanted): Promise<readonly FigureRow[]> {
  const plan = await readPlan(new URL(`../plans/${name}.json`, import.meta.url));
  return (await storedRows(plan, wanted)).rows;
}

/** @throws Error with the message of a run that failed */
export async function storedRows(plan: Plan, wanted: Wanted = () => true) {
  const planned = await planRuns(plan, plan.name);
  const store = mkdtempSync(join(tmpdir(), `${plan.name}-`));
  await createStore(store);
  const rows: FigureRow[] = [];
  for (const [k, run] of planned.ids.entries()) {
    const one = await planned.runAt(k);
    if (!wanted(one)) continue;
    const { status, message } = await makeRun(store, planned, one, { versions: {} });
    if (status === "failed") throw new Error(message);
    for (const row of (await readRun(store, run)).rows) rows.push({ ...one.varied, ...row, run });
  }
  return { rows, store };
}
