/** `syngeo sweep --slurm`: what is asked of the cluster, and what came of it. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError } from "../errors.ts";
import {
  type PlannedRuns,
  parseSlurmSettings,
  type SlurmSettings,
  type SlurmSummary,
  slurmDefaults,
  sweepPlanOnSlurm,
} from "../experiment/index.node.ts";
import {
  type SlurmFlags,
  type SweepFlags,
  sweepExit,
  sweepProgress,
  sweepSummary,
} from "./sweep-command.node.ts";

/** Prints the summary of the sweep; after Ctrl-C the tasks go on, and the exit code is 130. */
export async function runOnSlurm(planned: PlannedRuns, flags: SweepFlags): Promise<void> {
  const settings = await settingsOf(flags);
  const program = [process.execPath, resolve(process.argv[1])];
  const summary = await sweepProgress((call) =>
    sweepPlanOnSlurm(planned, { store: flags.store, settings, program, ...call }),
  );
  process.stdout.write(`${flags.json ? JSON.stringify(summary) : slurmSummary(summary)}\n`);
  process.exitCode = summary.reasons.length > 0 ? 3 : sweepExit(summary);
}

function slurmSummary(summary: SlurmSummary): string {
  const { status, jobs, reasons } = summary;
  const left = `the tasks go on: the same command follows them again, scancel ${jobs[jobs.length - 1]} ends them`;
  return [
    sweepSummary(summary),
    `array jobs: ${jobs.length === 0 ? "none" : jobs.join(", ")}`,
    ...(status === "interrupted" ? [left] : []),
    ...reasons.map((reason) => `given up: ${reason}`),
  ].join("\n");
}

/** Flags over the configuration file over the defaults. */
async function settingsOf({ slurmConfig, ...flags }: SlurmFlags): Promise<SlurmSettings> {
  const { partition, account, time, memory, cpus, environment } = flags;
  const typed = Object.entries({ partition, account, time, memory, cpus, environment }).filter(
    ([, value]) => value !== undefined,
  );
  const own = parseSlurmSettings(Object.fromEntries(typed), "--slurm");
  const file = slurmConfig === undefined ? {} : await configIn(slurmConfig);
  return { ...slurmDefaults, ...file, ...own };
}

async function configIn(path: string): Promise<Partial<SlurmSettings>> {
  const source = `--slurm-config "${path}"`;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const got = cause instanceof SyntaxError ? `other text (${cause.message})` : "none that can be read";
    throw new InputError({
      code: "bad-slurm-settings",
      message: `${source}: expected a file of JSON, got ${got}; such as {"partition": "cpu", "time": "01:00:00"}`,
      cause,
    });
  }
  return parseSlurmSettings(json, source);
}
