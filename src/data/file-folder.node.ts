/** The folder of a file on disk, of which nothing outside is read; Node only. */

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import type { ByteSource } from "./byte-source.ts";
import { outsideFolder, requireInside, type SourceFolder } from "./source-folder.ts";

/**
 * The files around `path`, each opened by `openFile`.
 *
 * Links may lead within the folder, and to where the file itself is a link to: model caches keep all files of a model as
 * links into one folder of contents.
 */
export function folderOnDisk(path: string, openFile: (path: string) => Promise<ByteSource>): SourceFolder {
  const folder = dirname(path);
  return {
    async open(name) {
      requireInside(path, name);
      const target = join(folder, name);
      const isFile = await stat(target).then(
        (found) => found.isFile(),
        () => false,
      );
      if (!isFile) return null;
      await requireRealInside(path, name);
      return openFile(target);
    },
    async list(within) {
      if (within !== "") {
        requireInside(path, within);
        await requireRealInside(path, within);
      }
      const entries = await readdir(join(folder, within), { withFileTypes: true }).catch(() => []);
      return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    },
  };
}

async function requireRealInside(path: string, name: string): Promise<void> {
  const folder = await realpath(dirname(path));
  const contents = dirname(await realpath(path));
  const target = await realpath(join(dirname(path), name)).catch(() => join(folder, basename(name)));
  if (![folder, contents].some((allowed) => target.startsWith(allowed + sep)))
    throw outsideFolder(path, name);
}
