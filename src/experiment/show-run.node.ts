/** All that is known of one run of a store. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, nearestName } from "../errors.ts";
import {
  completeRuns,
  type FinishedRun,
  failedRuns,
  failuresOf,
  readRun,
  requireStore,
  runFolder,
  type StoredFailure,
} from "./store.node.ts";

export type RunDetails =
  | ({
      readonly state: "complete";
      readonly folder: string;
      readonly files: readonly { readonly name: string; readonly bytes: number }[];
    } & FinishedRun)
  | { readonly state: "failed"; readonly failure: StoredFailure };

/**
 * A run by its id or the beginning of it, complete or failed.
 *
 * @throws InputError `unknown-run`, `several-runs`, `not-a-store`
 */
export async function showRun(store: string, beginning: string): Promise<RunDetails> {
  await requireStore(store);
  const complete = await completeRuns(store);
  const all = [...new Set([...complete, ...(await failedRuns(store))])].sort();
  const found = all.filter((id) => id.startsWith(beginning));
  if (beginning === "" || found.length !== 1) throw notOne(beginning, found, all);
  const [id] = found;
  if (!complete.has(id)) {
    const [failure] = await failuresOf(store, [id]);
    return { state: "failed", failure };
  }
  const folder = runFolder(store, id);
  return { state: "complete", folder, files: await filesIn(folder), ...(await readRun(store, id)) };
}

function notOne(beginning: string, found: readonly string[], all: readonly string[]): InputError {
  const several = found.length > 1;
  const near = nearestName(beginning, all);
  const hint = near === null ? "syngeo runs lists them" : `did you mean ${near}?`;
  const got = several
    ? `"${beginning}", with which ${found.slice(0, 3).join(", ")}${found.length > 3 ? ", …" : ""} begin`
    : `"${beginning}"`;
  return new InputError({
    code: several ? "several-runs" : "unknown-run",
    message: `runs show: expected the beginning of one run's id, got ${got}; ${several ? "give more of it" : hint}`,
  });
}

async function filesIn(folder: string) {
  const names = await readdir(folder, { recursive: true });
  const entries = await Promise.all(
    names.sort().map(async (name) => ({ name, found: await stat(join(folder, name)) })),
  );
  return entries
    .filter(({ found }) => found.isFile())
    .map(({ name, found }) => ({ name, bytes: found.size }));
}
