/** A folder of checkpoints: its files read as one set of tensors, each named by its file. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { BlockFile, TensorBlocks } from "./blocks.ts";
import type { FileContents, FileDescription, LeftOut } from "./file-contents.ts";

const MOST_FILES = 10_000;
/** The index of a model that is cut into several files, which are read through it. */
const INDEX = /\.index\.json$/i;

/** Files by which a folder is one data set: those of Zarr, version 3 and 2. */
export const folderMarks: readonly string[] = ["zarr.json", ".zgroup", ".zarray"];

export const isOneDataSet = (names: readonly string[]): boolean =>
  folderMarks.some((mark) => names.includes(mark));

/** What lies in a folder, on disk or in a browser. */
export interface FolderListing {
  /** As messages call it. */
  readonly name: string;
  /** What lies in a folder within ("" for the folder itself); names of folders end with "/". */
  list(path: string): Promise<readonly string[]>;
  text(path: string): Promise<string>;
}

/**
 * The files of a folder by their paths inside it, in the natural order of their names; a folder that is one data set counts
 * as a file, hidden ones are passed over, and so are the parts of a model that an index names.
 *
 * @throws InputError `too-many-files`
 */
async function checkpointFiles(folder: FolderListing): Promise<readonly string[]> {
  const found = await filesIn(folder, "");
  if (found.length > MOST_FILES) {
    throw new InputError({
      code: "too-many-files",
      message: `folder "${folder.name}": expected up to ${MOST_FILES} files, got ${found.length}; name a folder inside it`,
    });
  }
  const indices = found.filter((file) => INDEX.test(file));
  const parts = new Set((await Promise.all(indices.map((file) => partsOf(folder, file)))).flat());
  // epoch2 before epoch10; made here, because making it takes as long as reading a small file.
  const byNumber = new Intl.Collator("en", { numeric: true });
  return found.filter((file) => !parts.has(file)).sort(byNumber.compare);
}

async function filesIn(folder: FolderListing, within: string): Promise<readonly string[]> {
  const names = (await folder.list(within)).filter((name) => !name.startsWith("."));
  const nested = await Promise.all(
    names.map(async (name): Promise<readonly string[]> => {
      const path = `${within}${within === "" ? "" : "/"}${name.replace(/\/$/, "")}`;
      const isFolder = name.endsWith("/") && !isOneDataSet(await folder.list(path));
      return isFolder ? filesIn(folder, path) : [path];
    }),
  );
  return nested.flat();
}

/** The files that an index names; none where it is broken, which its reader then says. */
async function partsOf(folder: FolderListing, index: string): Promise<readonly string[]> {
  try {
    const json: unknown = JSON.parse(await folder.text(index));
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
 * @param read  the contents of a file at a path inside the folder
 * @throws InputError `no-checkpoints`
 */
export async function readCheckpoints(
  folder: FolderListing,
  read: (path: string) => Promise<FileContents>,
): Promise<FileContents> {
  const { found, leftOut } = await eachCheckpoint(folder, read);
  const tensors = found.flatMap(({ file, content }) =>
    content.tensors.map(({ name, tensor }) => ({ name: nameIn(file, content.format, name), tensor })),
  );
  return { kind: "tensors", format: formatOf(found), tensors, leftOut, isFolder: true };
}

/** Describes what `readCheckpoints` reads. @throws as `readCheckpoints` */
export async function inspectCheckpoints(
  folder: FolderListing,
  inspect: (path: string) => Promise<FileDescription>,
): Promise<FileDescription> {
  const { found, leftOut } = await eachCheckpoint(folder, inspect);
  const tensors = found.flatMap(({ file, content }) =>
    content.tensors.map((tensor) => ({ ...tensor, name: nameIn(file, content.format, tensor.name) })),
  );
  return { kind: "tensors", format: formatOf(found), tensors, leftOut };
}

/** Where a tensor of a folder lies: its file, by the path inside, and its name there. */
export interface PlaceInFolder {
  readonly file: string;
  readonly own: string;
}

/**
 * The tensors of a folder, to be read by range, and where each lies; null where some of it can only be read whole.
 *
 * @throws as `readCheckpoints`
 */
export async function checkpointBlocks(
  folder: FolderListing,
  open: (path: string) => Promise<BlockFile | null>,
): Promise<{ readonly blocks: BlockFile; readonly places: ReadonlyMap<string, PlaceInFolder> } | null> {
  let isWhole = false;
  const { found, leftOut } = await eachCheckpoint(folder, async (path) => {
    const file = await open(path);
    if (file?.kind === "table") return { kind: "table" as const };
    if (file === null) isWhole = true;
    return { format: "", tensors: [], leftOut: [], ...file, kind: "tensors" as const };
  });
  if (isWhole) return null;
  const places = new Map<string, PlaceInFolder>();
  const tensors = found.flatMap(({ file, content }) =>
    content.tensors.map((tensor: TensorBlocks) => {
      const name = nameIn(file, content.format, tensor.name);
      places.set(name, { file, own: tensor.name });
      return { ...tensor, name };
    }),
  );
  return { blocks: { kind: "tensors", format: formatOf(found), tensors, leftOut, isFolder: true }, places };
}

/**
 * The checkpoints of a folder in the natural order of their names: its files of arrays; where all such lie in folders of it,
 * those folders. What is none of them has its reason.
 *
 * @throws as `readCheckpoints`
 */
export async function listCheckpoints(
  folder: FolderListing,
  inspect: (path: string) => Promise<FileDescription>,
): Promise<{ readonly names: readonly string[]; readonly leftOut: readonly LeftOut[] }> {
  const { found, leftOut } = await eachCheckpoint(folder, inspect);
  const files = found.map(({ file }) => file);
  const folders = [...new Set(files.filter(isDeeper).map((file) => file.slice(0, file.indexOf("/"))))];
  const own = files.filter((file) => !isDeeper(file));
  if (own.length === 0) return { names: folders, leftOut };
  const beside = folders.map((name) => ({ name, reason: "a folder beside checkpoints; give it by itself" }));
  return { names: own, leftOut: [...leftOut, ...beside] };
}

const isDeeper = (file: string) => file.includes("/");

/** What a tensor of a file of the folder is called. */
const nameIn = (file: string, format: string, name: string) => (format === "npy" ? file : `${file}/${name}`);

interface Read<Content> {
  readonly file: string;
  readonly content: Content;
}

const formatOf = (found: readonly unknown[]) =>
  `folder of ${found.length} ${found.length === 1 ? "file" : "files"}`;

/** What was found in each file that holds tensors, one after the other. */
async function eachCheckpoint<
  Content extends { readonly kind: string; readonly leftOut?: readonly LeftOut[] },
>(
  folder: FolderListing,
  open: (path: string) => Promise<Content>,
): Promise<{
  readonly found: readonly Read<Extract<Content, { readonly kind: "tensors" }>>[];
  readonly leftOut: readonly LeftOut[];
}> {
  const found: Read<Extract<Content, { readonly kind: "tensors" }>>[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of await checkpointFiles(folder)) {
    try {
      const content = await open(file);
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
    message: `folder "${folder.name}": expected files of arrays in it, got ${got}; name a folder of checkpoints, or a file`,
  });
}

const isTensors = <Content extends { readonly kind: string }>(
  content: Content,
): content is Extract<Content, { readonly kind: "tensors" }> => content.kind === "tensors";
