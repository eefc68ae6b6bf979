/** Which checkpoints a series is of: files as given, those of a folder, or those of a run. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkpointsIn, isCheckpointFolder, openFileSource } from "../data/index.node.ts";
import { InputError } from "../errors.ts";
import { isRunFolder, runFiles } from "../experiment/index.node.ts";
import type { LeftOut } from "../inference/index.ts";

export interface CheckpointSeries {
  /** As read. */
  readonly paths: readonly string[];
  /** As named in the table. */
  readonly names: readonly string[];
  /** What of the folder is no checkpoint. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * The checkpoints in order.
 *
 * @throws InputError `too-few-snapshots`; as `openFileSource` and `checkpointsIn`
 */
export async function seriesOf(given: readonly string[]): Promise<CheckpointSeries> {
  const [path] = given;
  const series = given.length > 1 ? await seriesOfFiles(given) : await seriesIn(path);
  if (series.paths.length >= 2) return series;
  const got = `${series.paths.length} ("${path}"${series.names[0] === path ? "" : ` with ${series.names[0]}`})`;
  throw new InputError({
    code: "too-few-snapshots",
    message: `--snapshots: expected a folder of two checkpoints or more, or the files in order, got ${got}; such as syngeo infer checkpoints/ --snapshots`,
  });
}

/** A misspelt name is noticed before the work. */
async function seriesOfFiles(paths: readonly string[]): Promise<CheckpointSeries> {
  for (const path of paths) {
    if (!(await isCheckpointFolder(path))) await (await openFileSource(path)).close();
  }
  return { paths, names: paths, leftOut: [] };
}

async function seriesIn(path: string): Promise<CheckpointSeries> {
  if (await isRunFolder(path)) return seriesOfRun(path);
  if (!(await isCheckpointFolder(path))) return seriesOfFiles([path]);
  const { names, leftOut } = await checkpointsIn(path);
  return { paths: names.map((name) => join(path, name)), names, leftOut };
}

/** The weights that a run started from, those it kept, and its last, unless it was interrupted. */
async function seriesOfRun(folder: string): Promise<CheckpointSeries> {
  const kept = await readdir(join(folder, runFiles.snapshots)).catch((): string[] => []);
  const snapshots = kept
    .filter((name) => name.endsWith(".safetensors"))
    .sort()
    .map((name) => `${runFiles.snapshots}/${name}`);
  const latest = snapshots.at(-1);
  const isEnded = (await stat(join(folder, runFiles.final)).catch(() => null)) !== null;
  // A run whose last pass is kept has its last weights twice.
  const isTwice = isEnded && latest !== undefined && (await areSame(folder, latest, runFiles.final));
  const names = [
    runFiles.initial,
    ...(isTwice ? snapshots.slice(0, -1) : snapshots),
    ...(isEnded ? [runFiles.final] : []),
  ];
  const leftOut = isTwice ? [{ name: latest, reason: `the same as ${runFiles.final}` }] : [];
  return { paths: names.map((name) => join(folder, name)), names, leftOut };
}

async function areSame(folder: string, one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((name) => readFile(join(folder, name))));
  return first.equals(second);
}
