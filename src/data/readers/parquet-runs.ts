/** Counts within a page of Parquet, checked before the decoder believes them. */

/** A page as far as its counts matter. */
export interface PageCounts {
  /** Values of the page, missing ones included. */
  readonly values: number;
  /** Bytes of definition levels that come first; null where their length stands before them; 0 where all are present. */
  readonly levelBytes: number | null;
  /** What follows: indices into a dictionary, booleans in runs, differences in blocks, or none of these. */
  readonly body: "indices" | "booleans" | "differences" | "other";
}

/**
 * Throws a RangeError where a run is longer than the page's values: the decoder would go on until memory is full.
 *
 * A run is a number n of variable length: n/2 copies of one value where n is even, else (n − 1)/2 groups of eight values.
 *
 * @param hasLevels  whether values may be missing, so that the page begins with levels of one bit
 * @see Apache Parquet format 2.10, "Run Length Encoding / Bit-Packing Hybrid"
 */
export function requireRunsWithin(page: Uint8Array, hasLevels: boolean, counts: PageCounts): void {
  let at = 0;
  if (hasLevels) {
    let length = counts.levelBytes;
    if (length === null) {
      length = uint32(page, 0);
      at = 4;
    }
    if (length > page.length - at)
      throw new RangeError(`levels of ${length} bytes in a page of ${page.length}`);
    const seen = requireRuns(page.subarray(at, at + length), 1, counts.values);
    // The decoder does not stop at the end of the levels, but goes on with what follows.
    if (seen < counts.values) throw new RangeError(`${seen} levels for ${counts.values} values`);
    at += length;
  }
  if (counts.body === "differences") {
    const blocks = readCount(page, readCount(page, at).end);
    if (blocks.value < 1 || blocks.value > 1024) throw new RangeError(`blocks of ${blocks.value} parts`);
  }
  if (counts.body === "booleans") requireRuns(page.subarray(at + 4), 1, counts.values);
  if (counts.body !== "indices" || at >= page.length) return;
  const width = page[at];
  if (width > 32) throw new RangeError(`indices of ${width} bits`);
  if (width > 0) requireRuns(page.subarray(at + 1), width, counts.values);
}

function uint32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new RangeError(`a length in a page of ${bytes.length} bytes`);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** A number of variable length, seven bits a byte, the lowest first. */
function readCount(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length && scale <= 2 ** 28; at++, scale *= 128) {
    value += (bytes[at] & 127) * scale;
    if (bytes[at] < 128) return { value, end: at + 1 };
  }
  throw new RangeError("a count without end");
}

/** How many values the runs hold, at least up to as many as there should be. */
function requireRuns(bytes: Uint8Array, bitWidth: number, values: number): number {
  let seen = 0;
  for (let at = 0; at < bytes.length && seen < values; ) {
    const { value: header, end } = readCount(bytes, at);
    at = end;
    const isPacked = header % 2 === 1;
    const count = isPacked ? ((header - 1) / 2) * 8 : header / 2;
    const left = values - seen;
    if (count > (isPacked ? Math.ceil(left / 8) * 8 + 504 : left)) {
      throw new RangeError(`a run of ${count} values where ${left} are left`);
    }
    at += isPacked ? (count / 8) * bitWidth : Math.ceil(bitWidth / 8);
    seen += count;
  }
  return seen;
}
