/** What the runs of a store found, as it is on disk; for tests. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of each run's rows, by its id. */
export function rowsOfRuns(store: string): Readonly<Record<string, string>> {
  const runs = join(store, "runs");
  return Object.fromEntries(
    readdirSync(runs).map((id) => [id, readFileSync(join(runs, id, "rows.json"), "utf8")]),
  );
}
