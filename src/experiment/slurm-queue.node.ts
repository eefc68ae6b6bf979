/** Slurm's own commands, and what they say. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { InputError } from "../errors.ts";
import { taskRanges } from "./slurm-script.ts";

const run = promisify(execFile);

/** A task of an array job. */
export interface SlurmTask {
  readonly job: string;
  readonly task: number;
}

/**
 * Submits an array and returns the number of its job.
 *
 * @throws InputError `no-slurm`, `slurm-refused` with what sbatch says
 */
export async function submitArray(script: string, tasks: readonly number[]): Promise<string> {
  const out = await answerOf("sbatch", ["--parsable", `--array=${taskRanges(tasks)}`, script]);
  // `job` or `job;cluster`
  return out.trim().split(";")[0];
}

/**
 * The tasks that wait or run, with their states as squeue names them.
 *
 * @throws InputError `no-slurm`, `slurm-refused` where the queue cannot be asked
 */
export async function queuedTasks(
  jobs: readonly string[],
): Promise<readonly (SlurmTask & { readonly state: string })[]> {
  if (jobs.length === 0) return [];
  const out = await queueOf(jobs);
  return out
    .split("\n")
    .map((line) => /^(\d+)_(\d+) (\S+)$/.exec(line.trim()))
    .flatMap((match) => (match === null ? [] : [{ job: match[1], task: Number(match[2]), state: match[3] }]));
}

async function queueOf(jobs: readonly string[]): Promise<string> {
  try {
    return await answerOf("squeue", [
      "--noheader",
      "--array",
      "--format=%F_%K %T",
      `--jobs=${jobs.join(",")}`,
    ]);
  } catch (error) {
    // Of a job that ended long ago nothing is known any more, which is not a failure to ask.
    if (error instanceof InputError && error.message.includes("Invalid job id")) return "";
    throw error;
  }
}

/** How a task that has left the queue ended, in a few words: from accounting, else from the controller's memory. */
export async function endOf({ job, task }: SlurmTask): Promise<string> {
  const name = `${job}_${task}`;
  const account = await quiet("sacct", [
    "--noheader",
    "--parsable2",
    "--allocations",
    `--jobs=${name}`,
    "--format=State,ExitCode",
  ]);
  const [state, code] = account.split("\n")[0].split("|");
  if (state !== "" && code !== undefined) return `${state.toLowerCase()}, exit code ${code}`;
  const shown = await quiet("scontrol", ["show", "job", name]);
  const found = [/JobState=(\S+)/, /ExitCode=(\S+)/].map((pattern) => pattern.exec(shown)?.[1]);
  return found[0] === undefined ? "left the queue" : `${found[0].toLowerCase()}, exit code ${found[1]}`;
}

async function quiet(program: string, args: readonly string[]): Promise<string> {
  return run(program, args).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );
}

async function answerOf(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args)).stdout;
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (missing) {
      throw new InputError({
        code: "no-slurm",
        message: `--slurm: expected the command ${program}, got none on the PATH; run it on a login node of the cluster, or leave --slurm out`,
        cause,
      });
    }
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new InputError({
      code: "slurm-refused",
      message: `${program}: expected Slurm to take it, got "${said.trim().split("\n").pop() ?? ""}"; correct the settings of --slurm`,
      cause,
    });
  }
}
