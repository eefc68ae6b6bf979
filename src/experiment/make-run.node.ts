/** One planned run, made in this process and put into a store; and several, one after the other. */

import { hostname } from "node:os";
import { InputError, UnsupportedError } from "../errors.ts";
import { flatSettings, type Plan } from "./plan.ts";
import type { OpenPlan, PlannedRun } from "./planned-runs.node.ts";
import type { Row, RunOutcome, RunTools, Settings } from "./run-kind.ts";
import {
  FAILURE_SCHEMA,
  keepFailure,
  OUTCOME_SCHEMA,
  openRun,
  SETTINGS_SCHEMA,
  type StoredOutcome,
  type StoredSettings,
} from "./store.node.ts";

/** What came of one run. */
export interface RunReport {
  readonly id: string;
  /** `second`: another process finished it first, and this result, the same, was dropped. */
  readonly status: RunOutcome["status"] | "failed" | "second";
  readonly message: string;
}

export interface RunCall {
  readonly versions: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: RunTools["onProgress"];
}

/**
 * Makes a run and gives it its place in the store. A run that cannot be made is a failure, which is kept too.
 *
 * @throws InputError `cannot-write` where the store itself refuses; the signal's reason where it is aborted
 */
export async function makeRun(
  store: string,
  { plan, kind }: OpenPlan,
  run: PlannedRun,
  { versions, signal, onProgress }: RunCall,
): Promise<RunReport> {
  const { id } = run;
  const circumstances = beginRun(versions);
  const open = await openRun(store, id);
  let outcome: RunOutcome;
  try {
    const tools = {
      folder: open.folder,
      versions,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    };
    outcome = await kind.run(run.settings, tools);
    signal?.throwIfAborted();
    requireCells(outcome.rows, run.settings);
  } catch (error) {
    await open.discard();
    signal?.throwIfAborted();
    return failRun(store, { plan, run, message: wordsOf(error), circumstances: circumstances() });
  }
  const { status, message, rows } = outcome;
  const stored = { ...circumstances(), schema: OUTCOME_SCHEMA, status, message } as const;
  const isFirst = await open.finish({ settings: storedSettings(plan, run), rows, outcome: stored });
  return { id, status: isFirst ? status : "second", message };
}

/** When, where and with what a run is made; asked at its end. */
export function beginRun(versions: RunCall["versions"]): () => Circumstances {
  const started = new Date().toISOString();
  const clock = performance.now();
  return () => ({ seconds: (performance.now() - clock) / 1000, versions, host: hostname(), started });
}

type Circumstances = Pick<StoredOutcome, "seconds" | "versions" | "host" | "started">;

export interface FailedRun {
  readonly plan: Plan;
  readonly run: PlannedRun;
  readonly message: string;
  readonly circumstances: Circumstances;
}

/** Keeps that a run could not be made. */
export async function failRun(
  store: string,
  { plan, run, message, circumstances }: FailedRun,
): Promise<RunReport> {
  const failure = {
    ...storedSettings(plan, run),
    ...circumstances,
    schema: FAILURE_SCHEMA,
    message,
  } as const;
  await keepFailure(store, failure);
  return { id: run.id, status: "failed", message };
}

function storedSettings(plan: Plan, { id, varied, settings }: PlannedRun): StoredSettings {
  return { schema: SETTINGS_SCHEMA, id, kind: plan.kind, plan: plan.name, varied, settings };
}

/** What people can mend as its sentence; a fault of ours with where it happened. */
function wordsOf(error: unknown): string {
  if (error instanceof InputError || error instanceof UnsupportedError) return error.message;
  return `a fault of ours: ${error instanceof Error ? error.stack : String(error)}`;
}

/** Rows that a table can hold beside the settings, every cell as it is. */
function requireCells(rows: readonly Row[], settings: Settings): void {
  const taken = flatSettings(settings);
  for (const [column, cell] of rows.flatMap((row) => Object.entries(row))) {
    // JSON would turn other numbers into null without a word.
    if (typeof cell === "number" && !Number.isFinite(cell)) {
      throw new Error(`expected finite numbers or null in a row, got ${cell} (${column})`);
    }
    if (Object.hasOwn(taken, column) || /^run($|\.)/.test(column)) {
      throw new Error(`expected columns that are no settings and do not begin with run, got "${column}"`);
    }
  }
}
