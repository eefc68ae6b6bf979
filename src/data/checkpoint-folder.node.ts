/** Folders of checkpoints on disk. */

import { lstat, readFile as readBytes, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type FolderListing,
  inspectCheckpoints,
  isOneDataSet,
  listCheckpoints,
  readCheckpoints,
} from "./checkpoint-folder.ts";
import type { FileContents, FileDescription, InspectOptions, LeftOut, ReadOptions } from "./file-contents.ts";
import { openFileSource, openingError } from "./file-source.node.ts";
import { inspectFile, readFile } from "./readers.ts";

/** Whether the path is a folder of several files, and not one data set such as that of Zarr. */
export async function isCheckpointFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true && !isOneDataSet(await namesIn(path));
}

const namesIn = (folder: string) =>
  readdir(folder).catch(async (cause: unknown) => {
    throw await openingError(folder, cause);
  });

/** A folder on disk as its files are listed. */
export function listingOf(folder: string): FolderListing {
  return {
    name: folder,
    text: (path) => readBytes(join(folder, path), "utf8"),
    async list(path) {
      const place = join(folder, path);
      const names = await namesIn(place);
      return Promise.all(
        names.map(async (name) => {
          // Links are not followed to folders, which could go on without end: as files they are refused with the reason.
          const isFolder = (await lstat(join(place, name)).catch(() => null))?.isDirectory();
          return isFolder ? `${name}/` : name;
        }),
      );
    },
  };
}

/** The tensors of a folder, as `readCheckpoints` names them. @throws as `readCheckpoints` */
export const readFolder = (folder: string, options?: ReadOptions): Promise<FileContents> =>
  readCheckpoints(listingOf(folder), async (path) => {
    const source = await openFileSource(join(folder, path));
    return readFile(source, options).finally(source.close);
  });

/** Describes what `readFolder` reads. @throws as `readFolder` */
export const inspectFolder = (folder: string, options?: InspectOptions): Promise<FileDescription> =>
  inspectCheckpoints(listingOf(folder), (path) => inspectOne(join(folder, path), options));

/** The checkpoints of a folder, as `listCheckpoints` orders them. @throws as `readFolder` */
export const checkpointsIn = (
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly leftOut: readonly LeftOut[] }> =>
  listCheckpoints(listingOf(folder), (path) => inspectOne(join(folder, path), undefined));

async function inspectOne(path: string, options: InspectOptions | undefined): Promise<FileDescription> {
  const source = await openFileSource(path);
  return inspectFile(source, options).finally(source.close);
}
