/** The header of a safetensors file: what is where, checked before a single value is read. */

import { InputError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { describeFirstBytes, firstBytesLength } from "../first-bytes.ts";
import { jsonKeys } from "../json-keys.ts";
import { itemSizes } from "../tensor-bytes.ts";

/** A tensor as the header describes it. */
export interface SafetensorsEntry {
  readonly name: string;
  /** The type in the format's own word, such as `BF16`. */
  readonly storedType: string;
  /** null for a type that Syngeo does not hold. */
  readonly dtype: DataType | null;
  readonly shape: readonly number[];
  /** First byte of the values in the file, and the byte after the last. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly entries: readonly SafetensorsEntry[];
  /** `__metadata__`, free text under free keys; null where the file has none. */
  readonly metadata: Readonly<Record<string, string>> | null;
}

export const storedTypes: { readonly [D in DataType]: string } = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  uint64: "U64",
  int32: "I32",
  uint32: "U32",
  int16: "I16",
  uint16: "U16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

// Object.entries forgets that the keys are data types.
const dataTypes = new Map(Object.entries(storedTypes).map(([dtype, word]) => [word, dtype as DataType]));

/** Headers beyond this are refused, as the reference library does: no model needs them and they fill memory. */
const longestHeader = 100_000_000;

/**
 * Reads and checks the header: 8 bytes of length (little-endian), that many bytes of JSON, then the values.
 *
 * The values must follow each other without gap or overlap and end with the file, as the reference library demands.
 *
 * @throws InputError `truncated-file`, `wrong-magic`, `bad-header` (not JSON, not of the format's form), `duplicate-name`,
 *   `bad-shape`, `bad-offsets`, `trailing-bytes`
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  options?: SliceOptions,
): Promise<SafetensorsHeader> {
  const text = await headerText(source, options);
  const dataStart = 8 + new TextEncoder().encode(text).length;
  const fields = parseObject(source, text);
  const { outer, repeated } = jsonKeys(text);
  if (repeated !== null) {
    throw new InputError({
      code: "duplicate-name",
      message: `${where(source)}: expected every name once, got "${repeated}" twice in the header; save the tensors again under different names`,
    });
  }
  const entries = outer
    .filter((name) => name !== "__metadata__")
    .map((name) => entryOf(source, name, fields.get(name), dataStart));
  requireNoGaps(source, entries, dataStart);
  return { entries, metadata: metadataOf(source, fields.get("__metadata__")) };
}

const where = (source: ByteSource) => `safetensors "${source.name}"`;

function badHeader(source: ByteSource, expected: string, got: string, cause?: unknown): InputError {
  return new InputError({
    code: "bad-header",
    message: `${where(source)}: expected ${expected}, got ${got}; the file is damaged or of another format: copy or save it again`,
    cause,
  });
}

/** What a value from the header looks like in a message, however long it is. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

async function headerText(source: ByteSource, options: SliceOptions | undefined): Promise<string> {
  const size = source.byteLength;
  const first = await source.slice(0, Math.min(firstBytesLength, size), options);
  if (size < 8) {
    throw new InputError({
      code: "truncated-file",
      message: `${where(source)}: expected at least the 8 bytes of the header's length, got ${size} bytes; copy or download the file again`,
    });
  }
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const stored = view.getBigUint64(0, true);
  const length = Number(stored);
  // A header begins with a brace: other files show themselves here, before their length is believed.
  if (size > 8 && first[8] !== 0x7b) {
    throw new InputError({
      code: "wrong-magic",
      message: `${where(source)}: expected a header in JSON from byte 8, got ${describeFirstBytes(first)}; give a safetensors file, or correct the ending`,
    });
  }
  if (length > longestHeader) {
    throw badHeader(source, `a header of at most ${longestHeader} bytes`, `a length of ${stored}`);
  }
  if (8 + length > size) {
    throw new InputError({
      code: "truncated-file",
      message: `${where(source)}: expected a header of ${length} bytes, got ${size - 8} bytes to the end of the file; copy or download the file again`,
    });
  }
  const bytes = await source.slice(8, 8 + length, options);
  try {
    // A byte order mark would vanish in decoding and shift every offset, so it is kept, and refused as no JSON.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badHeader(source, "a header in UTF-8", "other bytes", cause);
  }
}

/** A parsed JSON object as a map, or null for anything else. */
function mapOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return new Map<string, unknown>(Object.entries(value));
}

function parseObject(source: ByteSource, text: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badHeader(source, "a header in JSON", `text that begins ${shown(text)}`, cause);
  }
  const fields = mapOf(value);
  if (fields === null) throw badHeader(source, "a JSON object as header", shown(value));
  return fields;
}

function metadataOf(source: ByteSource, value: unknown): Readonly<Record<string, string>> | null {
  if (value === undefined) return null;
  const fields = mapOf(value);
  if (fields === null) throw badHeader(source, "__metadata__ with a text under every key", shown(value));
  const texts: [string, string][] = [];
  for (const [key, text] of fields) {
    if (typeof text !== "string") {
      throw badHeader(source, "__metadata__ with a text under every key", `${shown(text)} under "${key}"`);
    }
    texts.push([key, text]);
  }
  return Object.fromEntries(texts);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function entryOf(source: ByteSource, name: string, value: unknown, dataStart: number): SafetensorsEntry {
  const fields = mapOf(value);
  const storedType = fields?.get("dtype");
  const shape = fields?.get("shape");
  const offsets = fields?.get("data_offsets");
  if (typeof storedType !== "string" || !Array.isArray(shape) || !Array.isArray(offsets)) {
    throw badHeader(source, `dtype, shape and data_offsets for "${name}"`, shown(value));
  }
  // A product beyond 2^53 would be rounded, and huge sizes beside a 0 are still an empty array.
  const isEmpty = shape.includes(0);
  const count = isEmpty ? 0 : shape.reduce((product, size) => product * size, 1);
  if (!shape.every(isCount) || !Number.isSafeInteger(count * 8)) {
    throw new InputError({
      code: "bad-shape",
      message: `${where(source)}: expected sizes ≥ 0 with a product below 2^50, got ${shown(shape)} ("${name}"); the file is damaged: copy or save it again`,
    });
  }
  const [start, end] = offsets;
  const dataBytes = source.byteLength - dataStart;
  if (offsets.length !== 2 || !isCount(start) || !isCount(end) || start > end) {
    throw badOffsets(source, `two offsets 0 ≤ start ≤ end for "${name}"`, shown(offsets));
  }
  if (end > dataBytes) {
    throw new InputError({
      code: "truncated-file",
      message: `${where(source)}: expected the values of "${name}" from byte ${start} to ${end} after the header, got ${dataBytes} bytes; copy or download the file again`,
    });
  }
  const dtype = dataTypes.get(storedType) ?? null;
  if (dtype !== null && count * itemSizes[dtype] !== end - start) {
    const expected = `${count * itemSizes[dtype]} bytes for "${name}" (${storedType} ${shown(shape)})`;
    throw badOffsets(source, expected, `${end - start} (data_offsets ${shown(offsets)})`);
  }
  return { name, storedType, dtype, shape, start: dataStart + start, end: dataStart + end };
}

function badOffsets(source: ByteSource, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-offsets",
    message: `${where(source)}: expected ${expected}, got ${got}; the file is damaged: copy or save it again`,
  });
}

function requireNoGaps(source: ByteSource, entries: readonly SafetensorsEntry[], dataStart: number): void {
  const inOrder = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = dataStart;
  for (const { name, start, end } of inOrder) {
    if (start !== at) {
      const got = `byte ${start - dataStart} (${start < at ? "an overlap" : "a hole"})`;
      throw badOffsets(source, `the values of "${name}" at byte ${at - dataStart} after the header`, got);
    }
    at = end;
  }
  if (at === source.byteLength) return;
  throw new InputError({
    code: "trailing-bytes",
    message: `${where(source)}: expected the end of the file after the last values, got ${source.byteLength - at} bytes more; the file is damaged: copy or save it again`,
  });
}
