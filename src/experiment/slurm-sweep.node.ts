/** A sweep on a Slurm cluster: an array job over a shared folder, followed until all runs are there. */

import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { writeWhole } from "./run-folder.node.ts";
import type { RunTools } from "./run-kind.ts";
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
  /**
   * From a task's end to the moment when a shared file system shows its last run everywhere, and from its submission to the
   * queue's showing it; 10 unless given.
   */
  readonly graceSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: RunTools["onProgress"];
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

/**
 * Submits what is missing, follows it, and submits again the tasks that ended without all their runs.
 *
 * A call for runs whose tasks still wait or run submits nothing twice: it follows them.
 *
 * @throws InputError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function sweepOnSlurm(options: SlurmSweepOptions): Promise<SlurmSweepOutcome> {
  const { runs, settings, signal, retries = 2, pollSeconds = 5 } = options;
  const journal = await journalOf(options);
  const before = await queuedTasks(journal.jobs());
  const tasks = before.length > 0 ? journal.tasks() : Math.min(settings.tasks, runs.length);
  const follow = followTasks(before, options.graceSeconds ?? 10);
  const reasons = new Map<number, string>();
  const outcome = (status: SlurmSweepOutcome["status"]) => ({
    status,
    jobs: journal.jobs(),
    reasons: [...reasons.values()],
  });
  while (!signal?.aborted) {
    const queued = await queuedTasks(journal.jobs());
    follow.see(queued);
    const standing = await options.standing();
    report(options, standing, queued);
    const open = unfinishedTasks(runs, tasks, standing).filter((task) => !reasons.has(task));
    if (open.length === 0) return outcome(reasons.size === 0 ? "done" : "incomplete");
    const ended = open.filter(follow.hasEnded);
    const again = ended.filter((task) => follow.tries(task) <= retries);
    for (const task of ended.filter((one) => !again.includes(one))) {
      reasons.set(task, await reasonOf(options.store, follow.lastSeen(task), task));
    }
    if (again.length > 0) follow.submitted(await journal.submit(again, tasks), again);
    await wait(1000 * pollSeconds, undefined, { signal }).catch(() => {});
  }
  return outcome("left");
}

/** What is known of each task: how often it was submitted, and when it was last in the queue. */
function followTasks(before: readonly SlurmTask[], graceSeconds: number) {
  const tries = new Map<number, number>();
  const seen = new Map<number, SlurmTask & { readonly at: number }>();
  const see = (tasks: readonly SlurmTask[]) => {
    for (const { job, task } of tasks) seen.set(task, { job, task, at: performance.now() });
  };
  const submitted = (job: string, tasks: readonly number[]) => {
    for (const task of tasks) tries.set(task, (tries.get(task) ?? 0) + 1);
    see(tasks.map((task) => ({ job, task })));
  };
  for (const { job, task } of before) submitted(job, [task]);
  return {
    see,
    submitted,
    tries: (task: number) => tries.get(task) ?? 0,
    lastSeen: (task: number) => seen.get(task),
    hasEnded: (task: number) => performance.now() - (seen.get(task)?.at ?? -Infinity) > 1000 * graceSeconds,
  };
}

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
    jobs: () => journal.jobs,
    tasks: () => journal.tasks,
    submit: async (again: readonly number[], tasks: number) => {
      await writeWhole(script, slurmScript(name, logOf(store), command(tasks), settings));
      const job = await submitArray(script, again);
      journal = { tasks, jobs: [...journal.jobs, job] };
      await writeWhole(path, `${JSON.stringify(journal)}\n`);
      return job;
    },
  };
}
