/** The instructions of a pickle, one after the other, read from a byte source in parts; large runs of bytes stay there. */

import { InputError, UnsupportedError } from "../../errors.ts";
import { type ByteSource, type SliceOptions, windowSource } from "../byte-source.ts";
import { instructions, type NumberForm, type Opcode, type RunForm } from "./opcodes.ts";
import { badPickle, type PickleValue } from "./values.ts";

/** Reads are this long at least, since most pickles are short. */
const partBytes = 2 ** 16;
/** An instruction and the longest number or length that may follow it. */
const headBytes = 9;
const longestLine = 2 ** 16;
const longestText = 2 ** 28;
const longestInteger = 1000;

export interface PickleStream {
  readonly where: string;
  readonly source: ByteSource;
  readonly options: SliceOptions | undefined;
  /** Where the pickle begins in the source, for messages. */
  readonly start: number;
  part: DataView;
  /** Place of the part's first byte in the source. */
  partStart: number;
  /** The next byte, counted from the start of the part. */
  at: number;
}

export interface Instruction {
  readonly opcode: Opcode;
  /** A number, text or bytes; null where nothing follows. Two lines come as one text with a dot between. */
  readonly operand: PickleValue;
}

export function openPickle(
  where: string,
  source: ByteSource,
  start: number,
  options: SliceOptions | undefined,
): PickleStream {
  return { where, source, options, start, part: new DataView(new ArrayBuffer(0)), partStart: start, at: 0 };
}

/** Place of the next byte in the source. */
export function placeOf(stream: PickleStream): number {
  return stream.partStart + stream.at;
}

/**
 * The next instruction.
 *
 * @throws InputError `truncated-file`, `bad-pickle`; UnsupportedError `too-large`
 */
export async function nextInstruction(stream: PickleStream): Promise<Instruction> {
  if (stream.part.byteLength - stream.at < headBytes) await fill(stream, 1, headBytes);
  const code = stream.part.getUint8(stream.at++);
  const found = instructions[code];
  if (found === undefined) {
    const got = `the byte 0x${code.toString(16).padStart(2, "0")} (byte ${placeOf(stream) - 1 - stream.start} of the pickle)`;
    throw badPickle(stream.where, "an instruction of pickle protocols 0 to 5", got);
  }
  const { opcode, argument } = found;
  switch (argument.kind) {
    case "none":
      return { opcode, operand: null };
    case "number":
      return { opcode, operand: await readNumber(stream, argument.form) };
    case "lines": {
      const first = await readLine(stream);
      // One line is a number or an escaped text, two are the names of a module and of what is in it.
      if (argument.count === 1) return { opcode, operand: latin1(first) };
      return { opcode, operand: `${names.decode(first)}.${names.decode(await readLine(stream))}` };
    }
    case "run":
      return {
        opcode,
        operand: await readRun(stream, await readNumber(stream, argument.length), argument.form),
      };
  }
}

/** Makes `needed` bytes available, and `wanted` where the source has them. */
async function fill(stream: PickleStream, needed: number, wanted = needed): Promise<void> {
  const { source, part, at } = stream;
  const start = placeOf(stream);
  if (needed > source.byteLength - start) throw truncated(stream, needed);
  if (part.byteLength - at >= Math.min(wanted, source.byteLength - start)) return;
  const end = Math.min(source.byteLength, start + Math.max(wanted, partBytes));
  const bytes = await source.slice(start, end, stream.options);
  stream.part = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  stream.partStart = start;
  stream.at = 0;
}

function truncated(stream: PickleStream, needed: number) {
  const present = stream.source.byteLength - placeOf(stream);
  return new InputError({
    code: "truncated-file",
    message: `${stream.where}: expected ${needed} more bytes of its pickle, got ${present} (byte ${placeOf(stream) - stream.start} of the pickle); the file is cut short: copy or save it again`,
  });
}

const sizes: { readonly [F in NumberForm]: number } = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  float64: 8,
};

const decoders: { readonly [F in NumberForm]: (view: DataView, at: number) => number } = {
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  float64: (view, at) => view.getFloat64(at, false),
};

async function readNumber(stream: PickleStream, form: NumberForm): Promise<number> {
  const size = sizes[form];
  if (stream.part.byteLength - stream.at < size) await fill(stream, size);
  const value = decoders[form](stream.part, stream.at);
  stream.at += size;
  return value;
}

async function readLine(stream: PickleStream): Promise<Uint8Array> {
  for (let length = 0; length < longestLine; length++) {
    if (stream.part.byteLength - stream.at <= length) await fill(stream, length + 1, length + headBytes);
    if (stream.part.getUint8(stream.at + length) === 0x0a) {
      const line = takeBytes(stream, length);
      stream.at++;
      return line;
    }
  }
  throw badPickle(stream.where, "a line of text", `more than ${longestLine} bytes without an end of line`);
}

async function readRun(stream: PickleStream, length: number, form: RunForm): Promise<PickleValue> {
  if (length > stream.source.byteLength - placeOf(stream)) throw truncated(stream, length);
  if (form === "bytes") {
    const start = placeOf(stream);
    skip(stream, length);
    return { kind: "bytes", source: windowSource(stream.source, start, start + length) };
  }
  const longest = form === "integer" ? longestInteger : longestText;
  if (length > longest) {
    throw new UnsupportedError({
      code: "too-large",
      message: `${stream.where}: expected ${form === "integer" ? "integers" : "texts"} of at most ${longest} bytes, got ${length} (byte ${placeOf(stream) - stream.start} of the pickle); save numbers as arrays`,
    });
  }
  if (stream.part.byteLength - stream.at < length) await fill(stream, length);
  const bytes = takeBytes(stream, length);
  if (form === "integer") return integerOf(bytes);
  return form === "utf-8" ? utf8(stream, bytes) : latin1(bytes);
}

function takeBytes(stream: PickleStream, length: number): Uint8Array {
  const { buffer, byteOffset } = stream.part;
  stream.at += length;
  return new Uint8Array(buffer, byteOffset + stream.at - length, length);
}

function skip(stream: PickleStream, length: number): void {
  if (stream.at + length <= stream.part.byteLength) {
    stream.at += length;
    return;
  }
  stream.partStart = placeOf(stream) + length;
  stream.part = new DataView(new ArrayBuffer(0));
  stream.at = 0;
}

/** Two's complement, lowest byte first. */
function integerOf(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits.reverse().join("")}`));
  return smallest(value);
}

/** A number where it is exact. */
export function smallest(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

const names = new TextDecoder("utf-8", { ignoreBOM: true });
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(stream: PickleStream, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw badPickle(
      stream.where,
      "texts in UTF-8",
      `other bytes (byte ${placeOf(stream) - bytes.length - stream.start} of the pickle)`,
      cause,
    );
  }
}

/** Texts of Python 2, whose bytes may be an array's; one character a byte, as numpy reads them. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}
