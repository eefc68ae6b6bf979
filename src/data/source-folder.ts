/** The files around a file, for formats that spread over several. */

import { InputError } from "../errors.ts";
import type { ByteSource } from "./byte-source.ts";

/** The files around a source. Paths are relative to its folder, with "/" between the parts. */
export interface SourceFolder {
  /**
   * The file at a path, or null where there is none.
   *
   * @throws InputError `outside-folder` for a path, or a link on the disk, that leads out of the folder
   */
  open(path: string): Promise<ByteSource | null>;
  /** What lies in a folder within ("" for the folder itself), in order; names of folders end with "/". */
  list(path: string): Promise<readonly string[]>;
}

/** Throws unless a path stays in its folder: relative, its parts neither "..", "." nor empty. */
export function requireInside(source: string, path: string): void {
  const isPlain = (part: string) => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part);
  if (!path.split("/").every(isPlain)) throw outsideFolder(source, path);
}

/** The error for a path that leads out of the folder of the file that names it. */
export function outsideFolder(source: string, path: string): InputError {
  return new InputError({
    code: "outside-folder",
    message: `file "${source}": expected the names of files in its own folder, got ${JSON.stringify(path.slice(0, 200))}; put that file beside it and save again`,
  });
}

/**
 * Files under their paths, such as those of a folder that was chosen in a browser or the entries of an archive.
 *
 * @param name   what the folder is called in messages
 * @param files  path → how that file is opened
 */
export function folderOfFiles(
  name: string,
  files: ReadonlyMap<string, () => ByteSource | Promise<ByteSource>>,
): SourceFolder {
  return {
    async open(path) {
      requireInside(name, path);
      return (await files.get(path)?.()) ?? null;
    },
    async list(path) {
      const start = path === "" ? "" : `${path}/`;
      const names = new Set<string>();
      for (const file of files.keys()) {
        if (!file.startsWith(start)) continue;
        const [first, ...rest] = file.slice(start.length).split("/");
        names.add(rest.length > 0 ? `${first}/` : first);
      }
      return [...names].sort();
    },
  };
}
