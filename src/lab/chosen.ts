/** What a visitor drops or chooses: files, and folders with their files. */

import {
  blobSource,
  type ChosenFolder,
  type FileContents,
  type ReadOptions,
  readChosenFolder,
  readFile,
} from "../data/index.ts";
import { InputError } from "../errors.ts";

export type Chosen = File | ChosenFolder;

export const isFolder = (chosen: Blob | ChosenFolder): chosen is ChosenFolder => !(chosen instanceof Blob);

/** Far more than a folder of checkpoints or a Zarr store has. */
const MOST_FILES = 100_000;

/** @param name  of a file in messages @throws InputError, UnsupportedError with the reader's sentence */
export const readChosen = (
  name: string,
  chosen: Blob | ChosenFolder,
  options?: ReadOptions,
): Promise<FileContents> =>
  isFolder(chosen) ? readChosenFolder(chosen, options) : readFile(blobSource(name, chosen), options);

/**
 * What was dropped, folders with all that is in them.
 *
 * Has to be called while the event is heard: afterwards a transfer is empty.
 *
 * @throws InputError `too-many-files`, `file-unreadable`
 */
export async function chosenIn(transfer: DataTransfer): Promise<readonly Chosen[]> {
  const dropped = Array.from(transfer.items)
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const chosen = await Promise.all(
    dropped.map(({ entry, file }) => (isDirectory(entry) ? folderOf(entry) : file)),
  );
  return chosen.filter((each) => each !== null);
}

const isDirectory = (entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry =>
  entry?.isDirectory === true;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function folderOf(root: FileSystemDirectoryEntry): Promise<ChosenFolder> {
  const { name } = root;
  const files = new Map<string, File>();
  const walk = async (directory: FileSystemDirectoryEntry, place: string): Promise<void> => {
    for (const entry of await entriesOf(name, directory)) {
      const path = `${place}${entry.name}`;
      if (isDirectory(entry)) await walk(entry, `${path}/`);
      else if (isFile(entry)) files.set(path, await fileOf(`${name}/${path}`, entry));
      if (files.size > MOST_FILES) throw tooMany(name);
    }
  };
  await walk(root, "");
  return { name, files };
}

/** A directory gives its entries some at a time, and none at the end. */
async function entriesOf(name: string, directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail)).catch(
      (cause: unknown) => {
        throw unreadable(`folder "${name}"`, cause);
      },
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const fileOf = (path: string, entry: FileSystemFileEntry): Promise<File> =>
  new Promise<File>((done, fail) => entry.file(done, fail)).catch((cause: unknown) => {
    throw unreadable(`file "${path}"`, cause);
  });

function unreadable(where: string, cause: unknown): InputError {
  return new InputError({
    code: "file-unreadable",
    message: `${where}: expected to be allowed to read it, got ${String(cause)}; change its permissions or copy it`,
    cause,
  });
}

function tooMany(name: string): InputError {
  return new InputError({
    code: "too-many-files",
    message: `folder "${name}": expected up to ${MOST_FILES} files, got more; choose a folder inside it`,
  });
}

/** A folder that was chosen by a field; null where it is empty. @throws InputError `too-many-files` */
export function folderOfList(list: readonly File[]): ChosenFolder | null {
  if (list.length === 0) return null;
  const [name] = list[0].webkitRelativePath.split("/");
  if (list.length > MOST_FILES) throw tooMany(name);
  const files = list.map((file) => [file.webkitRelativePath.slice(name.length + 1), file] as const);
  return { name, files: new Map(files) };
}
