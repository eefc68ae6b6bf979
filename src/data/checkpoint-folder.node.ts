/** A folder of checkpoints: its files read as one set of tensors, each named by its file. */

import { lstat, readFile as readBytes, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { InputError, UnsupportedError } from "../errors.ts";
import type { FileContents, FileDescription, InspectOptions, LeftOut, ReadOptions } from "./file-contents.ts";
import { folderMarks, openFileSource, openingError } from "./file-source.node.ts";
import { inspectFile, readFile } from "./readers.ts";

const MOST_FILES = 10_000;
/** The index of a model that is cut into several files, which are read through it. */
const INDEX = /\.index\.json$/i;
/** epoch2 before epoch10. */
const byNumber = new Intl.Collator("en", { numeric: true });

/** Whether the path is a folder of several files, and not one data set such as that of Zarr. */
export async function isCheckpointFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true && !isOneDataSet(await namesIn(path));
}

const namesIn = (folder: string) =>
  readdir(folder).catch(async (cause: unknown) => {
    throw await openingError(folder, cause);
  });

const isOneDataSet = (names: readonly string[]) => folderMarks.some((mark) => names.includes(mark));

/**
 * The files of a folder by their paths inside it, in the natural order of their names; hidden ones are passed over, and so
 * are the parts of a model that an index names.
 *
 * @throws InputError `too-many-files`
 */
export async function checkpointFiles(folder: string): Promise<readonly string[]> {
  const found = await filesIn(folder, folder);
  if (found.length > MOST_FILES) {
    throw new InputError({
      code: "too-many-files",
      message: `folder "${folder}": expected up to ${MOST_FILES} files, got ${found.length}; name a folder inside it`,
    });
  }
  const parts = new Set(
    (await Promise.all(found.filter((file) => INDEX.test(file)).map((file) => partsOf(folder, file)))).flat(),
  );
  return found.filter((file) => !parts.has(file)).sort(byNumber.compare);
}

async function filesIn(root: string, folder: string): Promise<readonly string[]> {
  const names = (await namesIn(folder)).filter((name) => !name.startsWith("."));
  const nested = await Promise.all(
    names.map(async (name): Promise<readonly string[]> => {
      const path = join(folder, name);
      // Links are not followed to folders, which could go on without end: as files they are refused with the reason.
      const isFolder =
        (await lstat(path).catch(() => null))?.isDirectory() && !isOneDataSet(await namesIn(path));
      return isFolder ? filesIn(root, path) : [relative(root, path).split(sep).join("/")];
    }),
  );
  return nested.flat();
}

/** The files that an index names; none where it is broken, which its reader then says. */
async function partsOf(folder: string, index: string): Promise<readonly string[]> {
  try {
    const json: unknown = JSON.parse(await readBytes(join(folder, index), "utf8"));
    const map = typeof json === "object" && json !== null && "weight_map" in json ? json.weight_map : null;
    const names = typeof map === "object" && map !== null ? Object.values(map) : [];
    const place = index.slice(0, index.lastIndexOf("/") + 1);
    return names.map((name) => `${place}${String(name)}`);
  } catch {
    return [];
  }
}

/**
 * All tensors of a folder, named `FILE/TENSOR`, or `FILE` where a file has one array without a name of its own (.npy).
 * Files that are no checkpoints are left out, each with its reason.
 *
 * @throws InputError `no-checkpoints`
 */
export async function readFolder(folder: string, options?: ReadOptions): Promise<FileContents> {
  const { found, leftOut } = await eachFile(folder, (path) => readOne(path, options));
  const tensors = found.flatMap(({ file, content }) =>
    content.tensors.map(({ name, tensor }) => ({ name: nameIn(file, content.format, name), tensor })),
  );
  return { kind: "tensors", format: formatOfFolder(found), tensors, leftOut, isFolder: true };
}

/** Describes what `readFolder` reads. @throws as `readFolder` */
export async function inspectFolder(folder: string, options?: InspectOptions): Promise<FileDescription> {
  const { found, leftOut } = await eachFile(folder, (path) => inspectOne(path, options));
  const tensors = found.flatMap(({ file, content }) =>
    content.tensors.map((tensor) => ({ ...tensor, name: nameIn(file, content.format, tensor.name) })),
  );
  return { kind: "tensors", format: formatOfFolder(found), tensors, leftOut };
}

/**
 * The checkpoints of a folder in the natural order of their names: its files of arrays; where all such lie in folders of it,
 * those folders. What is none of them has its reason.
 *
 * @throws as `readFolder`
 */
export async function checkpointsIn(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly leftOut: readonly LeftOut[] }> {
  const { found, leftOut } = await eachFile(folder, (path) => inspectOne(path, undefined));
  const files = found.map(({ file }) => file);
  const folders = [...new Set(files.filter(isDeeper).map((file) => file.slice(0, file.indexOf("/"))))];
  const own = files.filter((file) => !isDeeper(file));
  if (own.length === 0) return { names: folders, leftOut };
  const beside = folders.map((name) => ({ name, reason: "a folder beside checkpoints; give it by itself" }));
  return { names: own, leftOut: [...leftOut, ...beside] };
}

const isDeeper = (file: string) => file.includes("/");

/** What a tensor of a file of the folder is called. */
export const nameIn = (file: string, format: string, name: string) =>
  format === "npy" ? file : `${file}/${name}`;

interface Read<Content> {
  readonly file: string;
  readonly content: Content;
}

export const formatOfFolder = (found: readonly unknown[]) =>
  `folder of ${found.length} ${found.length === 1 ? "file" : "files"}`;

/** What was found in each file that holds tensors, one after the other. */
export async function eachFile<
  Content extends { readonly kind: string; readonly leftOut?: readonly LeftOut[] },
>(
  folder: string,
  open: (path: string) => Promise<Content>,
): Promise<{
  readonly found: readonly Read<Extract<Content, { readonly kind: "tensors" }>>[];
  readonly leftOut: readonly LeftOut[];
}> {
  const found: Read<Extract<Content, { readonly kind: "tensors" }>>[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of await checkpointFiles(folder)) {
    try {
      const content = await open(join(folder, file));
      if (isTensors(content)) found.push({ file, content });
      else leftOut.push({ name: file, reason: "a table; give it by itself" });
      leftOut.push(
        ...(content.leftOut ?? []).map(({ name, reason }) => ({ name: `${file}/${name}`, reason })),
      );
    } catch (error) {
      if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
      // That a text or a picture lies beside checkpoints needs no list of formats.
      const reason = error.code === "unknown-format" ? "no format that is read" : error.message;
      leftOut.push({ name: file, reason });
    }
  }
  if (found.length > 0) return { found, leftOut };
  const got =
    leftOut.length === 0
      ? "no files"
      : leftOut
          .map(({ name, reason }) => `${name} (${reason})`)
          .slice(0, 3)
          .join(", ");
  throw new InputError({
    code: "no-checkpoints",
    message: `folder "${folder}": expected files of arrays in it, got ${got}; name a folder of checkpoints, or a file`,
  });
}

const isTensors = <Content extends { readonly kind: string }>(
  content: Content,
): content is Extract<Content, { readonly kind: "tensors" }> => content.kind === "tensors";

async function readOne(path: string, options: ReadOptions | undefined): Promise<FileContents> {
  const source = await openFileSource(path);
  return readFile(source, options).finally(source.close);
}

async function inspectOne(path: string, options: InspectOptions | undefined): Promise<FileDescription> {
  const source = await openFileSource(path);
  return inspectFile(source, options).finally(source.close);
}
