/** Tensors of files and folders on disk, read by range, and how another thread opens them. */

import { join } from "node:path";
import { InputError } from "../errors.ts";
import { type BlockFile, openBlocks, type TensorBlocks } from "./blocks.ts";
import { isCheckpointFolder, listingOf } from "./checkpoint-folder.node.ts";
import { checkpointBlocks } from "./checkpoint-folder.ts";
import { openBriefly, openFileSource } from "./file-source.node.ts";

/** Where this module is: a thread that imports it can call `openReaders`. Bundled code has it in a file of its own beside it. */
export const BLOCKS_MODULE: string = import.meta.url.endsWith(".ts")
  ? import.meta.url
  : new URL("./blocks.node.js", import.meta.url).href;

/** Files and the tensors wanted of each: plain data, for a message to a thread. */
export type ReaderSettings = readonly { readonly path: string; readonly names: readonly string[] }[];

/** The tensors of a file, or of all files of a folder. */
export interface PathBlocks extends BlockFile {
  /** How another thread opens the tensors of these names. */
  settingsOf(names: readonly string[]): ReaderSettings;
  close(): Promise<void>;
}

/**
 * Opens the tensors of a file or folder without reading a value; null where some of it can only be read whole.
 *
 * @throws as `openFileSource`, `readFolder` and `openBlocks`
 */
export async function openPathBlocks(path: string): Promise<PathBlocks | null> {
  if (await isCheckpointFolder(path)) return openFolderBlocks(path);
  const source = await openFileSource(path);
  const file = await openBlocks(source).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  if (file === null) {
    await source.close();
    return null;
  }
  return { ...file, settingsOf: (names) => [{ path, names }], close: source.close };
}

/** Files are open only while they are read: there may be thousands. */
async function openFolderBlocks(folder: string): Promise<PathBlocks | null> {
  const opened = await checkpointBlocks(listingOf(folder), async (path) =>
    openBlocks(await openBriefly(join(folder, path))),
  );
  if (opened === null) return null;
  const { blocks, places } = opened;
  // Neighbours in one file are opened together.
  const settingsOf = (names: readonly string[]) => {
    const files: { path: string; names: string[] }[] = [];
    for (const name of names) {
      const place = places.get(name);
      if (place === undefined) throw new Error(`folder "${folder}": no place of "${name}"`);
      const path = join(folder, place.file);
      const last = files[files.length - 1];
      if (last?.path === path) last.names.push(place.own);
      else files.push({ path, names: [place.own] });
    }
    return files;
  };
  return { ...blocks, settingsOf, close: async () => {} };
}

/**
 * Opens the tensors named, in the order of the settings; the caller closes them.
 *
 * @throws as `openFileSource` and `openBlocks`; InputError `file-changed` where one is no longer there
 */
export async function openReaders(
  settings: ReaderSettings,
): Promise<{ readonly readers: readonly TensorBlocks[]; close(): Promise<void> }> {
  const opened = await Promise.all(settings.map(({ path, names }) => readersOf(path, names)));
  return { readers: opened.flat(), close: async () => {} };
}

async function readersOf(path: string, names: readonly string[]): Promise<readonly TensorBlocks[]> {
  const opened = await openBlocks(await openBriefly(path));
  return names.map((name) => {
    const found = opened?.tensors.find((tensor) => tensor.name === name);
    if (found !== undefined) return found;
    throw new InputError({
      code: "file-changed",
      message: `file "${path}": expected the tensor "${name}" that was there, got none; wait until the file is written, then try again`,
    });
  });
}
