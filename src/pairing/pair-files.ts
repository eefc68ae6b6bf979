/** From what a person named to PairedWeights, wherever the files are: on disk, or chosen in a browser. */

import type { FileContents } from "../data/index.ts";
import { type LoadedPairs, pairContents } from "./pair-contents.ts";
import type { PairSelection } from "./table-pairs.ts";

/** How named files and folders are reached. */
export interface FileAccess {
  /** The files of what was named: of a run its weights before and after, of all else itself. */
  ends(names: readonly string[]): Promise<readonly string[]>;
  read(name: string): Promise<FileContents>;
}

/**
 * Reads one table or two files and pairs them; beside two files --control-initial and --control-final are two more, read in
 * the same way.
 *
 * @throws InputError, UnsupportedError with the sentence to show
 */
export async function pairFiles(
  given: readonly string[],
  selection: PairSelection,
  access: FileAccess,
): Promise<LoadedPairs> {
  const names = await access.ends(given);
  const loaded = pairContents(names, await Promise.all(names.map(access.read)), selection);
  const { controlInitial, controlFinal, ...rest } = selection;
  if (names.length < 2 || loaded.control !== null) return loaded;
  if (controlInitial === undefined || controlFinal === undefined) return loaded;
  const control = await pairFiles([controlInitial, controlFinal], { ...rest, repeat: [] }, access);
  return { ...loaded, control: control.pairs };
}
