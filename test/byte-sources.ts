/** Byte sources and files made by hand, and the form that every refusal must have; for tests. */

import { expect } from "vitest";
import { type ByteSource, bytesSource } from "../src/data/byte-source.ts";
import { folderOfFiles } from "../src/data/source-folder.ts";
import { InputError, UnsupportedError } from "../src/errors.ts";

/** A source that notes every read and the signal it was given. */
export function recordingSource(name: string, bytes: Uint8Array) {
  const inner = bytesSource(name, bytes);
  const reads: { start: number; end: number; signal: AbortSignal | undefined }[] = [];
  const source: ByteSource = {
    name,
    byteLength: inner.byteLength,
    slice(start, end, options) {
      reads.push({ start, end, signal: options?.signal });
      return inner.slice(start, end, options);
    },
  };
  return { source, reads };
}

/** A source with files beside it, all in memory. */
export function sourceInFolder(name: string, files: Readonly<Record<string, Uint8Array>>): ByteSource {
  const sources = Object.entries(files).map(
    ([path, bytes]) => [path, () => bytesSource(path, bytes)] as const,
  );
  return { ...bytesSource(name, files[name]), folder: folderOfFiles(name, new Map(sources)) };
}

/** Text as UTF-8 in a source. */
export function textSource(text: string, name = "t.csv"): ByteSource {
  return bytesSource(name, new TextEncoder().encode(text));
}

/** One byte a character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A .npy file with any header text, right or wrong. */
export function npyFile(header: string, values: Uint8Array | number, version: 1 | 2 | 3 = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  const data = typeof values === "number" ? new Uint8Array(values) : values;
  return Uint8Array.from([...latin1("\x93NUMPY"), version, 0, ...length, ...text, ...data]);
}

/** The header text that numpy writes. */
export function npyHeader(descr: string, shape: string, fortran = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
}

/** The form of every refusal. */
export const errorForm = /^[^:]+: expected .+, got .+; .+[^.!]$/s;

/**
 * The error that a call throws or a promise rejects with: one of ours, its sentence of the agreed form
 * `WHERE: expected WHAT, got VALUE; TRY`.
 */
export async function refusal(
  attempt: Promise<unknown> | (() => unknown),
): Promise<InputError | UnsupportedError> {
  let error: unknown;
  try {
    const result = await (typeof attempt === "function" ? attempt() : attempt);
    expect.fail(`expected a refusal, got ${String(result)}`);
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
  expect(error.message).toMatch(errorForm);
  return error;
}
