/** The weights that a run starts from where another has learned them. */

import { join, resolve } from "node:path";
import { InputError } from "../errors.ts";
import type { Tensors } from "../graph/index.ts";
import type { Experiment } from "./experiment.ts";
import { runFiles } from "./run-files.ts";
import { readRecord, readTensors } from "./run-folder.node.ts";
import type { RunRecord } from "./run-record.ts";

type DigitSettings = Extract<Experiment["task"], { readonly name: "digits" }>;

/**
 * The final weights of the run that an experiment names as pretrained; null where it names none.
 *
 * @throws InputError `not-a-run`, `not-learned` where that run did not end well, `not-held-out` where digits that are held out
 *   here were learned from there
 */
export async function pretrainedOf(experiment: Experiment): Promise<Tensors | null> {
  const { pretrained } = experiment;
  if (pretrained === null) return null;
  const record = await readRecord(pretrained);
  requireLearned(pretrained, record);
  requireHeldOut(experiment, record.experiment);
  return readTensors(join(pretrained, runFiles.final));
}

function requireLearned(folder: string, { status }: RunRecord): void {
  if (status === "done" || status === "goal-missed") return;
  const advice = status === "diverged" ? "lower its rate" : `end it with --resume ${folder}`;
  throw new InputError({
    code: "not-learned",
    message: `--pretrained: expected a run that is done, got one that is ${status} ("${folder}"); ${advice}`,
  });
}

/** Digits that a run holds out must not be among those that its weights have learned from. */
function requireHeldOut({ task, seed }: Experiment, before: Experiment): void {
  if (task.name !== "digits" || before.task.name !== "digits") return;
  const refuse = (expected: string, got: string, advice: string) => {
    throw new InputError({
      code: "not-held-out",
      message: `--pretrained: expected ${expected}, got ${got}; ${advice}`,
    });
  };
  const earlier = before.task;
  if (divisionOf(task) !== divisionOf(earlier)) {
    refuse(
      `the pretrained run's ${divisionOf(earlier)}`,
      divisionOf(task),
      "else it has learned what is held out",
    );
  }
  if (!drawsHeldOut(earlier)) return;
  const isSame = drawsHeldOut(task) && task.samples === earlier.samples && seed === before.seed;
  if (isSame) return;
  const wanted = `the pretrained run's ${earlier.samples} held-out digits of seed ${before.seed}`;
  const got = drawsHeldOut(task) ? `${task.samples} of seed ${seed}` : "others";
  refuse(wanted, got, "some that it has learned from would count as held out");
}

/** What is held out, in words. */
const divisionOf = ({ folder, heldOut }: DigitSettings) =>
  folder === null ? `${heldOut} held-out digits of the package` : `digits of "${resolve(folder)}"`;

const drawsHeldOut = ({ samples, samplesFrom }: DigitSettings) =>
  samples !== null && samplesFrom === "held-out";
