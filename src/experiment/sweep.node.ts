/** All runs of a plan, by several processes, into a store: what is done stays, what dies is made again. */

import { beginRun, failRun, type RunCall, type RunReport } from "./make-run.node.ts";
import type { PlannedRuns } from "./planned-runs.node.ts";
import type { RunOutcome } from "./run-kind.ts";
import {
  completeRuns,
  createStore,
  failuresOf,
  isComplete,
  readRun,
  removeLeftOvers,
  runsUnderWay,
} from "./store.node.ts";
import { type RunProcess, startRunProcess, type WorkerEnd } from "./sweep-process.node.ts";

export const SWEEP_SCHEMA = "syngeo.sweep/1";

export interface SweepOptions extends RunCall {
  readonly store: string;
  /** Processes at once, of one thread each. */
  readonly jobs: number;
}

export interface SweepSummary {
  readonly schema: typeof SWEEP_SCHEMA;
  /** `interrupted`: stopped by the signal; the same call goes on. */
  readonly status: "done" | "interrupted";
  readonly plan: string;
  readonly store: string;
  /** Of the plan. */
  readonly runs: number;
  /** Complete before this sweep, or by another at the same time. */
  readonly before: number;
  /** Made now, doubtful ones included. */
  readonly made: number;
  readonly doubtful: readonly { readonly id: string; readonly message: string }[];
  readonly failed: readonly { readonly id: string; readonly message: string }[];
  /** Made now, but another process was first. */
  readonly second: number;
  /** Processes that died and were replaced. */
  readonly died: number;
  /** Unfinished runs of dead processes that were removed. */
  readonly leftOver: number;
  readonly seconds: number;
}

/** A run whose process dies is tried this often in all. */
const ATTEMPTS = 3;

/**
 * Makes the runs of a plan that a store lacks. A run that failed in an earlier sweep is tried again.
 *
 * Killed at any moment, it loses only runs under way: the same call makes them. Several sweeps may share a store.
 *
 * @throws InputError `cannot-write`
 */
export async function sweep(planned: PlannedRuns, options: SweepOptions): Promise<SweepSummary> {
  const { store, jobs, signal } = options;
  const clock = performance.now();
  await createStore(store);
  const leftOver = await removeLeftOvers(store);
  const done = await completeRuns(store);
  const missing = planned.ids.filter((id) => !done.has(id));
  const state: State = {
    planned,
    options,
    queue: queueOf(store, missing),
    reports: [],
    shares: new Map(),
    before: planned.ids.length - missing.length,
    died: 0,
  };
  const stop = new AbortController();
  tellProgress(state);
  const lanes = Array.from({ length: Math.min(jobs, missing.length) }, () => employ(state, stop.signal));
  const onAbort = () => stop.abort();
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all(lanes);
  } finally {
    // Where one lane throws, the others end too.
    stop.abort();
    await Promise.allSettled(lanes);
    signal?.removeEventListener("abort", onAbort);
  }
  const seconds = (performance.now() - clock) / 1000;
  return { ...(await summaryOf(state)), leftOver, seconds };
}

interface State {
  readonly planned: PlannedRuns;
  readonly options: SweepOptions;
  readonly queue: { next(): Promise<string | "elsewhere" | null> };
  readonly reports: RunReport[];
  /** How far the runs under way are. */
  readonly shares: Map<string, number>;
  before: number;
  died: number;
}

/** Ids one by one; those that another sweep is at come last. */
function queueOf(store: string, ids: readonly string[]): State["queue"] {
  const late: string[] = [];
  let place = 0;
  const take = async (): Promise<string | null> => {
    while (place < ids.length) {
      const id = ids[place++];
      if (!(await runsUnderWay(store)).has(id)) return id;
      late.push(id);
    }
    return late.shift() ?? null;
  };
  return {
    next: async () => {
      const id = await take();
      return id !== null && (await isComplete(store, id)) ? "elsewhere" : id;
    },
  };
}

/** One process after another, one run after another, until none is left. */
async function employ(state: State, stop: AbortSignal): Promise<void> {
  const lane: Lane = { process: null };
  const onStop = () => lane.process?.stop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    while (!stop.aborted) {
      const id = await state.queue.next();
      if (id === null) return;
      if (id === "elsewhere") state.before++;
      else await makeSurely(state, lane, id, stop);
      tellProgress(state);
    }
  } finally {
    stop.removeEventListener("abort", onStop);
    lane.process?.close();
  }
}

interface Lane {
  process: RunProcess | null;
}

/** A run, again in a new process where the one before died. */
async function makeSurely(state: State, lane: Lane, id: string, stop: AbortSignal): Promise<void> {
  const { planned, options, reports, shares } = state;
  const circumstances = beginRun(options.versions);
  for (let attempt = 1; !stop.aborted; attempt++) {
    const end = await attemptRun(state, lane, id, stop);
    if (end.kind !== "died") {
      if (end.kind === "report") reports.push(end.report);
      break;
    }
    const neverBegan = end.before === "ready";
    lane.process = null;
    state.died++;
    // Its last word may have been lost with it.
    if (await isComplete(options.store, id)) {
      const { status, message } = (await readRun(options.store, id)).outcome;
      reports.push({ id, status, message });
      break;
    }
    await removeLeftOvers(options.store);
    if (attempt < ATTEMPTS) continue;
    // No other run will do better.
    if (neverBegan) throw new Error(`a process for runs ends before it begins: ${end.reason}`);
    const message = `sweep: expected the process of run ${id} to end with an answer, got ${end.reason} (${ATTEMPTS} times); give it more memory, or fewer --jobs`;
    const run = await planned.runAt(planned.indexOf(id));
    const failure = { plan: planned.plan, run, message, circumstances: circumstances() };
    reports.push(await failRun(options.store, failure));
    break;
  }
  shares.delete(id);
}

async function attemptRun(state: State, lane: Lane, id: string, stop: AbortSignal): Promise<WorkerEnd> {
  const { planned, options, shares } = state;
  if (lane.process === null) {
    const { plan, source } = planned;
    const { store, versions } = options;
    lane.process = startRunProcess({ kind: "plan", plan, source, store, versions });
    const begun = await lane.process.started;
    if (begun.kind === "died" || stop.aborted) return begun;
  }
  return lane.process.make({ index: planned.indexOf(id), id }, (share) => {
    shares.set(id, Math.max(share, shares.get(id) ?? 0));
    tellProgress(state);
  });
}

function tellProgress({ planned, options, reports, shares, before, died }: State): void {
  const whole = before + reports.length;
  const parts = [...shares.values()].reduce((sum, share) => sum + share, 0);
  const failed = reports.filter(({ status }) => status === "failed").length;
  const notes = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(died > 0 ? [`${died} processes died`] : []),
  ];
  const label = [`${whole} of ${planned.ids.length}`, ...notes].join(", ");
  options.onProgress?.({ done: whole + parts, total: planned.ids.length, label });
}

async function summaryOf(state: State): Promise<Omit<SweepSummary, "leftOver" | "seconds">> {
  const { planned, options, reports, before, died } = state;
  const of = (status: RunReport["status"]) => reports.filter((report) => report.status === status);
  const doubtful = of("doubtful" satisfies RunOutcome["status"]);
  const failures = await failuresOf(options.store, planned.ids);
  const ended = before + reports.length === planned.ids.length;
  const named = ({ id, message }: RunReport) => ({ id, message });
  return {
    schema: SWEEP_SCHEMA,
    status: ended ? "done" : "interrupted",
    plan: planned.plan.name,
    store: options.store,
    runs: planned.ids.length,
    before,
    made: of("done").length + doubtful.length,
    doubtful: doubtful.map(named),
    failed: failures.map(({ id, message }) => ({ id, message })),
    second: of("second").length,
    died,
  };
}
