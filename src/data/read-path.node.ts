/** Files on disk by their path, folders of checkpoints, or several tables by a pattern of paths; Node only. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { inspectFolder, isCheckpointFolder, readFolder } from "./checkpoint-folder.node.ts";
import type { FileContents, FileDescription, InspectOptions, ReadOptions } from "./file-contents.ts";
import { openFileSource } from "./file-source.node.ts";
import { inspectFile, readFile } from "./readers.ts";
import { describeTables, readTables } from "./stack-tables.ts";

const mostFiles = 10_000;

/**
 * What a file holds; or the tables of all files whose paths fit a pattern such as `runs/*.csv` (`*` any characters, `?` one,
 * neither beyond a folder), as one table with a column `file`; or the tensors of all files of a folder (`readFolder`).
 *
 * @throws what `openFileSource`, `readFile` and `stackTables` throw; InputError `no-match`, `not-a-table`
 */
export async function readPath(path: string, options?: ReadOptions): Promise<FileContents> {
  if (await isPattern(path)) return readPattern(path, options);
  if (await isCheckpointFolder(path)) return readFolder(path, options);
  const source = await openFileSource(path);
  try {
    return await readFile(source, options);
  } finally {
    await source.close();
  }
}

/** Describes what `readPath` reads. */
export async function inspectPath(path: string, options?: InspectOptions): Promise<FileDescription> {
  if (await isPattern(path)) return describeTables(await readPattern(path, options));
  if (await isCheckpointFolder(path)) return inspectFolder(path, options);
  const source = await openFileSource(path);
  try {
    return await inspectFile(source, options);
  } finally {
    await source.close();
  }
}

/** A path with marks of a pattern, unless a file or folder has just that name. */
export async function isPattern(path: string): Promise<boolean> {
  if (!/[*?]/.test(path)) return false;
  return stat(path).then(
    () => false,
    () => true,
  );
}

const readPattern = async (pattern: string, options: ReadOptions | undefined) =>
  readTables(pattern, await matchingPaths(pattern), (file) => readPath(file, options));

async function matchingPaths(pattern: string): Promise<readonly string[]> {
  const parts = pattern.split(/[\\/]+/);
  let found: readonly string[] = [parts[0] === "" ? "/" : ""];
  for (const part of parts) {
    if (part === "") continue;
    const next = await Promise.all(found.map((folder) => matchesIn(folder, part)));
    found = next.flat();
    if (found.length > mostFiles) throw noMatch(pattern, `more than ${mostFiles}`);
  }
  const files: string[] = [];
  for (const path of found)
    if (
      await stat(path).then(
        (each) => each.isFile(),
        () => false,
      )
    )
      files.push(path);
  if (files.length === 0) throw noMatch(pattern, "none");
  return files.sort();
}

function noMatch(pattern: string, got: string): InputError {
  return new InputError({
    code: "no-match",
    message: `tables "${pattern}": expected files that fit this pattern, got ${got}; check the spelling or the working folder`,
  });
}

async function matchesIn(folder: string, part: string): Promise<readonly string[]> {
  if (!/[*?]/.test(part)) return [folder === "" ? part : join(folder, part)];
  const letters = part
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const form = new RegExp(`^${letters}$`, "s");
  const names = await readdir(folder === "" ? "." : folder).catch((): string[] => []);
  // As in a shell, hidden files are meant only where the pattern says so.
  const fitting = names.filter((name) => form.test(name) && (!name.startsWith(".") || part.startsWith(".")));
  return fitting.map((name) => (folder === "" ? name : join(folder, name)));
}
