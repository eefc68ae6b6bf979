/**
 * A store of runs: a folder in which each run is a folder of its own that appears complete, by one rename.
 *
 *     runs/ID/settings.json, rows.json, outcome.json, and the run's own files
 *     failed/ID.json                                    why a run could not be made
 *     unfinished/ID~HOST~PID~NUMBER/                    runs under way
 */

import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { writing } from "../data/index.node.ts";
import { InputError } from "../errors.ts";
import type { Row, RunOutcome, Settings } from "./run-kind.ts";

export const SETTINGS_SCHEMA = "syngeo.settings/1";
const ROWS_SCHEMA = "syngeo.rows/1";
export const OUTCOME_SCHEMA = "syngeo.outcome/1";
export const FAILURE_SCHEMA = "syngeo.failure/1";

/** The content of `settings.json`. */
export interface StoredSettings {
  readonly schema: typeof SETTINGS_SCHEMA;
  readonly id: string;
  readonly kind: string;
  /** The plan that the run was made for; others may have it too. */
  readonly plan: string;
  /** What that plan varies, by dotted path. */
  readonly varied: Row;
  readonly settings: Settings;
}

/** The content of `outcome.json`. */
export interface StoredOutcome {
  readonly schema: typeof OUTCOME_SCHEMA;
  readonly status: RunOutcome["status"];
  readonly message: string;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: string;
  /** Beginning, in UTC. */
  readonly started: string;
}

/** The content of `failed/ID.json`. */
export interface StoredFailure
  extends Omit<StoredOutcome, "schema" | "status">,
    Omit<StoredSettings, "schema"> {
  readonly schema: typeof FAILURE_SCHEMA;
}

const folders = { runs: "runs", failed: "failed", unfinished: "unfinished" } as const;
const files = { settings: "settings.json", rows: "rows.json", outcome: "outcome.json" } as const;
const ENDING = ".json";
const SEPARATOR = "~";

/** A folder that was not touched for this long is left over, whatever its process, in milliseconds: a day. */
const STALE_AFTER = 24 * 3600 * 1000;
/** How often a run under way touches its folder. */
const TOUCHED_EVERY = 10 * 60 * 1000;

/** Makes a folder a store; one that is a store stays as it is. @throws InputError `cannot-write` */
export async function createStore(store: string): Promise<void> {
  await writing("store", store, async () => {
    for (const name of Object.values(folders)) await mkdir(join(store, name), { recursive: true });
  });
}

/** @throws InputError `not-a-store` */
export async function requireStore(store: string): Promise<void> {
  if (await exists(join(store, folders.runs))) return;
  throw new InputError({
    code: "not-a-store",
    message: `--store: expected a folder with runs of syngeo sweep, got "${store}"; give the one that the sweep wrote`,
  });
}

const exists = async (path: string) => (await stat(path).catch(() => null)) !== null;

/** The ids of all complete runs. */
export async function completeRuns(store: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(join(store, folders.runs)));
}

export function isComplete(store: string, id: string): Promise<boolean> {
  return exists(runFolder(store, id));
}

/** Where a complete run is. */
export const runFolder = (store: string, id: string) => join(store, folders.runs, id);

/** The ids that some process is at. */
export async function runsUnderWay(store: string): Promise<ReadonlySet<string>> {
  const names = await readdir(join(store, folders.unfinished));
  return new Set(names.map((name) => name.split(SEPARATOR)[0]));
}

/** A run under way: its folder is nobody else's. */
export interface OpenRun {
  readonly folder: string;
  /** Gives the run its place; false where another process was first, whose run stays. */
  finish(parts: FinishedRun): Promise<boolean>;
  /** Without a trace. */
  discard(): Promise<void>;
}

export interface FinishedRun {
  readonly settings: StoredSettings;
  readonly rows: readonly Row[];
  readonly outcome: StoredOutcome;
}

let opened = 0;

/** A new folder for a run. @throws InputError `cannot-write` */
export async function openRun(store: string, id: string): Promise<OpenRun> {
  const owner = [id, hostname(), process.pid, opened++].join(SEPARATOR);
  const folder = join(store, folders.unfinished, owner);
  await writing("store", folder, () => mkdir(folder));
  const touching = setInterval(() => {
    const now = new Date();
    // A folder that is gone is noticed at the end of the run.
    utimes(folder, now, now).catch(() => {});
  }, TOUCHED_EVERY).unref();
  const discard = async () => {
    clearInterval(touching);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    folder,
    discard,
    finish: async ({ settings, rows, outcome }) => {
      await writing("store", folder, async () => {
        await writeSynced(join(folder, files.settings), settings);
        await writeSynced(join(folder, files.rows), { schema: ROWS_SCHEMA, rows });
        await writeSynced(join(folder, files.outcome), outcome);
        await syncAll(folder);
      });
      const isFirst = await writing("store", folder, () => moveWhereNone(folder, runFolder(store, id)));
      await discard();
      await rm(failureFile(store, id), { force: true });
      return isFirst;
    },
  };
}

/** A run that is complete is never replaced: the system refuses to rename onto a folder that holds something. */
async function moveWhereNone(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // Windows says EPERM.
    if (code === "ENOTEMPTY" || code === "EEXIST" || (code === "EPERM" && (await exists(to)))) return false;
    throw error;
  }
  await sync(join(to, ".."));
  return true;
}

async function writeSynced(path: string, content: object): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What a kind wrote itself reaches the disk before the run appears, as the rest does. */
async function syncAll(folder: string): Promise<void> {
  const own: readonly string[] = Object.values(files);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncAll(path);
    else if (!own.includes(entry.name)) await sync(path);
  }
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === "win32") return;
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const failureFile = (store: string, id: string) => join(store, folders.failed, `${id}${ENDING}`);

/** Keeps why a run could not be made, in place of an earlier reason. @throws InputError `cannot-write` */
export async function keepFailure(store: string, failure: StoredFailure): Promise<void> {
  const path = failureFile(store, failure.id);
  const { folder, discard } = await openRun(store, failure.id);
  const part = join(folder, files.outcome);
  await writing("store", path, async () => {
    await writeSynced(part, failure);
    await rename(part, path);
  });
  await discard();
}

/** The ids of runs that could not be made. */
export async function failedRuns(store: string): Promise<ReadonlySet<string>> {
  const names = await readdir(join(store, folders.failed));
  return new Set(names.map((name) => name.slice(0, -ENDING.length)));
}

/** The failures of those runs, in that order. */
export async function failuresOf(store: string, ids: readonly string[]): Promise<readonly StoredFailure[]> {
  const there = await failedRuns(store);
  const failed = ids.filter((id) => there.has(id));
  return Promise.all(failed.map((id) => readJson<StoredFailure>(failureFile(store, id))));
}

/** A complete run. @throws InputError `damaged-store` */
export async function readRun(store: string, id: string): Promise<FinishedRun> {
  const place = (name: string) => join(runFolder(store, id), name);
  const settings = await readJson<StoredSettings>(place(files.settings));
  const { rows } = await readJson<{ rows: readonly Row[] }>(place(files.rows));
  return { settings, rows, outcome: await readJson<StoredOutcome>(place(files.outcome)) };
}

/** Of a file that this program has written under its schema. */
async function readJson<T>(path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? "other text" : String(cause);
    throw new InputError({
      code: "damaged-store",
      message: `store: expected JSON in "${path}", got ${reason}; delete the run's folder and sweep again`,
      cause,
    });
  }
}

/** Removes what dead processes left behind, of this host at once and of others after a day; how many. */
export async function removeLeftOvers(store: string): Promise<number> {
  const names = await readdir(join(store, folders.unfinished));
  const stale: string[] = [];
  for (const name of names) {
    const [, host, pid] = name.split(SEPARATOR);
    const path = join(store, folders.unfinished, name);
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    const old = Date.now() - found.mtimeMs > STALE_AFTER;
    if (old || (host === hostname() && !isAlive(Number(pid)))) stale.push(path);
  }
  for (const path of stale) await rm(path, { recursive: true, force: true });
  return stale.length;
}

/** Whether a process of this host is there, whoever owns it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
