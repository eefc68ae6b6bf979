/** From what a person typed to PairedWeights: which files, which columns, which rows. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readPath } from "../data/index.node.ts";
import { InputError } from "../errors.ts";
import type { PairedWeights } from "../inference/index.ts";
import { type LoadedPairs, type PairSelection, pairContents, tableOf } from "../pairing/index.ts";
import type { Table } from "../tensor.ts";

/** Reads one table or two files and pairs them. @throws InputError, UnsupportedError with the sentence to print */
export async function loadPairs(given: readonly string[], selection: PairSelection): Promise<LoadedPairs> {
  const paths = await endsOfRun(given);
  const contents = await Promise.all(paths.map((path) => readPath(path, { sheet: selection.sheet })));
  const loaded = pairContents(paths, contents, selection);
  return { ...loaded, control: loaded.control ?? (await controlFiles(paths, selection)) };
}

/** Beside two files --control-initial and --control-final are two more, read in the same way. */
async function controlFiles(
  paths: readonly string[],
  selection: PairSelection,
): Promise<PairedWeights | null> {
  const { controlInitial, controlFinal, ...rest } = selection;
  if (paths.length < 2 || controlInitial === undefined || controlFinal === undefined) return null;
  const { pairs } = await loadPairs([controlInitial, controlFinal], { ...rest, repeat: [] });
  return pairs;
}

/** A run of `syngeo train` is its weights before and after. @throws InputError `two-runs` */
export async function endsOfRun(paths: readonly string[]): Promise<readonly string[]> {
  const [folder, ...others] = paths;
  const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (!(await Promise.all(paths.map(isFolder))).every(Boolean)) return paths;
  // Files, which most questions are about, need none of what trains networks.
  const { isRunFolder, runFiles } = await import("../experiment/index.node.ts");
  if (!(await Promise.all(paths.map(isRunFolder))).every(Boolean)) return paths;
  if (others.length > 0) {
    const finals = paths.map((path) => join(path, runFiles.final)).join(" ");
    throw new InputError({
      code: "two-runs",
      message: `infer: expected one run, or two files or folders of weights, got two runs ("${paths.join('", "')}"); compare their weights with syngeo infer ${finals}`,
    });
  }
  return [join(folder, runFiles.initial), join(folder, runFiles.final)];
}

/** The table in a file. @throws InputError `not-a-table` */
export async function tableFrom(path: string): Promise<Table> {
  return tableOf(await readPath(path));
}
