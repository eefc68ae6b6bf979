/** A sweep on a Slurm cluster: an array job over a shared folder, followed until all runs are there. */

import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { writeWhole } from "./run-folder.node.ts";
import { endOf, queuedTasks, type SlurmTask, submitArray } from "./slurm-queue.node.ts";
import { type SlurmSettings, slurmScript } from "./slurm-script.ts";

/** What has become of the runs: asked of the store, which all tasks write to. */
export interface Standing {
  readonly done: ReadonlySet<string>;
  /** Runs that ended with a fault of their own, which another try would meet again. */
  readonly failed: ReadonlySet<string>;
}

export interface SlurmSweepOptions {
  /** Of the job. */
  readonly name: string;
  /** The folder that all nodes see. */
  readonly store: string;
  /** Identifiers of all runs; task k of M has every M-th from the k-th on. */
  readonly runs: readonly string[];
  /** Names the runs all together: a sweep of the same is rejoined. */
  readonly sweep: string;
  /** The words that run one share, `$SLURM_ARRAY_TASK_ID` being the share and `tasks` their number. */
  readonly command: (tasks: number) => readonly string[];
  readonly settings: SlurmSettings;
  readonly standing: () => Promise<Standing>;
  /** How often a task whose runs are missing at its end is submitted again; 2 unless given. */
  readonly retries?: number;
  /** 5 unless given. */
  readonly pollSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: {
    readonly done: number;
    readonly total: number;
    readonly label: string;
  }) => void;
}

export interface SlurmSweepOutcome {
  /** `left`: the signal came first; the tasks go on and can be rejoined. */
  readonly status: "done" | "incomplete" | "left";
  /** Jobs that this sweep has submitted, earlier calls included. */
  readonly jobs: readonly string[];
  /** Of tasks that were given up: how they ended, and the last line that they said. */
  readonly reasons: readonly string[];
}

/** What is kept between calls. */
interface Journal {
  readonly tasks: number;
  readonly jobs: readonly string[];
}

/** Between a task's end and the moment when a shared file system shows its last run everywhere. */
const GRACE_SECONDS = 10;

/**
 * Submits what is missing, follows it, and submits again the tasks that ended without all their runs.
 *
 * A call for runs whose tasks still wait or run submits nothing twice: it follows them.
 *
 * @throws InputError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function sweepOnSlurm(options: SlurmSweepOptions): Promise<SlurmSweepOutcome> {
  const { runs, settings, signal, retries = 2, pollSeconds = 5 } = options;
  const keeper = await journalOf(options);
  const began = await queuedTasks(keeper.journal().jobs);
  const tasks = began.length > 0 ? keeper.journal().tasks : Math.min(settings.tasks, runs.length);
  const tries = new Map(began.map(({ task }) => [task, 1]));
  const lastSeen = new Map(began.map((queued) => [queued.task, { ...queued, at: performance.now() }]));
  const given: string[] = [];
  const gaveUp = new Set<number>();
  for (;;) {
    const queued = await queuedTasks(keeper.journal().jobs);
    for (const one of queued) lastSeen.set(one.task, { ...one, at: performance.now() });
    const standing = await options.standing();
    report(options, standing, queued);
    const waiting = unfinishedTasks(runs, tasks, standing).filter((task) => !gaveUp.has(task));
    if (waiting.length === 0) {
      const status = gaveUp.size === 0 ? "done" : "incomplete";
      return { status, jobs: keeper.journal().jobs, reasons: given };
    }
    const isQueued = new Set(queued.map(({ task }) => task));
    const ended = waiting.filter((task) => !isQueued.has(task) && hasSettled(lastSeen.get(task)?.at));
    const again = ended.filter((task) => (tries.get(task) ?? 0) <= retries);
    for (const task of ended.filter((one) => !again.includes(one))) {
      gaveUp.add(task);
      given.push(await reasonOf(options.store, lastSeen.get(task), task));
    }
    if (again.length > 0) {
      const job = await keeper.submit(again, tasks);
      for (const task of again) {
        tries.set(task, (tries.get(task) ?? 0) + 1);
        lastSeen.set(task, { job, task, state: "PENDING", at: performance.now() });
      }
    }
    await wait(1000 * pollSeconds, undefined, { signal }).catch(() => {});
    if (signal?.aborted) return { status: "left", jobs: keeper.journal().jobs, reasons: given };
  }
}

const hasSettled = (seen: number | undefined) =>
  seen === undefined || performance.now() - seen > 1000 * GRACE_SECONDS;

/** Tasks of which a run is neither done nor failed. */
function unfinishedTasks(
  runs: readonly string[],
  tasks: number,
  { done, failed }: Standing,
): readonly number[] {
  const missing = runs.flatMap((run, k) => (done.has(run) || failed.has(run) ? [] : [k % tasks]));
  return [...new Set(missing)];
}

function report(
  { runs, onProgress }: SlurmSweepOptions,
  { done, failed }: Standing,
  queued: readonly { readonly state: string }[],
): void {
  const running = queued.filter(({ state }) => state === "RUNNING").length;
  const ready = runs.filter((run) => done.has(run) || failed.has(run)).length;
  onProgress?.({
    done: ready,
    total: runs.length,
    label: `${running} tasks run, ${queued.length - running} wait`,
  });
}

async function reasonOf(store: string, seen: SlurmTask | undefined, task: number): Promise<string> {
  if (seen === undefined) return `task ${task}: never seen in the queue`;
  const log = logOf(store).replace("%A", seen.job).replace("%a", String(task));
  const said = await readFile(log, "utf8").catch(() => "");
  const last = said.trimEnd().split("\n").pop() ?? "";
  return `task ${seen.job}_${task}: ${await endOf(seen)}${last === "" ? "" : `, "${last}"`} (${log})`;
}

const folderOf = (store: string) => resolve(join(store, "slurm"));
const logOf = (store: string) => join(folderOf(store), "logs", "%A_%a.log");

/** What was submitted, on disk before it is followed, so that a call that is left can be rejoined. */
async function journalOf({ name, store, sweep, command, settings }: SlurmSweepOptions) {
  const folder = folderOf(store);
  const path = join(folder, `${sweep}.json`);
  const script = join(folder, `${sweep}.sh`);
  await mkdir(join(folder, "logs"), { recursive: true });
  // Written by this program only.
  let journal: Journal = await readFile(path, "utf8").then(
    (text) => JSON.parse(text) as Journal,
    () => ({ tasks: 0, jobs: [] }),
  );
  return {
    journal: () => journal,
    submit: async (again: readonly number[], tasks: number) => {
      await writeWhole(script, slurmScript(name, logOf(store), command(tasks), settings));
      const job = await submitArray(script, again);
      journal = { tasks, jobs: [...journal.jobs, job] };
      await writeWhole(path, `${JSON.stringify(journal)}\n`);
      return job;
    },
  };
}
