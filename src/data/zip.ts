/** Zip archives on a byte source: one entry of a large archive is read without the rest. Also single gzip files. */

import { Gunzip, Inflate, Unzlib, zipSync } from "fflate";
import { InputError, UnsupportedError } from "../errors.ts";
import {
  type ByteSource,
  bytesSource,
  requireRange,
  type SliceOptions,
  windowSource,
} from "./byte-source.ts";
import { startsWith } from "./first-bytes.ts";
import { badZip, type ZipEntry } from "./zip-directory.ts";

export { listZip, type ZipEntry } from "./zip-directory.ts";

/** Compressed bytes inflated between two looks at the signal. */
const inflateBytes = 2 ** 16;
/** A reader that asks only for this much from the start of an entry wants its header; the rest is not inflated. */
const headBytes = 2 ** 12;
/** No deflate stream expands further: 258 bytes from two bits, as zlib's documentation derives. */
export const largestExpansion = 1032;

/**
 * An entry as a byte source named `archive/entry`.
 *
 * A stored entry is a window on the archive, read by range and without its checksum. A deflated one is inflated whole
 * on the first slice beyond its head, kept, and checked for size and CRC-32.
 *
 * @throws InputError `bad-zip` for an entry outside the archive or with contradictory sizes (from `slice` also for
 *   damaged contents); UnsupportedError `zip-encrypted`, `zip-method`
 */
export async function openZipEntry(
  archive: ByteSource,
  entry: ZipEntry,
  options?: SliceOptions,
): Promise<ByteSource> {
  requireReadable(archive, entry);
  const start = await contentStart(archive, entry, options);
  const name = `${archive.name}/${entry.name}`;
  const window = windowSource(archive, start, start + entry.compressedSize, name);
  return entry.method === 0 ? window : inflatedSource(window, archive, entry);
}

function requireReadable(archive: ByteSource, entry: ZipEntry): void {
  if (entry.isEncrypted) {
    throw new UnsupportedError({
      code: "zip-encrypted",
      message: `zip "${archive.name}": expected entries without a password, got "${entry.name}" encrypted; unpack it first`,
    });
  }
  if (entry.method !== 0 && entry.method !== 8) {
    throw new UnsupportedError({
      code: "zip-method",
      message: `zip "${archive.name}": expected entries stored or deflated (methods 0 and 8), got method ${entry.method} ("${entry.name}"); pack it again with deflate`,
    });
  }
  if (entry.method === 0 && entry.size !== entry.compressedSize) {
    throw badZip(
      archive,
      `${entry.compressedSize} bytes in stored entry "${entry.name}"`,
      `a size of ${entry.size}`,
    );
  }
  if (entry.method === 8 && entry.size > entry.compressedSize * largestExpansion) {
    const possible = `at most ${entry.compressedSize * largestExpansion} bytes in "${entry.name}"`;
    throw badZip(archive, possible, `a size of ${entry.size}`);
  }
}

/** Names and extra fields may be of other lengths in the entry's own header, so that has to be read. */
async function contentStart(
  archive: ByteSource,
  entry: ZipEntry,
  options: SliceOptions | undefined,
): Promise<number> {
  const headerEnd = entry.offset + 30;
  if (headerEnd + entry.compressedSize > archive.byteLength) throw outside(archive, entry);
  const header = await archive.slice(entry.offset, headerEnd, options);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== 0x04034b50 || view.getUint16(8, true) !== entry.method) {
    throw badZip(archive, `the header of "${entry.name}" at byte ${entry.offset}`, "other bytes");
  }
  const start = headerEnd + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + entry.compressedSize > archive.byteLength) throw outside(archive, entry);
  return start;
}

function outside(archive: ByteSource, entry: ZipEntry): InputError {
  return badZip(
    archive,
    `"${entry.name}" within the archive's ${archive.byteLength} bytes`,
    `${entry.compressedSize} bytes from byte ${entry.offset}`,
  );
}

function inflatedSource(window: ByteSource, archive: ByteSource, entry: ZipEntry): ByteSource {
  let whole: Uint8Array | null = null;
  const source: ByteSource = {
    name: window.name,
    byteLength: entry.size,
    async slice(start, end, options) {
      options?.signal?.throwIfAborted();
      requireRange(source, start, end);
      if (whole === null && end <= headBytes && end < entry.size) {
        return (await inflate(window, archive, { ...entry, limit: end }, options)).subarray(start, end);
      }
      whole ??= await inflate(window, archive, { ...entry, limit: null }, options);
      return whole.subarray(start, end);
    },
  };
  return source;
}

/** Inflates the first `limit` bytes, or all of them and then checks size and checksum. */
async function inflate(
  window: ByteSource,
  archive: ByteSource,
  entry: ZipEntry & { readonly limit: number | null },
  options: SliceOptions | undefined,
): Promise<Uint8Array> {
  const wanted = entry.limit ?? entry.size;
  const out = allocate(window, wanted);
  let total = 0;
  const stream = new Inflate((chunk) => {
    if (total < wanted) out.set(chunk.subarray(0, wanted - total), total);
    total += chunk.length;
  });
  for (let at = 0; at < window.byteLength && (entry.limit === null || total < wanted); ) {
    const end = Math.min(window.byteLength, at + inflateBytes);
    const part = await window.slice(at, end, options);
    try {
      stream.push(part, end === window.byteLength);
    } catch (cause) {
      throw damaged(archive, entry, "other bytes", cause);
    }
    if (total > entry.size) break;
    at = end;
  }
  if (entry.limit === null ? total !== entry.size : total < wanted) {
    throw badZip(archive, `${entry.size} bytes in "${entry.name}"`, total > entry.size ? "more" : `${total}`);
  }
  if (entry.limit === null && crc32(out) !== entry.crc32) {
    throw damaged(archive, entry, "bytes with another checksum");
  }
  return out;
}

function allocate(window: ByteSource, length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new UnsupportedError({
      code: "too-large",
      message: `zip "${window.name}": expected an entry that fits into memory, got ${length} bytes; save it without compression`,
      cause,
    });
  }
}

function damaged(archive: ByteSource, entry: ZipEntry, got: string, cause?: unknown): InputError {
  return new InputError({
    code: "bad-zip",
    message: `zip "${archive.name}": expected the deflated contents of "${entry.name}", got ${got}; the archive is damaged: copy or save it again`,
    cause,
  });
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** CRC-32 as zip, gzip and PNG define it (polynomial 0x04C11DB7, reflected). */
function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (let i = 0; i < bytes.length; i++)
    remainder = crcTable[(remainder ^ bytes[i]) & 255] ^ (remainder >>> 8);
  return (remainder ^ 0xffffffff) >>> 0;
}

/**
 * An archive of stored (uncompressed) files, the same bytes every time: the entries are dated 1980-01-01.
 *
 * @throws UnsupportedError `too-large` beyond 4 GiB, which this writer's 32-bit sizes cannot express
 */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = Array.from(files.values()).reduce((sum, file) => sum + file.length, 0);
  if (bytes + files.size * 2 ** 17 >= 2 ** 32 || files.size >= 2 ** 16 - 1) {
    throw new UnsupportedError({
      code: "too-large",
      message: `zip: expected less than 4 GiB and 65535 files, got ${bytes} bytes in ${files.size} files; write several archives`,
    });
  }
  // Zip keeps local time, and this date is read back by local clocks too: the time zone cancels.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Whether a file begins as a zip archive does. */
export async function isZip(source: ByteSource, options?: SliceOptions): Promise<boolean> {
  return startsWith(await source.slice(0, Math.min(4, source.byteLength), options), "PK");
}

/** Whether a file begins as gzip does. */
export async function isGzip(source: ByteSource, options?: SliceOptions): Promise<boolean> {
  const start = await source.slice(0, Math.min(2, source.byteLength), options);
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * What a gzip file of one member holds, inflated whole under the same name and checked for size and CRC-32.
 *
 * @throws InputError `bad-gzip` for a file that is cut short or damaged
 */
export async function gunzip(source: ByteSource, options?: SliceOptions): Promise<ByteSource> {
  const bad = (got: string, cause?: unknown) =>
    new InputError({
      code: "bad-gzip",
      message: `gzip "${source.name}": expected one compressed file, got ${got}; copy or download it again`,
      cause,
    });
  const parts: Uint8Array[] = [];
  const stream = new Gunzip((part) => parts.push(part));
  for (let at = 0; at < source.byteLength; at += inflateBytes) {
    const end = Math.min(source.byteLength, at + inflateBytes);
    const part = await source.slice(at, end, options);
    try {
      stream.push(part, end === source.byteLength);
    } catch (cause) {
      throw bad("damaged bytes", cause);
    }
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  // A gzip file ends with the checksum and the size of what it holds, four bytes each.
  if (source.byteLength < 18) throw bad(`${source.byteLength} bytes`);
  const end = await source.slice(source.byteLength - 8, source.byteLength, options);
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength);
  if (view.getUint32(4, true) !== bytes.length % 2 ** 32 || view.getUint32(0, true) !== crc32(bytes)) {
    throw bad("bytes with another size or checksum");
  }
  return bytesSource(source.name, bytes);
}

/**
 * The first `length` bytes of what a zlib stream holds; where it must end there, it is checked for that and its Adler-32.
 *
 * @throws InputError `bad-zlib` for a stream that is cut short, damaged, or goes on
 * @see Deutsch & Gailly 1996, RFC 1950, doi:10.17487/RFC1950
 */
export async function inflateZlib(
  source: ByteSource,
  length: number,
  isWhole: boolean,
  options?: SliceOptions,
): Promise<Uint8Array> {
  const bad = (got: string, cause?: unknown) =>
    new InputError({
      code: "bad-zlib",
      message: `zlib "${source.name}": expected ${length} compressed bytes, got ${got}; the file is damaged: copy or save it again`,
      cause,
    });
  if (length > source.byteLength * largestExpansion) throw bad(`a stream of ${source.byteLength} bytes`);
  const out = allocate(source, length);
  let total = 0;
  const stream = new Unzlib((part) => {
    if (total < length) out.set(part.subarray(0, length - total), total);
    total += part.length;
  });
  for (let at = 0; at < source.byteLength && (isWhole || total < length); at += inflateBytes) {
    const end = Math.min(source.byteLength, at + inflateBytes);
    const part = await source.slice(at, end, options);
    try {
      stream.push(part, end === source.byteLength);
    } catch (cause) {
      throw bad("other bytes", cause);
    }
    if (isWhole && total > length) break;
  }
  if (isWhole ? total !== length : total < length) throw bad(total > length ? "more" : `${total}`);
  if (isWhole) {
    const end = await source.slice(source.byteLength - 4, source.byteLength, options);
    const stored = new DataView(end.buffer, end.byteOffset, 4).getUint32(0, false);
    if (stored !== adler32(out)) throw bad("bytes with another checksum");
  }
  return out;
}

function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (let start = 0; start < bytes.length; start += 3800) {
    // So few steps cannot exceed 2^32, and the remainders are taken once for all of them.
    const end = Math.min(bytes.length, start + 3800);
    for (let i = start; i < end; i++) {
      low += bytes[i];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return (high * 65536 + low) >>> 0;
}
