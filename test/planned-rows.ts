/** Rows of a figure from the runs of a shipped plan, made here and now. */

import type { FigureRow } from "../src/experiment/figure-definition.ts";
import { type PlannedRun, planRuns, readPlan } from "../src/experiment/planned-runs.node.ts";

/** @param wanted  which runs are made; all unless given. For kinds that write no files. */
export async function plannedRows(
  name: string,
  wanted: (run: PlannedRun) => boolean = () => true,
): Promise<readonly FigureRow[]> {
  const plan = await readPlan(new URL(`../plans/${name}.json`, import.meta.url));
  const planned = await planRuns(plan, name);
  const rows: FigureRow[] = [];
  for (const [k, run] of planned.ids.entries()) {
    const one = await planned.runAt(k);
    if (!wanted(one)) continue;
    const outcome = await planned.kind.run(one.settings, { folder: "", versions: {} });
    rows.push(...outcome.rows.map((row): FigureRow => ({ ...one.varied, ...row, run })));
  }
  return rows;
}
