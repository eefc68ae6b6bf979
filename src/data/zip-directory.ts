/** The directory at the end of a zip archive, zip64 included. */

import { InputError, UnsupportedError } from "../errors.ts";
import type { ByteSource, SliceOptions } from "./byte-source.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "./first-bytes.ts";

/** One file inside an archive, as the directory declares it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated; others exist and are refused on opening. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  /** Where the entry's local header begins. */
  readonly offset: number;
  /** CRC-32 of the uncompressed bytes. */
  readonly crc32: number;
}

const endSize = 22;
const longestComment = 65535;
const locatorSize = 20;
const end64Size = 56;
const entrySize = 46;
const full16 = 0xffff;
const full32 = 0xffffffff;

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly size: number;
}

/**
 * Lists the entries in the order of the directory; entry contents are not read.
 *
 * Duplicate names are kept: what they mean is for the caller to say.
 *
 * @throws InputError `wrong-magic`, `truncated-file`, `bad-zip`; UnsupportedError `split-zip`
 * @see PKWARE, .ZIP File Format Specification (APPNOTE) 6.3.10, 2022
 */
export async function listZip(source: ByteSource, options?: SliceOptions): Promise<readonly ZipEntry[]> {
  const directory = await findDirectory(source, options);
  const bytes = await source.slice(directory.start, directory.start + directory.size, options);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + entrySize > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      throw badZip(source, "a directory of entries", `other bytes at ${directory.start + at}`);
    }
    const nameEnd = at + entrySize + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const end = extraEnd + view.getUint16(at + 32, true);
    if (end > bytes.length) throw badZip(source, "whole entries", "a directory that ends within one");
    const name = decodeName(bytes.subarray(at + entrySize, nameEnd));
    entries.push(readEntry(source, bytes.subarray(at, extraEnd), nameEnd - at, name));
    at = end;
  }
  if (entries.length !== directory.count) {
    throw badZip(source, `${directory.count} entries`, `${entries.length}`);
  }
  return entries;
}

async function findDirectory(source: ByteSource, options: SliceOptions | undefined): Promise<Directory> {
  // Almost no archive has a comment, so the last 22 bytes are tried before the last 64 KiB.
  for (const commentSpace of [0, longestComment]) {
    const start = Math.max(0, source.byteLength - endSize - commentSpace);
    const tail = await source.slice(start, source.byteLength, options);
    const view = viewOf(tail);
    for (let at = tail.length - endSize; at >= 0; at--) {
      if (view.getUint32(at, true) !== 0x06054b50) continue;
      if (at + endSize + view.getUint16(at + 20, true) !== tail.length) continue;
      return readEnd(source, tail.subarray(at), start + at, options);
    }
  }
  const start = await source.slice(0, Math.min(firstBytesLength, source.byteLength), options);
  if (startsWith(start, "PK") || "PK\x03\x04".startsWith(String.fromCharCode(...start))) {
    throw new InputError({
      code: "truncated-file",
      message: `zip "${source.name}": expected a directory at the end, got none in ${source.byteLength} bytes; the file is cut short: copy or save it again`,
    });
  }
  throw new InputError({
    code: "wrong-magic",
    message: `zip "${source.name}": expected a zip archive, got ${describeFirstBytes(start)}; check that the file is what its name says`,
  });
}

async function readEnd(
  source: ByteSource,
  end: Uint8Array,
  endStart: number,
  options: SliceOptions | undefined,
): Promise<Directory> {
  const view = viewOf(end);
  let [disk, count, size, start] = [
    view.getUint16(4, true),
    view.getUint16(10, true),
    view.getUint32(12, true),
    view.getUint32(16, true),
  ];
  if (disk === full16 || count === full16 || size === full32 || start === full32) {
    const end64 = await readEnd64(source, endStart, options);
    if (end64 !== null) {
      if (disk === full16) disk = end64.getUint32(16, true);
      if (count === full16) count = readUint64(source, end64, 32);
      if (size === full32) size = readUint64(source, end64, 40);
      if (start === full32) start = readUint64(source, end64, 48);
    }
  }
  if (disk !== 0) {
    throw new UnsupportedError({
      code: "split-zip",
      message: `zip "${source.name}": expected an archive in one file, got part ${disk + 1} of several; join the parts first`,
    });
  }
  if (start + size > endStart) {
    throw badZip(source, `a directory before byte ${endStart}`, `one of ${size} bytes at ${start}`);
  }
  return { count, start, size };
}

/** The zip64 record that the locator before the end record points to; null where there is none. */
async function readEnd64(
  source: ByteSource,
  endStart: number,
  options: SliceOptions | undefined,
): Promise<DataView | null> {
  if (endStart < locatorSize) return null;
  const locator = viewOf(await source.slice(endStart - locatorSize, endStart, options));
  if (locator.getUint32(0, true) !== 0x07064b50) return null;
  const at = readUint64(source, locator, 8);
  if (at + end64Size > endStart - locatorSize) {
    throw badZip(source, "a zip64 record before its locator", `one at ${at}`);
  }
  const record = viewOf(await source.slice(at, at + end64Size, options));
  if (record.getUint32(0, true) !== 0x06064b50)
    throw badZip(source, `a zip64 record at ${at}`, "other bytes");
  return record;
}

function readEntry(source: ByteSource, bytes: Uint8Array, nameEnd: number, name: string): ZipEntry {
  const view = viewOf(bytes);
  const short = {
    size: view.getUint32(24, true),
    compressedSize: view.getUint32(20, true),
    offset: view.getUint32(42, true),
  };
  return {
    name,
    method: view.getUint16(10, true),
    isEncrypted: (view.getUint16(8, true) & 1) === 1,
    crc32: view.getUint32(16, true),
    ...readLongSizes(source, bytes.subarray(nameEnd), short, name),
  };
}

type Sizes = Pick<ZipEntry, "size" | "compressedSize" | "offset">;

/** A size that does not fit into 32 bits is written there as all ones, and in full in the extra field 1. */
function readLongSizes(source: ByteSource, extra: Uint8Array, short: Sizes, name: string): Sizes {
  if (short.size !== full32 && short.compressedSize !== full32 && short.offset !== full32) return short;
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > extra.length) break;
    if (view.getUint16(at, true) !== 1) {
      at = end;
      continue;
    }
    let field = at + 4;
    const next = (value: number): number => {
      if (value !== full32) return value;
      field += 8;
      if (field > end) throw badZip(source, `the zip64 sizes of "${name}"`, "a shorter field");
      return readUint64(source, view, field - 8);
    };
    return { size: next(short.size), compressedSize: next(short.compressedSize), offset: next(short.offset) };
  }
  return short;
}

function readUint64(source: ByteSource, view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw badZip(source, "sizes and places below 2^53", String(value));
}

/** UTF-8 where it is valid, whether or not the archive says so (many forget to); else one byte a character. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The error for an archive that contradicts itself. */
export function badZip(source: ByteSource, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-zip",
    message: `zip "${source.name}": expected ${expected}, got ${got}; the archive is damaged: copy or save it again`,
  });
}
