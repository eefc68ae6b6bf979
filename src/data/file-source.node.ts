/** Files on disk as byte sources; Node only. */

import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError, nearestName, UnsupportedError } from "../errors.ts";
import { type ByteSource, requireRange, type SliceOptions } from "./byte-source.ts";
import { folderMarks } from "./checkpoint-folder.ts";
import { folderOnDisk } from "./file-folder.node.ts";

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** One read of the system; small enough that an abort is noticed soon, far below the 2 GiB that one call may take. */
const readBytes = 64 * 2 ** 20;

/**
 * Opens a file for reading by range; the caller closes it. A folder that is one data set is opened by the file that
 * says so.
 *
 * @throws InputError `file-not-found` (with the nearest name in that folder), `not-a-file`, `file-unreadable`;
 *   from `slice` also `file-changed` where the file became shorter, and
 *   UnsupportedError `too-large` for a range that no array of this Node can hold
 */
export async function openFileSource(path: string): Promise<FileSource> {
  // A named pipe would block `open` for ever, so the kind is looked at first.
  const handle = await stat(path)
    .then((found) => (found.isFile() ? open(path, "r") : null))
    .catch(async (cause: unknown) => {
      throw await openingError(path, cause);
    });
  if (handle === null) {
    const mark = await markOf(path);
    if (mark === null) throw await notAFile(path);
    return openFileSource(join(path, mark));
  }
  const { size } = await handle.stat();
  const source: FileSource = {
    name: path,
    byteLength: size,
    async slice(start, end, options) {
      requireRange(source, start, end);
      return readRange(handle, source, start, end, options);
    },
    folder: folderOnDisk(path, openBriefly),
    close: () => handle.close(),
  };
  return source;
}

async function markOf(folder: string): Promise<string | null> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return folderMarks.find((mark) => names.includes(mark)) ?? null;
}

/** A file that is open only while it is read, so that thousands need no closing. */
export async function openBriefly(path: string): Promise<ByteSource> {
  const first = await openFileSource(path);
  await first.close();
  return {
    name: path,
    byteLength: first.byteLength,
    ...(first.folder === undefined ? {} : { folder: first.folder }),
    async slice(start, end, options) {
      const source = await openFileSource(path);
      if (source.byteLength < first.byteLength) {
        await source.close();
        throw becameShorter(first, source.byteLength);
      }
      return source.slice(start, end, options).finally(() => source.close());
    },
  };
}

async function readRange(
  handle: FileHandle,
  source: ByteSource,
  start: number,
  end: number,
  options: SliceOptions | undefined,
): Promise<Uint8Array> {
  const bytes = allocate(source, end - start);
  let done = 0;
  while (done < bytes.byteLength) {
    options?.signal?.throwIfAborted();
    const length = Math.min(readBytes, bytes.byteLength - done);
    const { bytesRead } = await handle.read(bytes, done, length, start + done).catch((cause: unknown) => {
      throw unreadable(source.name, cause);
    });
    if (bytesRead === 0) throw becameShorter(source, start + done);
    done += bytesRead;
  }
  options?.signal?.throwIfAborted();
  return bytes;
}

function becameShorter({ name, byteLength }: ByteSource, got: number): InputError {
  return new InputError({
    code: "file-changed",
    message: `file "${name}": expected ${byteLength} bytes, got ${got} (it became shorter while it was read); wait until it is written, then try again`,
  });
}

function allocate(source: ByteSource, length: number): Uint8Array {
  try {
    // Not zeroed first: every byte is overwritten by the read.
    const memory = Buffer.allocUnsafeSlow(length);
    return new Uint8Array(memory.buffer, memory.byteOffset, length);
  } catch (cause) {
    throw new UnsupportedError({
      code: "too-large",
      message: `file "${source.name}": expected an array that fits into memory, got ${length} bytes; split it into smaller arrays, or use a newer Node on a machine with more memory`,
      cause,
    });
  }
}

/** The error for a path that could not be opened; exported for its test, since few refusals can be staged on disk. */
export async function openingError(path: string, cause: unknown): Promise<InputError> {
  const code = systemCode(cause);
  if (code !== "ENOENT" && code !== "ENOTDIR") return unreadable(path, cause);
  const near = await nearestFile(path);
  const attempt = near === null ? "check the spelling or the working folder" : `did you mean "${near}"?`;
  return new InputError({
    code: "file-not-found",
    message: `file "${path}": expected a readable file, got none at this path; ${attempt}`,
    cause,
  });
}

async function notAFile(path: string): Promise<InputError> {
  const isFolder = (await stat(path)).isDirectory();
  return new InputError({
    code: "not-a-file",
    message: `file "${path}": expected a readable file, got ${isFolder ? "a folder; name a file inside it" : "a device or a pipe; copy its contents into a file"}`,
  });
}

function unreadable(path: string, cause: unknown): InputError {
  const code = systemCode(cause);
  const isRefusal = code === "EACCES" || code === "EPERM";
  return new InputError({
    code: "file-unreadable",
    message: isRefusal
      ? `file "${path}": expected a readable file, got no permission to read it (${code}); change its permissions or copy it`
      : `file "${path}": expected a readable file, got ${code ?? String(cause)}; check the disk or copy the file`,
    cause,
  });
}

/** The path of the file in the same folder whose name is nearest, or null. */
async function nearestFile(path: string): Promise<string | null> {
  const folder = dirname(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const near = nearestName(basename(path), names);
  if (near === null) return null;
  return folder === "." && !path.startsWith(".") ? near : join(folder, near);
}

function systemCode(cause: unknown): string | null {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null;
}
