/** What is known of a run: its settings, how it went, and where its files are. */

import { InputError } from "../errors.ts";
import { type Experiment, parseExperiment } from "./experiment.ts";
import type { Position } from "./passes.ts";
import type { Results } from "./results.ts";
import type { SearchRound } from "./search.ts";
import type { TrainOutcome } from "./train.ts";

export const RUN_SCHEMA = "syngeo.run/1";

/** The content of `run.json`. */
export interface RunRecord {
  readonly schema: typeof RUN_SCHEMA;
  readonly experiment: Experiment;
  readonly status: "running" | TrainOutcome["status"];
  /** One sentence where the status is not `done`, or where the loss rose. */
  readonly message: string;
  /** Passes of the run itself, extensions of the goal included. */
  readonly passes: number;
  /** The rate that was given or found; null while it is searched. */
  readonly learningRate: number | null;
  readonly search: readonly SearchRound[];
  readonly results: Results | null;
  /** Where an interrupted run goes on; null for others. */
  readonly position: Position | null;
  readonly versions: Readonly<Record<string, string>>;
  /** Beginning, in UTC. */
  readonly started: string;
  /** Seconds of work, those before an interruption included. */
  readonly seconds: number;
}

/**
 * A run record from parsed JSON.
 *
 * @throws InputError `not-a-run`, `bad-experiment`
 */
export function parseRunRecord(json: unknown, source: string): RunRecord {
  const record = typeof json === "object" && json !== null ? json : {};
  const schema = "schema" in record ? record.schema : undefined;
  if (schema !== RUN_SCHEMA || !("experiment" in record)) {
    throw new InputError({
      code: "not-a-run",
      message: `${source}: expected a run of the schema ${RUN_SCHEMA}, got ${JSON.stringify(schema) ?? "none"}; give a folder that syngeo train has written`,
    });
  }
  const experiment = parseExperiment(record.experiment, source);
  // The settings are checked key by key; the rest was written by this program under this schema.
  return { ...(record as RunRecord), experiment };
}
