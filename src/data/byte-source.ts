/** Files as bytes read by range, so that one reader serves Node and the browser. */

import { InputError } from "../errors.ts";
import type { SourceFolder } from "./source-folder.ts";

export interface SliceOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A named run of bytes that is read in parts. */
export interface ByteSource {
  /** What the file is called in messages: its path as typed, or its name. */
  readonly name: string;
  readonly byteLength: number;
  /**
   * Bytes `start` ≤ i < `end`, both within the source. They may share memory with the source: read them, never write.
   *
   * @throws InputError `outside-file`; the signal's reason once it is aborted
   */
  slice(start: number, end: number, options?: SliceOptions): Promise<Uint8Array>;
  /** Where the source lies, for formats that spread over several files; absent for bytes without a place. */
  readonly folder?: SourceFolder;
}

/** Bytes already in memory; slices are views on them. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  const source: ByteSource = {
    name,
    byteLength: bytes.byteLength,
    async slice(start, end, options) {
      options?.signal?.throwIfAborted();
      requireRange(source, start, end);
      return bytes.subarray(start, end);
    },
  };
  return source;
}

/** Bytes `start` ≤ i < `end` of a source as a source of their own, under the same name unless another is given. */
export function windowSource(source: ByteSource, start: number, end: number, name = source.name): ByteSource {
  const window: ByteSource = {
    name,
    byteLength: end - start,
    async slice(from, to, options) {
      requireRange(window, from, to);
      return source.slice(start + from, start + to, options);
    },
  };
  return window;
}

/** A source whose reader is followed: `onRead` hears where the last slice ended. */
export function followedSource(source: ByteSource, onRead: (end: number) => void): ByteSource {
  return {
    ...source,
    async slice(start, end, options) {
      const bytes = await source.slice(start, end, options);
      onRead(end);
      return bytes;
    },
  };
}

/**
 * A browser's File or Blob, read by range and never as a whole.
 *
 * @throws InputError `file-unreadable` from `slice`, where the file changed or vanished after it was chosen
 */
export function blobSource(name: string, blob: Blob): ByteSource {
  const source: ByteSource = {
    name,
    byteLength: blob.size,
    async slice(start, end, options) {
      options?.signal?.throwIfAborted();
      requireRange(source, start, end);
      const buffer = await blob
        .slice(start, end)
        .arrayBuffer()
        .catch((cause: unknown) => {
          throw new InputError({
            code: "file-unreadable",
            message: `file "${name}": expected to read bytes ${start} to ${end}, got ${String(cause)}; choose the file again`,
            cause,
          });
        });
      options?.signal?.throwIfAborted();
      return new Uint8Array(buffer);
    },
  };
  return source;
}

/** Throws unless 0 ≤ start ≤ end ≤ byteLength. */
export function requireRange(source: ByteSource, start: number, end: number): void {
  if (0 <= start && start <= end && end <= source.byteLength) return;
  throw new InputError({
    code: "outside-file",
    message: `file "${source.name}": expected a range within its ${source.byteLength} bytes, got ${start} to ${end}; the file may be cut short`,
  });
}
