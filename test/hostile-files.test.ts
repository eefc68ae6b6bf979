/**
 * Every fixture cut short and with bytes changed: each read ends in contents or in one sentence.
 *
 * `npm test` makes 200 changes a format, `npm run test:hostile` 10,000.
 */

import { gzipSync, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { openBlocks } from "../src/data/blocks.ts";
import type { ByteSource } from "../src/data/byte-source.ts";
import { inspectFile, readFile, formats as registered } from "../src/data/readers.ts";
import { encodeSafetensors } from "../src/data/writers/safetensors.ts";
import { createRandom } from "../src/random.ts";
import { latin1, sourceInFolder } from "./byte-sources.ts";
import { dict, tensor, zipCheckpoint } from "./checkpoints.ts";
import { mutated, outcome } from "./damaged-files.ts";
import { fixtureBytes, fixtureFiles } from "./fixture-files.ts";

const mutationsPerFormat = Number(process.env.SYNGEO_MUTATIONS ?? 200);
const cutEvery = 97;

/** A model in two files, of which the index is opened and damaged. */
const sharded = {
  "model.index.json": latin1(JSON.stringify({ weight_map: { a: "m-1.safetensors", b: "m-2.bin" } })),
  "m-1.safetensors": encodeSafetensors([
    { name: "a", tensor: { dtype: "float32", shape: [1], data: Float32Array.of(1) } },
  ]),
  "m-2.bin": zipCheckpoint(dict({ b: tensor() })),
};

const idx = Uint8Array.of(0, 0, 13, 2, 0, 0, 0, 3, 0, 0, 0, 40, ...new Uint8Array(480).fill(63));

const rows = Array.from({ length: 30 }, (_, row) => [
  row,
  `d${row % 4}`,
  row / 8,
  row % 5 === 3 ? "NA" : 0.3 * row,
]);
const lines = (between: string) => rows.map((cells) => cells.join(between)).join("\n");

const delimited = {
  "wide.csv": latin1(`spine,dendrite,day0,day8\n${lines(",")}\n`),
  "quoted.csv": latin1(
    `"spine","the ""dendrite""","day0","day8"\r\n${lines(",").replaceAll(/d\d/g, '"$&,\n"')}\r\n`,
  ),
  "names.tsv": latin1(`\xef\xbb\xbfspine\tgr\xf6\xdfe\tday0\tday8\n${lines("\t")}\n`),
  "without-header.txt": latin1(lines(";").replaceAll(/d\d/g, "7")),
};

/** A folder of Zarr: each of its files is damaged in turn. */
const zarrFolder = (archive: string) => unzipSync(fixtureBytes(archive, "zarr"));

interface Hostile {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The endings of the files that are damaged. */
  readonly endings: readonly string[];
  /** What is opened, unless it is the damaged file. */
  readonly opened?: string;
  readonly isReadByRange?: true;
}

/** Each format that can be read, by its name, and the forms of some that have several. */
const formats: Readonly<Record<string, Hostile>> = {
  npy: { files: fixtureFiles("npy"), endings: [".npy"], isReadByRange: true },
  npz: { files: fixtureFiles("npy"), endings: [".npz"], isReadByRange: true },
  torch: { files: fixtureFiles("torch"), endings: [".pt", ".pth", ".bin", ".npy", ".npz"] },
  safetensors: { files: fixtureFiles("safetensors"), endings: [".safetensors"], isReadByRange: true },
  sharded: { files: sharded, endings: [".index.json"] },
  "sharded, one of its files": {
    files: sharded,
    endings: ["1.safetensors", ".bin"],
    opened: "model.index.json",
  },
  onnx: { files: fixtureFiles("onnx"), endings: [".onnx"] },
  hdf5: {
    files: { ...fixtureFiles("hdf5"), "session.nwb": fixtureBytes("every-type.h5", "hdf5") },
    endings: [".h5", ".keras", ".mat", ".nwb"],
  },
  mat: { files: fixtureFiles("mat"), endings: [".mat"] },
  parquet: { files: fixtureFiles("parquet"), endings: [".parquet"], isReadByRange: true },
  xlsx: { files: fixtureFiles("xlsx"), endings: [".xlsx"] },
  zarr: { files: fixtureFiles("zarr"), endings: [".zip"] },
  "zarr 2, a folder": { files: zarrFolder("version-2.zip"), endings: [""], opened: ".zgroup" },
  "zarr 3, a folder": { files: zarrFolder("version-3.zip"), endings: [""], opened: "zarr.json" },
  idx: { files: { "w.idx": idx, "w-ubyte.gz": gzipSync(idx) }, endings: ["idx", ".gz"] },
  csv: { files: delimited, endings: [".csv", ".tsv", ".txt"] },
};

/** Every value by range, where a format can be read so. */
async function readBlocks(source: ByteSource): Promise<void> {
  for (const { count, obstacle, read } of (await openBlocks(source))?.tensors ?? []) {
    if (obstacle === null) await read(0, Math.min(count, 2 ** 22));
  }
}

/** Any value, the extremes, or one bit changed. */
const anyByte = (byte: number, below: (end: number) => number) => [
  below(256),
  0,
  255,
  127,
  byte ^ (1 << below(8)),
];

it("has a row for each format that is read", () => {
  expect(Object.keys(formats)).toEqual(expect.arrayContaining(registered.map(({ name }) => name)));
});

describe.each(Object.entries(formats))("%s files", (_, { files, endings, opened, isReadByRange }) => {
  const names = Object.keys(files).filter((name) => endings.some((ending) => name.endsWith(ending)));
  const damaged = (name: string, bytes: Uint8Array) =>
    sourceInFolder(opened ?? name, { ...files, [name]: bytes });
  const count = Math.ceil(mutationsPerFormat / names.length);
  let refused = 0;

  it("has fixtures", () => {
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)("%s cut short is read or refused with one sentence", async (name) => {
    const bytes = files[name];
    for (let length = 0; length < bytes.length; length += cutEvery) {
      const source = damaged(name, bytes.subarray(0, length));
      const inspected = await outcome(() => inspectFile(source));
      const read = await outcome(() => readFile(source));
      // What is described without a look at the values may be damaged there.
      if (opened === undefined) expect(inspected, `${length} bytes`).toBe(read);
      if (isReadByRange) await outcome(() => readBlocks(source));
    }
  });

  it.each(names)(
    "%s with bytes changed is read or refused with one sentence",
    { timeout: 3_600_000 },
    async (name) => {
      const random = createRandom(20).stream(name);
      for (let k = 0; k < count; k++) {
        const source = damaged(name, mutated(files[name], random, anyByte));
        if ((await outcome(() => readFile(source))) === "refused") refused++;
        await outcome(() => inspectFile(source));
        if (isReadByRange) await outcome(() => readBlocks(source));
      }
    },
  );

  it("some changes are refused", () => {
    // Others hit values or names, which no reader can tell.
    expect(refused).toBeGreaterThan(0);
  });
});
