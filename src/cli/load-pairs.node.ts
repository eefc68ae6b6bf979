/** From what a person typed to PairedWeights: which files, which columns, which rows. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readPath } from "../data/index.node.ts";
import type { ReadEvent } from "../data/index.ts";
import { type LoadedPairs, type PairSelection, pairFiles, tableOf } from "../pairing/index.ts";
import type { Table } from "../tensor.ts";
import type { ProgressEvent } from "./terminal.node.ts";

/** Reads one table or two files and pairs them. @throws InputError, UnsupportedError with the sentence to print */
export function loadPairs(
  given: readonly string[],
  selection: PairSelection,
  onProgress?: (event: ProgressEvent) => void,
): Promise<LoadedPairs> {
  const onRead = onProgress && sumOfFiles(onProgress);
  return pairFiles(given, selection, {
    ends: endsOf,
    read: (path) => readPath(path, { sheet: selection.sheet, onRead }),
  });
}

/** Two files are read at once: their progress is one. */
function sumOfFiles(onProgress: (event: ProgressEvent) => void): (event: ReadEvent) => void {
  const files = new Map<string, ReadEvent>();
  return (event) => {
    files.set(event.source, event);
    let [done, total] = [0, 0];
    for (const file of files.values()) [done, total] = [done + file.done, total + file.total];
    onProgress({ done, total, label: "reading", unit: "bytes" });
  };
}

/** A run of `syngeo train` is its weights before and after. @throws InputError `two-runs` */
export async function endsOf(paths: readonly string[]): Promise<readonly string[]> {
  const isFolder = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (!(await Promise.all(paths.map(isFolder))).every(Boolean)) return paths;
  // Files, which most questions are about, need none of what trains networks.
  const { endsOfRun, isRunFolder } = await import("../experiment/index.node.ts");
  if (!(await Promise.all(paths.map(isRunFolder))).every(Boolean)) return paths;
  return endsOfRun(paths, join);
}

/** The table in a file. @throws InputError `not-a-table` */
export async function tableFrom(path: string): Promise<Table> {
  return tableOf(await readPath(path));
}
