/** Tensors of files on disk, read by range, and how another thread opens them. */

import { InputError } from "../errors.ts";
import { openBlocks, type TensorBlocks } from "./blocks.ts";
import { openFileSource } from "./file-source.node.ts";

/** Where this module is: a thread that imports it can call `openReaders`. */
export const BLOCKS_MODULE: string = import.meta.url;

/** A file and the tensors wanted of it: plain data, for a message to a thread. */
export interface ReaderSettings {
  readonly path: string;
  readonly names: readonly string[];
}

/**
 * Opens the tensors named, in the order of the names; the caller closes them.
 *
 * @throws as `openFileSource` and `openBlocks`; InputError `file-changed` where one is no longer there
 */
export async function openReaders({
  path,
  names,
}: ReaderSettings): Promise<{ readonly readers: readonly TensorBlocks[]; close(): Promise<void> }> {
  const source = await openFileSource(path);
  try {
    const opened = await openBlocks(source);
    const readers = names.map((name) => {
      const found = opened?.tensors.find((tensor) => tensor.name === name);
      if (found !== undefined) return found;
      throw new InputError({
        code: "file-changed",
        message: `file "${path}": expected the tensor "${name}" that was there, got none; wait until the file is written, then try again`,
      });
    });
    return { readers, close: source.close };
  } catch (error) {
    await source.close();
    throw error;
  }
}
