/** The header of a .npy file: what the array is and where its values begin. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import { hostIsLittleEndian } from "../byte-order.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import { type PythonLiteral, parsePythonLiteral, showPythonLiteral } from "./python-literal.ts";

export interface NpyHeader {
  readonly version: "1.0" | "2.0" | "3.0";
  /** numpy's name of the element type, such as `<f4`. */
  readonly descr: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly littleEndian: boolean;
  /** Bytes of one element in the file. */
  readonly itemSize: number;
  /** Where the values begin, in bytes from the start of the file. */
  readonly dataStart: number;
  /** Bytes of all values together. */
  readonly dataBytes: number;
}

/** The header of an array of Python objects: a pickle follows it, to the end of the file. */
export interface ObjectHeader {
  readonly dtype: "object";
  readonly descr: string;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

const npyMagic = "\x93NUMPY";

/** Headers are some hundred bytes; beyond this one is damaged or hostile. */
const longestHeader = 2 ** 20;
const mostDimensions = 64;

/** By the letter and size of numpy, such as `f4`. */
export const elementTypes: ReadonlyMap<string, DataType> = new Map([
  ["f2", "float16"],
  ["f4", "float32"],
  ["f8", "float64"],
  ["i1", "int8"],
  ["i2", "int16"],
  ["i4", "int32"],
  ["i8", "int64"],
  ["u1", "uint8"],
  ["u2", "uint16"],
  ["u4", "uint32"],
  ["u8", "uint64"],
  ["b1", "bool"],
]);

/**
 * Reads the header of an array of numbers and checks it against the length of the file; no values are read.
 *
 * @throws what `readAnyNpyHeader` throws; UnsupportedError `object-array` for an array of Python objects
 */
export async function readNpyHeader(source: ByteSource, options?: SliceOptions): Promise<NpyHeader> {
  const header = await readAnyNpyHeader(source, options);
  if (header.dtype !== "object") return header;
  throw new UnsupportedError({
    code: "object-array",
    message: `npy "${source.name}": expected an array of numbers, got descr "${header.descr}" (pickled Python objects); read it with readFile, or save its arrays with numpy.savez`,
  });
}

/**
 * Reads the header, be it of numbers or of Python objects, and checks it against the length of the file.
 *
 * Versions 1.0, 2.0 and 3.0. Bytes after the values are refused: numpy.load passes over them in silence, but they
 * are further arrays saved into the same file, or the sign of a damaged header.
 *
 * @throws InputError `wrong-magic`, `truncated-file`, `trailing-bytes`, `bad-header`, `bad-shape`;
 *   UnsupportedError `npy-version`, `element-type`
 * @see NumPy enhancement proposal 1 (2007) and numpy.lib.format
 */
export async function readAnyNpyHeader(
  source: ByteSource,
  options?: SliceOptions,
): Promise<NpyHeader | ObjectHeader> {
  const where = `npy "${source.name}"`;
  const start = await source.slice(0, Math.min(256, source.byteLength), options);
  const { version, lengthBytes } = readVersion(where, start);
  const textStart = 8 + lengthBytes;
  if (start.length < textStart) throw truncated(where, "the length of its header", source.byteLength);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const textLength = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (textLength > longestHeader) {
    throw new InputError({
      code: "bad-header",
      message: `${where}: expected a header of at most ${longestHeader} bytes, got ${textLength}; the file is damaged: save the array again`,
    });
  }
  const dataStart = textStart + textLength;
  if (dataStart > source.byteLength) {
    throw truncated(where, `a header of ${textLength} bytes`, source.byteLength);
  }
  const text =
    dataStart <= start.length
      ? start.subarray(textStart, dataStart)
      : await source.slice(textStart, dataStart, options);
  const header = parseHeader(where, decodeText(where, text, version), version, dataStart);
  if (header.dtype !== "object") requireLength(where, header, source.byteLength);
  return header;
}

function readVersion(
  where: string,
  start: Uint8Array,
): { version: NpyHeader["version"]; lengthBytes: 2 | 4 } {
  if (startsWith(start, npyMagic.slice(0, start.length)) && start.length < 8) {
    throw truncated(where, "a magic string and a version", start.length);
  }
  if (!startsWith(start, npyMagic)) {
    throw new InputError({
      code: "wrong-magic",
      message: `${where}: expected a file that begins with "\\x93NUMPY", got ${describeFirstBytes(start.subarray(0, firstBytesLength))}; check that the file is what its name says`,
    });
  }
  if (start[7] === 0 && start[6] === 1) return { version: "1.0", lengthBytes: 2 };
  if (start[7] === 0 && start[6] === 2) return { version: "2.0", lengthBytes: 4 };
  if (start[7] === 0 && start[6] === 3) return { version: "3.0", lengthBytes: 4 };
  throw new UnsupportedError({
    code: "npy-version",
    message: `${where}: expected format version 1.0, 2.0 or 3.0, got ${start[6]}.${start[7]}; save the array with numpy.save of numpy 1 or 2`,
  });
}

function decodeText(where: string, bytes: Uint8Array, version: NpyHeader["version"]): string {
  // Not TextDecoder("latin1"), which by the web's rules is windows-1252.
  if (version !== "3.0") return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError({
      code: "bad-header",
      message: `${where}: expected a header in UTF-8, got ${describeFirstBytes(bytes)}; the file is damaged: save the array again`,
      cause,
    });
  }
}

function parseHeader(
  where: string,
  text: string,
  version: NpyHeader["version"],
  dataStart: number,
): NpyHeader | ObjectHeader {
  const literal = parsePythonLiteral(text, where);
  const entries = literal.kind === "dict" ? literal.entries : null;
  const descr = entries?.get("descr");
  const order = entries?.get("fortran_order");
  const shape = entries?.get("shape");
  if (entries?.size !== 3 || descr === undefined || order?.kind !== "boolean" || shape?.kind !== "tuple") {
    throw new InputError({
      code: "bad-header",
      message: `${where}: expected a header with descr, fortran_order (True or False) and shape (a tuple), got ${shorten(showPythonLiteral(literal))}; save the array again with numpy.save`,
    });
  }
  const sizes = readShape(where, shape.items);
  if (descr.kind === "string" && /^\|?O\d*$/.test(descr.value)) {
    return { dtype: "object", descr: descr.value, shape: sizes, dataStart };
  }
  const element = readElementType(where, descr);
  return {
    version,
    ...element,
    shape: sizes,
    fortranOrder: order.value,
    dataStart,
    dataBytes: countBytes(where, sizes, element.itemSize),
  };
}

function readElementType(
  where: string,
  descr: PythonLiteral,
): Pick<NpyHeader, "descr" | "dtype" | "littleEndian" | "itemSize"> {
  const shown = descr.kind === "string" ? descr.value : showPythonLiteral(descr);
  const [, order, letters] =
    /^([<>|=]?)(\?|[a-zA-Z]\d*)/.exec(descr.kind === "string" ? descr.value : "") ?? [];
  const dtype = elementTypes.get(letters === "?" ? "b1" : (letters ?? ""));
  if (dtype === undefined || shown.length !== order.length + letters.length) {
    throw refusedElementType(where, shown);
  }
  return {
    descr: shown,
    dtype,
    // No mark, "|" and "=" mean the order of the machine that wrote the file: like this one, as nearly all are.
    littleEndian: order === "<" || (order !== ">" && hostIsLittleEndian),
    itemSize: letters === "?" ? 1 : Number(letters.slice(1)),
  };
}

const refusals: readonly (readonly [descr: RegExp, meaning: string, attempt: string])[] = [
  [/^[<>|=]?[cFD]/, "complex numbers", "save the real part, or the absolute value"],
  [/^[<>|=]?[SUa]/, "text", "leave it out, or save numbers in its place"],
  [/^\|?V2$/, "two raw bytes, perhaps bfloat16", "save it as float32"],
  [/^[<>|=]?V/, "raw bytes", "save it as float32"],
  [/^[<>|=]?[mM]/, "dates or times", "save them as numbers"],
  [/^[<>|=]?f(12|16)$/, "extended precision", "save it as float64"],
  [/^\[/, "records with several fields", "save each field as an array of its own"],
];

function refusedElementType(where: string, descr: string): UnsupportedError {
  const known = refusals.find(([form]) => form.test(descr));
  const meaning = known === undefined ? "an unknown element type" : known[1];
  return new UnsupportedError({
    code: "element-type",
    message: `${where}: expected numbers (f2, f4, f8, i1 to i8, u1 to u8 or b1), got descr "${shorten(descr)}" (${meaning}); ${known?.[2] ?? "save it as float32 or float64"}`,
  });
}

function readShape(where: string, items: readonly PythonLiteral[]): number[] {
  const sizes = items.map((item) =>
    item.kind === "integer" && Number.isSafeInteger(item.value) && item.value >= 0 ? item.value : null,
  );
  const known = sizes.filter((size) => size !== null);
  if (known.length === items.length && items.length <= mostDimensions) return known;
  throw badShape(where, showPythonLiteral({ kind: "tuple", items }));
}

function countBytes(where: string, shape: readonly number[], itemSize: number): number {
  if (shape.includes(0)) return 0;
  const bytes = shape.reduce((product, size) => product * size, itemSize);
  if (!Number.isSafeInteger(bytes)) throw badShape(where, `(${shape.join(", ")})`);
  return bytes;
}

function badShape(where: string, shape: string): InputError {
  return new InputError({
    code: "bad-shape",
    message: `${where}: expected at most ${mostDimensions} sizes of 0 or more, with fewer than 2^53 bytes in all, got shape ${shorten(shape)}; the file is damaged: save the array again`,
  });
}

function requireLength(where: string, header: NpyHeader, byteLength: number): void {
  const values = `${header.dataBytes} bytes of values (${header.dtype} ${JSON.stringify(header.shape)})`;
  const present = byteLength - header.dataStart;
  if (present < header.dataBytes) throw truncated(where, values, present);
  if (present > header.dataBytes) {
    throw new InputError({
      code: "trailing-bytes",
      message: `${where}: expected the file to end after ${values}, got ${present - header.dataBytes} bytes more; save several arrays into a .npz, or save this one again`,
    });
  }
}

function truncated(where: string, expected: string, present: number): InputError {
  return new InputError({
    code: "truncated-file",
    message: `${where}: expected ${expected}, got ${present} bytes; the file is cut short: copy or save it again`,
  });
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
