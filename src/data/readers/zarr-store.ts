/** Where the files of a Zarr store are: a folder, or a zip archive of one. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { folderOfFiles, type SourceFolder } from "../source-folder.ts";
import { isZip, listZip, openZipEntry } from "../zip.ts";

const marks = /(?:^|\/)(?:zarr\.json|\.zgroup|\.zarray)$/;

/** The folder of the store, and the path of its root there. @throws InputError `bad-zarr`; UnsupportedError `no-folder` */
export async function zarrFolder(
  source: ByteSource,
  options: SliceOptions | undefined,
): Promise<{ readonly folder: SourceFolder; readonly root: string }> {
  if (await isZip(source, options)) return archiveFolder(source, options);
  if (source.folder !== undefined && marks.test(source.name.replaceAll("\\", "/"))) {
    return { folder: source.folder, root: "" };
  }
  throw new UnsupportedError({
    code: "no-folder",
    message: `zarr "${source.name}": expected the folder of a store or a zip archive of it, got a single file; give the folder by its path`,
  });
}

async function archiveFolder(source: ByteSource, options: SliceOptions | undefined) {
  const entries = await listZip(source, options);
  const depth = (path: string) => path.split("/").length;
  const [mark] = entries
    .map(({ name }) => name)
    .filter((name) => marks.test(name))
    .sort((a, b) => depth(a) - depth(b));
  if (mark === undefined) {
    throw new InputError({
      code: "bad-zarr",
      message: `zarr "${source.name}": expected an archive with zarr.json, .zgroup or .zarray, got none; pack the folder of the store again`,
    });
  }
  const files = entries
    .filter(({ name }) => !name.endsWith("/"))
    .map((entry) => [entry.name, () => openZipEntry(source, entry, options)] as const);
  return { folder: folderOfFiles(source.name, new Map(files)), root: mark.split("/").slice(0, -1).join("/") };
}
