/** `syngeo sweep`: the runs of a plan, by several processes, into a store. */

import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { InputError } from "../errors.ts";
import {
  describeKinds,
  type PlannedRuns,
  planRuns,
  readPlan,
  type SweepOptions,
  type SweepSummary,
  sourceOf,
  sweep,
} from "../experiment/index.node.ts";
import type { Row } from "../experiment/index.ts";
import { positiveNumber, wholeNumber } from "./flag-values.node.ts";
import { alignedTable, interruption, styled, terminalProgress } from "./terminal.node.ts";
import { packageVersion } from "./version.node.ts";

const SLURM_FLAGS = ["partition", "account", "time", "memory", "cpus", "environment", "slurmConfig"] as const;

export interface SlurmFlags {
  readonly slurm?: true;
  readonly partition?: string;
  readonly account?: string;
  readonly time?: string;
  readonly memory?: string;
  readonly cpus?: number;
  readonly environment?: readonly string[];
  readonly slurmConfig?: string;
}

export interface SweepFlags extends SlurmFlags {
  readonly store: string;
  readonly jobs: number;
  readonly dryRun?: true;
  readonly task?: number;
  readonly tasks?: number;
  readonly json?: true;
}

export const DEFAULT_STORE = "store";

/** What made a run, kept with it. */
export const versions = () => ({ syngeo: packageVersion(), node: process.version });

const EXAMPLES = `
A plan, such as rates.json:
  { "schema": "syngeo.plan/1", "name": "rates", "kind": "train",
    "settings": { "preset": "r-of-k", "measure": null },
    "together": [ { "geometry.potential": "2-norm", "learning.learningRate": 0.01 },
                  { "geometry.potential": "negative-entropy", "learning.learningRate": 0.75 } ],
    "cross": { "task.inputs": [200, 2000], "seed": { "from": 1, "to": 10 } } }
"together" lists settings that go together, "cross" combines each value with each. A value is a list or a range
({ "from", "to" } with "step", or with "count" and "spacing": linear or logarithmic).

Examples:
  syngeo sweep                          # the kinds of run
  syngeo sweep rates.json --dry-run     # the runs, each with its id
  syngeo sweep rates.json --jobs 2      # makes those that the store lacks; again after a crash, it goes on
  syngeo sweep rates.json --slurm --partition cpu --time 01:00:00   # Ctrl-C leaves it; the same command rejoins
  syngeo infer store/runs/ID            # a run of the kind train is a run of syngeo train

Runs that failed are tried again by the next sweep.
Exit codes: 0 all runs are made, 2 bad input, 3 some failed, 130 stopped (Ctrl-C; what is made is kept), 1 a fault of syngeo.`;

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function addSweepCommand(program: Command): void {
  program
    .command("sweep")
    .description(
      "Makes all runs of a plan that a store lacks, with several processes; none is lost or made twice.",
    )
    .argument("[plan]", "a JSON file (schema syngeo.plan/1); without it the kinds of run are listed")
    .option("--store <folder>", "where the runs are kept", DEFAULT_STORE)
    .option("--jobs <count>", "processes at once, one thread each", positiveNumber, availableParallelism())
    .option("--dry-run", "list the runs and make none")
    .option("--slurm", "make them by an array job of Slurm, over a folder that all nodes see")
    .option("--partition <name>", "of the cluster")
    .option("--account <name>", "that the time is charged to")
    .option("--time <limit>", "of a task, such as 02:00:00")
    .option("--memory <size>", "of a task, such as 4G")
    .option("--cpus <count>", "of a task: runs that it makes at once", positiveNumber)
    .option(
      "--environment <line>",
      "of shell before the work, such as 'module load node' (repeatable)",
      collect,
    )
    .option(
      "--slurm-config <file.json>",
      "the same as JSON: partition, account, time, memory, cpus, environment, tasks",
    )
    .option("--json", "print one JSON object (schema syngeo.sweep/1; with --dry-run syngeo.planned/1)")
    .addOption(
      new Option("--task <number>", "the share of one of --tasks, from 0").argParser(wholeNumber).hideHelp(),
    )
    .addOption(new Option("--tasks <count>", "in how many shares").argParser(wholeNumber).hideHelp())
    .addHelpText("after", EXAMPLES)
    .action(runSweep);
}

async function runSweep(path: string | undefined, flags: SweepFlags): Promise<void> {
  if (path === undefined) {
    process.stdout.write(`${alignedTable(await describeKinds())}\n`);
    return;
  }
  const plan = await readPlan(path);
  const planned = await withProgress((onProgress) => planRuns(plan, sourceOf(path), onProgress));
  if (flags.dryRun) return await listRuns(planned, flags);
  if (flags.task !== undefined || flags.tasks !== undefined) return runShare(planned, flags);
  if (flags.slurm) return (await import("./sweep-slurm.node.ts")).runOnSlurm(planned, flags);
  refuseIdle(flags);
  return runHere(planned, flags);
}

async function runHere(planned: PlannedRuns, { store, jobs, json }: SweepFlags): Promise<void> {
  const summary = await sweepProgress((call) =>
    sweep(planned, { store, jobs, versions: versions(), ...call }),
  );
  process.stdout.write(`${json ? JSON.stringify(summary) : sweepSummary(summary)}\n`);
  process.exitCode = sweepExit(summary);
}

/** Settings of a cluster without --slurm would be passed over. */
function refuseIdle(flags: SweepFlags): void {
  const idle = SLURM_FLAGS.find((flag) => flags[flag] !== undefined);
  if (idle === undefined) return;
  throw new InputError({
    code: "no-slurm-flag",
    message: `--${idle === "slurmConfig" ? "slurm-config" : idle}: expected --slurm beside it, got none; add --slurm`,
  });
}

type OnProgress = NonNullable<SweepOptions["onProgress"]>;

async function withProgress<T>(work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const progress = terminalProgress();
  try {
    return await work((event) => progress.report({ ...event, unit: "runs" }));
  } finally {
    progress.end();
  }
}

/** Runs that Ctrl-C stops, with progress. */
export async function sweepProgress<T>(
  work: (call: { readonly signal: AbortSignal; readonly onProgress: OnProgress }) => Promise<T>,
): Promise<T> {
  const { signal, release } = interruption();
  try {
    return await withProgress((onProgress) => work({ signal, onProgress }));
  } finally {
    release();
  }
}

export function sweepExit({ status, failed }: SweepSummary): number {
  if (status === "interrupted") return 130;
  return failed.length > 0 ? 3 : 0;
}

/** The most failures and doubts that are written out. */
const SHOWN = 10;

export function sweepSummary(summary: SweepSummary): string {
  const { status, plan, runs, before, made, second, died, leftOver, failed, doubtful, seconds } = summary;
  const missing = runs - before - made - second;
  const colour = failed.length > 0 ? "red" : status === "done" ? "green" : "yellow";
  const word = failed.length > 0 ? `${failed.length} failed` : status === "done" ? "done" : "stopped";
  const counts = [
    `${runs} runs`,
    `${made} made now`,
    ...(before > 0 ? [`${before} before`] : []),
    ...(second > 0 ? [`${second} made by another sweep first`] : []),
    ...(missing > failed.length ? [`${missing - failed.length} to be made`] : []),
  ];
  return [
    `${styled(["bold", colour], word)}  ${plan}: ${counts.join(", ")}, ${seconds.toFixed(1)} s`,
    ...(leftOver > 0
      ? [`removed ${leftOver} unfinished ${leftOver === 1 ? "run" : "runs"} of processes that are gone`]
      : []),
    ...(died > 0
      ? [`${died} ${died === 1 ? "process died and was" : "processes died and were"} replaced`]
      : []),
    ...named("failed; the next sweep tries again", failed),
    ...named("doubtful", doubtful),
    `store: ${summary.store}`,
  ].join("\n");
}

export function named(what: string, list: SweepSummary["failed"]): readonly string[] {
  if (list.length === 0) return [];
  const more = list.length > SHOWN ? [`  and ${list.length - SHOWN} more`] : [];
  return [
    `${list.length} ${what}`,
    ...list.slice(0, SHOWN).map(({ id, message }) => `  ${id}  ${message.split("\n")[0]}`),
    ...more,
  ];
}

async function listRuns({ ids, plan, paths, runAt }: PlannedRuns, { json }: SweepFlags): Promise<void> {
  const runs = await withProgress(async (onProgress) => {
    const found: Row[] = [];
    for (const [k, id] of ids.entries()) {
      found.push({ id, ...(await runAt(k)).varied });
      onProgress({ done: k + 1, total: ids.length, label: "listed" });
    }
    return found;
  });
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ schema: "syngeo.planned/1", plan: plan.name, kind: plan.kind, runs })}\n`,
    );
    return;
  }
  const cells = runs.map((run) => Object.values(run).map(String));
  process.stdout.write(
    `${alignedTable([["id", ...paths], ...cells])}\n${ids.length} runs of the kind ${plan.kind}\n`,
  );
}

/** Every so many-th run: what one task of an array job does. */
async function runShare(planned: PlannedRuns, flags: SweepFlags): Promise<void> {
  const { task, tasks } = flags;
  if (task === undefined || tasks === undefined || task >= tasks) {
    throw new InputError({
      code: "bad-share",
      message: `--task: expected a number below --tasks, got ${task ?? "none"} of ${tasks ?? "none"}; such as --task 0 --tasks 4`,
    });
  }
  return runHere({ ...planned, ids: planned.ids.filter((_, k) => k % tasks === task) }, flags);
}
