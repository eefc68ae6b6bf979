/** A folder whose files are at hand, such as one that was chosen in a browser: read as one on disk is by its path. */

import { type BlockFile, openBlocks } from "./blocks.ts";
import { type ByteSource, blobSource, type SliceOptions } from "./byte-source.ts";
import {
  checkpointBlocks,
  type FolderListing,
  folderMarks,
  inspectCheckpoints,
  readCheckpoints,
} from "./checkpoint-folder.ts";
import type { FileContents, FileDescription, InspectOptions, ReadOptions } from "./file-contents.ts";
import { formats, inspectFile, readFile } from "./readers.ts";
import { folderOfFiles, type SourceFolder } from "./source-folder.ts";
import { describeTables, readTables } from "./stack-tables.ts";

/** Plain data that survives a message to a worker. */
export interface ChosenFolder {
  readonly name: string;
  /** By their paths inside the folder, with "/" between the parts. */
  readonly files: ReadonlyMap<string, Blob>;
}

/**
 * What a folder holds: the arrays of its data set (Zarr); its tables as one, where it has nothing else; or the tensors of all
 * its files, named as `readCheckpoints` does.
 *
 * @throws as `readFile` and `readCheckpoints`
 */
export async function readChosenFolder(folder: ChosenFolder, options?: ReadOptions): Promise<FileContents> {
  const listing = listingOf(folder);
  const mark = await markIn(listing, "");
  if (mark !== null) return readFile(sourceAt(folder, mark), options);
  const pattern = tablePatternOf(folder);
  if (pattern !== null) return tablesIn(folder, pattern, options);
  return readCheckpoints(listing, async (path) => readFile(await sourceOf(folder, listing, path), options));
}

/** Describes what `readChosenFolder` reads. @throws as `readChosenFolder` */
export async function inspectChosenFolder(
  folder: ChosenFolder,
  options?: InspectOptions,
): Promise<FileDescription> {
  const listing = listingOf(folder);
  const mark = await markIn(listing, "");
  if (mark !== null) return inspectFile(sourceAt(folder, mark), options);
  const pattern = tablePatternOf(folder);
  if (pattern !== null) return describeTables(await tablesIn(folder, pattern, options));
  return inspectCheckpoints(listing, async (path) =>
    inspectFile(await sourceOf(folder, listing, path), options),
  );
}

/** The tensors of a folder, to be read by range; null where some of it can only be read whole. @throws as `readChosenFolder` */
export async function openChosenFolder(
  folder: ChosenFolder,
  options?: SliceOptions,
): Promise<BlockFile | null> {
  const listing = listingOf(folder);
  if ((await markIn(listing, "")) !== null || tablePatternOf(folder) !== null) return null;
  const opened = await checkpointBlocks(listing, async (path) =>
    openBlocks(await sourceOf(folder, listing, path), options),
  );
  return opened?.blocks ?? null;
}

/** The pattern of paths by which `readPath` reads the same as one table; null for a folder of anything but tables of one ending. */
export function tablePatternOf({ name, files }: ChosenFolder): string | null {
  const own = [...files.keys()].filter((path) => !path.startsWith("."));
  const endings = new Set(own.map((path) => /\.[^.]*$/.exec(path)?.[0] ?? ""));
  const [ending = ""] = endings;
  const isTable = formats.some((format) => format.isTable && format.endings.includes(ending.toLowerCase()));
  return endings.size === 1 && isTable && !own.some((path) => path.includes("/"))
    ? `${name}/*${ending}`
    : null;
}

function tablesIn(folder: ChosenFolder, pattern: string, options: ReadOptions | undefined) {
  const own = [...folder.files.keys()].filter((path) => !path.startsWith(".")).sort();
  const place = `${folder.name}/`;
  return readTables(
    pattern,
    own.map((path) => place + path),
    (path) => readFile(sourceAt(folder, path.slice(place.length)), options),
  );
}

function listingOf({ name, files }: ChosenFolder): FolderListing {
  return {
    name,
    text: async (path) => (await files.get(path)?.text()) ?? "",
    list: folderOfFiles(name, sourcesIn(name, files)).list,
  };
}

/** The file at a path; of a folder that is one data set, the file that says so. */
async function sourceOf(folder: ChosenFolder, listing: FolderListing, path: string): Promise<ByteSource> {
  const mark = folder.files.has(path) ? null : await markIn(listing, path);
  return sourceAt(folder, mark === null ? path : `${path}/${mark}`);
}

async function markIn(listing: FolderListing, path: string): Promise<string | null> {
  const names = await listing.list(path);
  return folderMarks.find((mark) => names.includes(mark)) ?? null;
}

function sourceAt({ name, files }: ChosenFolder, path: string): ByteSource {
  const blob = files.get(path);
  if (blob === undefined) throw new Error(`folder "${name}": no file at "${path}"`);
  const place = path.slice(0, path.lastIndexOf("/") + 1);
  const own = `${name}/${path}`;
  // Most files need none of their neighbours, of which there may be thousands.
  const beside = () => {
    const near = [...files].filter(([other]) => other.startsWith(place));
    const within = near.map(([other, each]) => [other.slice(place.length), each] as const);
    return folderOfFiles(own, sourcesIn(`${name}/${place}`.replace(/\/$/, ""), new Map(within)));
  };
  const folder: SourceFolder = { open: (at) => beside().open(at), list: (at) => beside().list(at) };
  return { ...blobSource(own, blob), folder };
}

const sourcesIn = (name: string, files: ReadonlyMap<string, Blob>) =>
  new Map(Array.from(files, ([path, blob]) => [path, () => blobSource(`${name}/${path}`, blob)] as const));
