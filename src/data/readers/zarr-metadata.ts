/** What the metadata of a Zarr array say, both versions in one form, checked before a chunk is read. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import { narrowToFloat16 } from "../float16.ts";

export interface ZarrArray {
  readonly version: 2 | 3;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Sizes of the chunks that are decoded at a time: within shards, of the inner ones. */
  readonly chunks: readonly number[];
  /** How the chunks are compressed; null where they are not. */
  readonly compression: string | null;
  /** The metadata as the library is to see them. */
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

const dtypesOfTwo: Readonly<Record<string, DataType>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

const compressions: readonly string[] = ["blosc", "zstd", "gzip", "zlib", "lz4"];
/** The largest chunk that is decoded; writers make chunks of a few megabytes. */
const largestChunk = 2 ** 29;
const mostDimensions = 32;

/** @throws InputError `bad-zarr`; UnsupportedError `element-type`, `zarr-codec`, `too-large` */
export function parseZarrArray(where: string, name: string, version: 2 | 3, fields: Fields): ZarrArray {
  const shape = sizes(where, name, "shape", fields.shape, 0);
  const parts = version === 2 ? partsOfTwo(where, name, fields) : partsOfThree(where, name, fields);
  const { dtype, chunks } = parts;
  const bytes = (of: readonly number[]) =>
    of.includes(0) ? 0 : of.reduce((product, size) => product * size, 8);
  if (chunks.length !== shape.length || !Number.isSafeInteger(bytes(shape))) {
    throw badZarr(where, name, "a shape and chunks that fit it", JSON.stringify([shape, chunks]));
  }
  if (bytes(chunks) > largestChunk || bytes(shape) > 2 ** 34) {
    throw new UnsupportedError({
      code: "too-large",
      message: `${where}: expected chunks of at most 2^26 and arrays of at most 2^31 values, got ${JSON.stringify(chunks)} of ${JSON.stringify(shape)} ("${name}"); save the part that is needed as an array of its own`,
    });
  }
  return { version, shape, ...parts, text: asStored(where, name, version, dtype, fields) };
}

/**
 * The metadata with element types that the library can hold everywhere: half-precision numbers as their bit patterns,
 * booleans as bytes; and with a fill value in that type.
 */
function asStored(where: string, name: string, version: 2 | 3, dtype: DataType, fields: Fields): string {
  const { dtype: descr, data_type: type, fill_value: fill, ...rest } = fields;
  const value = typeof fill === "boolean" || fill === null || fill === undefined ? Number(fill ?? 0) : fill;
  const isNumber = typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(String(value));
  if (!isNumber || (dtype.endsWith("int64") && !Number.isSafeInteger(value))) {
    throw unsupported(where, "element-type", name, "a plain number as fill value", fill);
  }
  const fill_value = dtype === "float16" ? narrowToFloat16(Float32Array.of(Number(value)))[0] : value;
  if (version === 2) {
    return JSON.stringify({
      ...rest,
      dtype: String(descr).replace("f2", "u2").replace("b1", "u1"),
      fill_value,
    });
  }
  const stored = dtype === "float16" ? "uint16" : dtype === "bool" ? "uint8" : type;
  return JSON.stringify({ ...rest, data_type: stored, fill_value });
}

export function badZarr(where: string, name: string, expected: string, got: string): InputError {
  return new InputError({
    code: "bad-zarr",
    message: `${where}: expected ${expected} for "${name}", got ${got.slice(0, 120)}; the metadata are damaged: copy or save the array again`,
  });
}

function unsupported(where: string, code: string, name: string, expected: string, got: unknown) {
  return new UnsupportedError({
    code,
    message: `${where}: expected ${expected}, got ${(JSON.stringify(got) ?? "none").slice(0, 120)} ("${name}"); save it in another way`,
  });
}

function sizes(where: string, name: string, what: string, value: unknown, least: number): readonly number[] {
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && Number(size) >= least;
  if (Array.isArray(value) && value.length <= mostDimensions && value.every(isSize)) return value;
  throw badZarr(where, name, `a ${what} of sizes ≥ ${least}`, JSON.stringify(value) ?? "none");
}

const record = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};

type Parts = Pick<ZarrArray, "dtype" | "chunks" | "compression">;

function partsOfTwo(where: string, name: string, fields: Fields): Parts {
  const { dtype: descr, compressor, filters } = fields;
  const dtype = typeof descr === "string" && /^[<>|]/.test(descr) ? dtypesOfTwo[descr.slice(1)] : undefined;
  if (dtype === undefined) throw unsupported(where, "element-type", name, "an array of numbers", descr);
  const id = compressor === null || compressor === undefined ? null : record(compressor).id;
  if (id !== null && (typeof id !== "string" || !compressions.includes(id))) {
    throw unsupported(
      where,
      "zarr-codec",
      name,
      `chunks compressed by ${compressions.join(", ")}`,
      compressor,
    );
  }
  if (filters !== null && filters !== undefined && !(Array.isArray(filters) && filters.length === 0)) {
    throw unsupported(where, "zarr-codec", name, "chunks without filters", filters);
  }
  const order = fields.order;
  if (order !== "C" && order !== "F")
    throw badZarr(where, name, "the order C or F", JSON.stringify(order) ?? "none");
  return { dtype, chunks: sizes(where, name, "shape of chunks", fields.chunks, 1), compression: id };
}

function partsOfThree(where: string, name: string, fields: Fields): Parts {
  const type = fields.data_type;
  const dtype = Object.values(dtypesOfTwo).find((known) => known === type);
  if (dtype === undefined) {
    throw unsupported(where, "element-type", name, "an array of numbers", type);
  }
  const grid = record(fields.chunk_grid);
  if (grid.name !== "regular") throw unsupported(where, "zarr-codec", name, "a regular grid of chunks", grid);
  const outer = sizes(where, name, "shape of chunks", record(grid.configuration).chunk_shape, 1);
  const codecs = codecList(where, name, fields.codecs);
  const [first] = codecs;
  if (first?.name !== "sharding_indexed")
    return { dtype, chunks: outer, compression: compressionOf(where, name, codecs) };
  const shard = record(first.configuration);
  const chunks = sizes(where, name, "shape of inner chunks", shard.chunk_shape, 1);
  const isWhole = chunks.length === outer.length && outer.every((size, k) => size % chunks[k] === 0);
  if (codecs.length > 1 || !isWhole)
    throw badZarr(where, name, "whole chunks in each shard", JSON.stringify([outer, chunks]));
  const count = outer.reduce((product, size, k) => product * (size / chunks[k]), 16);
  if (count > largestChunk) throw badZarr(where, name, "fewer chunks in a shard", String(count / 16));
  if (compressionOf(where, name, codecList(where, name, shard.index_codecs)) !== null) {
    throw unsupported(where, "zarr-codec", name, "a plain index of the shard", shard.index_codecs);
  }
  if (shard.index_location === "start")
    throw unsupported(where, "zarr-codec", name, "the index after the shard", "start");
  return { dtype, chunks, compression: compressionOf(where, name, codecList(where, name, shard.codecs)) };
}

interface Codec {
  readonly name: unknown;
  readonly configuration: unknown;
}

function codecList(where: string, name: string, value: unknown): readonly Codec[] {
  if (!Array.isArray(value)) throw badZarr(where, name, "a list of codecs", JSON.stringify(value) ?? "none");
  return value.map((each) => ({ name: record(each).name, configuration: record(each).configuration }));
}

/** The one compression in a list of codecs; besides it only transposing, the order of bytes and a checksum. */
function compressionOf(where: string, name: string, codecs: readonly Codec[]): string | null {
  const names = codecs.map((codec) => codec.name);
  const others = names.filter((each) => !["transpose", "bytes", "crc32c"].includes(String(each)));
  const [compression = null] = others;
  if (compression === null) return null;
  const isLast = names.indexOf(compression) === names.length - 1;
  if (
    others.length > 1 ||
    !isLast ||
    typeof compression !== "string" ||
    !compressions.includes(compression)
  ) {
    throw unsupported(
      where,
      "zarr-codec",
      name,
      `chunks compressed once by ${compressions.join(", ")}`,
      names,
    );
  }
  return compression;
}
