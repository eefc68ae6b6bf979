/** The files of a run, by which a folder is one. */

import { InputError } from "../errors.ts";

export const runFiles = {
  record: "run.json",
  metrics: "metrics.jsonl",
  initial: "initial.safetensors",
  final: "final.safetensors",
  /** Final weights and the states of the optimiser, from which a run goes on. */
  state: "state.safetensors",
  snapshots: "snapshots",
  figure: "learning-curve",
} as const;

/**
 * The paths of the weights before and after a run.
 *
 * @param folders  of runs, of which there has to be one
 * @param join     the path of a file in a folder
 * @throws InputError `two-runs`
 */
export function endsOfRun(
  [folder, ...others]: readonly string[],
  join: (folder: string, file: string) => string,
): readonly [string, string] {
  if (others.length === 0) return [join(folder, runFiles.initial), join(folder, runFiles.final)];
  const paths = [folder, ...others];
  const finals = paths.map((path) => join(path, runFiles.final)).join(" ");
  throw new InputError({
    code: "two-runs",
    message: `infer: expected one run, or two files or folders of weights, got two runs ("${paths.join('", "')}"); compare their weights with syngeo infer ${finals}`,
  });
}
