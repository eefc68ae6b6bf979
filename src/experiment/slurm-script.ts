/** The batch script of an array job: what Slurm is asked for, and what each task runs. */

import { InputError } from "../errors.ts";

/** What is asked of the cluster; what is null or empty is left to its defaults. */
export interface SlurmSettings {
  readonly partition: string | null;
  readonly account: string | null;
  /** In a form that sbatch takes: minutes, `HH:MM:SS`, `D-HH:MM`. */
  readonly time: string | null;
  /** Of a task, such as `4G`. */
  readonly memory: string | null;
  /** Of a task; it works on as many runs at once. */
  readonly cpus: number;
  /** Tasks of the array at most. */
  readonly tasks: number;
  /** Lines of shell before the work, such as `module load node`. */
  readonly environment: readonly string[];
}

export const slurmDefaults: SlurmSettings = {
  partition: null,
  account: null,
  time: null,
  memory: null,
  cpus: 1,
  tasks: 100,
  environment: [],
};

/** Where Slurm allows no more without a change of its configuration (`MaxArraySize`). */
const MOST_TASKS = 1000;

/**
 * Settings from a configuration file.
 *
 * @throws InputError `bad-slurm-settings`
 */
export function parseSlurmSettings(json: unknown, source: string): Partial<SlurmSettings> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw badSettings(source, "an object", json, 'such as {"partition": "cpu", "time": "01:00:00"}');
  }
  for (const [key, value] of Object.entries(json)) {
    if (!Object.hasOwn(slurmDefaults, key)) {
      throw badSettings(source, `one of ${Object.keys(slurmDefaults).join(", ")}`, key, "correct the key");
    }
    const wanted = TYPES[key as keyof SlurmSettings];
    if (!wanted.holds(value)) throw badSettings(`${source}: ${key}`, wanted.text, value, "correct it");
  }
  return json;
}

interface Wanted {
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
}

const text: Wanted = {
  text: "one line of text",
  holds: (value) => typeof value === "string" && !/[\r\n]/.test(value),
};
const upTo = (most: number): Wanted => ({
  text: `a whole number from 1 to ${most}`,
  holds: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most,
});

const TYPES: { readonly [Key in keyof SlurmSettings]: Wanted } = {
  partition: text,
  account: text,
  time: text,
  memory: text,
  cpus: upTo(1024),
  tasks: upTo(MOST_TASKS),
  environment: {
    text: "a list of lines of text",
    holds: (value) => Array.isArray(value) && value.every(text.holds),
  },
};

function badSettings(where: string, wanted: string, got: unknown, advice: string): InputError {
  return new InputError({
    code: "bad-slurm-settings",
    message: `${where}: expected ${wanted}, got ${JSON.stringify(got) ?? "nothing"}; ${advice}`,
  });
}

/**
 * The script. `$SLURM_ARRAY_TASK_ID` stands for the share of a task in the words of its command.
 *
 * @param log  where a task writes what it says; %A is the job, %a the task
 */
export function slurmScript(
  name: string,
  log: string,
  command: readonly string[],
  { partition, account, time, memory, cpus, environment }: SlurmSettings,
): string {
  const asked = Object.entries({
    "job-name": name,
    output: log,
    partition,
    account,
    time,
    mem: memory,
    "cpus-per-task": cpus,
    "open-mode": "append",
  }).flatMap(([flag, value]) => (value === null ? [] : [`#SBATCH --${flag}=${String(value)}`]));
  // `exec`: the signals of Slurm reach the program, and its exit code is that of the task.
  return ["#!/bin/bash", ...asked, ...environment, `exec ${command.map(quoted).join(" ")}`, ""].join("\n");
}

const TASK_VARIABLE = "$SLURM_ARRAY_TASK_ID";

/** A word that the shell leaves as it is. */
function quoted(word: string): string {
  return word === TASK_VARIABLE ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** 0, 1, 2, 5 as `0-2,5`, which is how sbatch takes them. */
export function taskRanges(tasks: readonly number[]): string {
  const sorted = [...tasks].sort((a, b) => a - b);
  const starts = sorted.filter((task, k) => k === 0 || task !== sorted[k - 1] + 1);
  const ends = sorted.filter((task, k) => k === sorted.length - 1 || task !== sorted[k + 1] - 1);
  return starts.map((start, k) => (start === ends[k] ? `${start}` : `${start}-${ends[k]}`)).join(",");
}
