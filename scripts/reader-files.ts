/** A file of each format with a given amount of weights, made on the fly; for the benchmark of the readers. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { File as Hdf5File, ready } from "h5wasm/node";
import { encodeNpy, encodeNpz, encodeSafetensors } from "../src/data/index.ts";
import { encodeOnnx } from "../src/data/onnx/wire.ts";
import { createRandom } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { latin1 } from "../test/byte-sources.ts";
import { dict, joined, storage, tensor, zipCheckpoint } from "../test/checkpoints.ts";
import { writeParquet } from "../test/parquet-tables.ts";

/** What is opened, and all files that it consists of. */
export interface MadeFiles {
  readonly path: string;
  readonly files: readonly string[];
}

export interface ReaderFile {
  readonly name: string;
  /** Of the bytes that the arrays of others hold. */
  readonly share: number;
  make(folder: string, bytes: number): MadeFiles | Promise<MadeFiles>;
}

const COLUMNS = 1000;

/** Weights as a matrix of float32 of so many bytes, those of a million over and over. */
function weightsOf(bytes: number): Extract<Tensor, { dtype: "float32" }> {
  const random = createRandom(1);
  const some = Float32Array.from({ length: 1_000_000 }, () => 0.01 * random.normal());
  const rows = Math.round(bytes / 4 / COLUMNS);
  const data = new Float32Array(rows * COLUMNS);
  for (let from = 0; from < data.length; from += some.length) {
    data.set(some.subarray(0, data.length - from), from);
  }
  return { dtype: "float32", shape: [rows, COLUMNS], data };
}

const named = (bytes: number) => [{ name: "weights", tensor: weightsOf(bytes) }];
const bytesOf = ({ data }: { readonly data: Float32Array }) => new Uint8Array(data.buffer);

function one(ending: string, encode: (bytes: number) => Uint8Array): ReaderFile["make"] {
  return (folder, bytes) => {
    const path = join(folder, `weights${ending}`);
    writeFileSync(path, encode(bytes));
    return { path, files: [path] };
  };
}

function torch(bytes: number): Uint8Array {
  const weights = weightsOf(bytes);
  const { shape, data } = weights;
  const on = storage({ count: data.length });
  return zipCheckpoint(dict({ weights: tensor({ shape, strides: [COLUMNS, 1], on }) }), {
    0: bytesOf(weights),
  });
}

function idx(bytes: number): Uint8Array {
  const { shape, data } = weightsOf(bytes);
  const file = new Uint8Array(12 + 4 * data.length);
  const view = new DataView(file.buffer);
  file.set([0, 0, 13, 2]);
  for (const [k, size] of shape.entries()) view.setUint32(4 + 4 * k, size);
  for (const [k, value] of data.entries()) view.setFloat32(12 + 4 * k, value);
  return file;
}

/** An element of a MATLAB file: its type, its length, its bytes. */
const element = (type: number, content: Uint8Array) =>
  joined([
    new Uint8Array(Uint32Array.of(type, content.length).buffer),
    content,
    new Uint8Array((8 - (content.length % 8)) % 8),
  ]);
const integers = (...values: readonly number[]) => new Uint8Array(Int32Array.from(values).buffer);

function matlab(bytes: number, pack: (matrix: Uint8Array) => Uint8Array): Uint8Array {
  const weights = weightsOf(bytes);
  const matrix = element(
    14,
    joined([
      element(6, integers(7, 0)),
      element(5, integers(...weights.shape)),
      element(1, latin1("weights")),
      element(7, bytesOf(weights)),
    ]),
  );
  return joined([latin1("MATLAB 5.0 MAT-file".padEnd(124)), Uint8Array.of(0, 1, 73, 77), pack(matrix)]);
}

function packed(matrix: Uint8Array): Uint8Array {
  const deflated = deflateSync(matrix, { level: 1 });
  return joined([integers(15, deflated.length), deflated]);
}

async function hdf5(folder: string, bytes: number): Promise<MadeFiles> {
  await ready;
  const path = join(folder, "weights.h5");
  const file = new Hdf5File(path, "w");
  const { shape, data } = weightsOf(bytes);
  file.create_dataset({ name: "weights", data, shape: [...shape] });
  file.close();
  return { path, files: [path] };
}

const CHUNKS = 8;

function zarr(folder: string, bytes: number): MadeFiles {
  const weights = weightsOf(bytes);
  const rows = Math.ceil(weights.shape[0] / CHUNKS);
  const metadata = {
    zarr_format: 3,
    node_type: "array",
    shape: [rows * CHUNKS, COLUMNS],
    data_type: "float32",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [rows, COLUMNS] } },
    chunk_key_encoding: { name: "default" },
    fill_value: 0,
    codecs: [{ name: "bytes", configuration: { endian: "little" } }],
  };
  const path = join(folder, "weights.zarr");
  const chunk = new Uint8Array(rows * COLUMNS * 4);
  const files = [join(path, "zarr.json")];
  for (let k = 0; k < CHUNKS; k++) {
    mkdirSync(join(path, "c", String(k)), { recursive: true });
    files.push(join(path, "c", String(k), "0"));
    chunk.set(bytesOf(weights).subarray(k * chunk.length, (k + 1) * chunk.length));
    writeFileSync(files[k + 1], chunk);
  }
  writeFileSync(files[0], JSON.stringify(metadata));
  return { path, files };
}

function sharded(folder: string, bytes: number): MadeFiles {
  const names = ["a", "b"];
  for (const name of names) {
    writeFileSync(
      join(folder, `${name}.safetensors`),
      encodeSafetensors([{ name, tensor: weightsOf(bytes / 2) }]),
    );
  }
  const path = join(folder, "model.safetensors.index.json");
  const map = Object.fromEntries(names.map((name) => [name, `${name}.safetensors`]));
  writeFileSync(path, JSON.stringify({ weight_map: map }));
  return { path, files: [path, ...names.map((name) => join(folder, `${name}.safetensors`))] };
}

function parquet(folder: string, bytes: number): MadeFiles {
  const path = join(folder, "weights.parquet");
  const { data } = weightsOf(bytes);
  const half = data.length / 2;
  const column = (name: string, from: number) => ({
    name,
    type: "FLOAT" as const,
    data: data.subarray(from, from + half),
  });
  writeParquet(path, [[column("day0", 0), column("day8", half)]], {
    codec: "SNAPPY",
    encoding: "PLAIN",
    rowGroupSize: 2 ** 20,
  });
  return { path, files: [path] };
}

/** Rows of a table as text; of the weights as many as make so many bytes. */
function csv(bytes: number): Uint8Array {
  const { data } = weightsOf(4_000_000);
  const lines = Array.from(
    { length: 100_000 },
    (_, row) => `${row},d${row % 100},${data[row]},${data[row + 1]}`,
  );
  const block = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const blocks = Array.from({ length: Math.max(1, Math.round(bytes / block.length)) }, () => block);
  return joined([latin1("spine,dendrite,day0,day8\n"), ...blocks]);
}

/** A workbook of as many rows as make so many bytes before they are packed. */
function xlsx(bytes: number): Uint8Array {
  const { data } = weightsOf(4_000_000);
  const rows: string[] = [
    '<row><c t="inlineStr"><is><t>day0</t></is></c><c t="inlineStr"><is><t>day8</t></is></c></row>',
  ];
  for (let k = 0, length = 0; length < bytes; k++) {
    rows.push(`<row><c><v>${data[k % 1e6]}</v></c><c><v>${data[(k + 1) % 1e6]}</v></c></row>`);
    length += rows[k + 1].length;
  }
  const parts = {
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" r:id="r1" xmlns:r="r"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels":
      '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
    "xl/worksheets/s.xml": `<worksheet><sheetData>${rows.join("")}</sheetData></worksheet>`,
  };
  const encoded = Object.entries(parts).map(
    ([name, text]) => [name, new TextEncoder().encode(text)] as const,
  );
  return zipSync(Object.fromEntries(encoded), { level: 1 });
}

function onnx(bytes: number): Uint8Array {
  const graph = { name: "weights", nodes: [], initializers: named(bytes), inputs: [], outputs: [] };
  return encodeOnnx({ irVersion: 9, producer: "", opsets: { "": 20 }, graph });
}

export const READER_FILES: readonly ReaderFile[] = [
  { name: "npy", share: 1, make: one(".npy", (bytes) => encodeNpy(weightsOf(bytes))) },
  { name: "npz", share: 1, make: one(".npz", (bytes) => encodeNpz(named(bytes))) },
  {
    name: "npz, deflated",
    share: 1,
    make: one(".npz", (bytes) => zipSync({ "weights.npy": encodeNpy(weightsOf(bytes)) }, { level: 1 })),
  },
  { name: "torch", share: 1, make: one(".pt", torch) },
  { name: "safetensors", share: 1, make: one(".safetensors", (bytes) => encodeSafetensors(named(bytes))) },
  { name: "sharded", share: 1, make: sharded },
  { name: "onnx", share: 1, make: one(".onnx", onnx) },
  { name: "parquet, Snappy", share: 1, make: parquet },
  { name: "xlsx", share: 1 / 8, make: one(".xlsx", xlsx) },
  { name: "mat", share: 1, make: one(".mat", (bytes) => matlab(bytes, (matrix) => matrix)) },
  { name: "mat, compressed", share: 1, make: one(".mat", (bytes) => matlab(bytes, packed)) },
  { name: "hdf5", share: 1, make: hdf5 },
  { name: "zarr, a folder", share: 1, make: zarr },
  { name: "idx", share: 1, make: one("-ubyte", idx) },
  { name: "idx, gzip", share: 1, make: one("-ubyte.gz", (bytes) => gzipSync(idx(bytes), { level: 1 })) },
  { name: "csv", share: 1 / 4, make: one(".csv", csv) },
];
