/**
 * Every fixture cut short and with bytes changed: each read ends in contents or in one sentence.
 *
 * A small part runs always; `SYNGEO_MUTATIONS=10000 npx vitest run test/hostile-files.test.ts` makes so many changes a
 * format.
 */

import { describe, expect, it } from "vitest";
import { inspectFile, readFile } from "../src/data/readers.ts";
import { encodeSafetensors } from "../src/data/writers/safetensors.ts";
import { createRandom } from "../src/random.ts";
import { latin1, sourceInFolder } from "./byte-sources.ts";
import { dict, tensor, zipCheckpoint } from "./checkpoints.ts";
import { mutated, outcome } from "./damaged-files.ts";
import { fixtureFiles } from "./fixture-files.ts";

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

/** The files of each format, and the endings of those that are opened. */
const formats: readonly (readonly [string, Readonly<Record<string, Uint8Array>>, readonly string[]])[] = [
  ["torch", fixtureFiles("torch"), [".pt", ".pth", ".bin", ".npy", ".npz"]],
  ["sharded", sharded, [".index.json"]],
  ["onnx", fixtureFiles("onnx"), [".onnx"]],
  ["hdf5", fixtureFiles("hdf5"), [".h5", ".keras", ".mat"]],
  ["mat", fixtureFiles("mat"), [".mat"]],
  ["parquet", fixtureFiles("parquet"), [".parquet"]],
  ["xlsx", fixtureFiles("xlsx"), [".xlsx"]],
  ["zarr", fixtureFiles("zarr"), [".zip"]],
];

/** Any value, the extremes, or one bit changed. */
const anyByte = (byte: number, below: (end: number) => number) => [
  below(256),
  0,
  255,
  127,
  byte ^ (1 << below(8)),
];

describe.each(formats)("%s files", (_, files, endings) => {
  const names = Object.keys(files).filter((name) => endings.some((ending) => name.endsWith(ending)));
  const damaged = (name: string, bytes: Uint8Array) => sourceInFolder(name, { ...files, [name]: bytes });

  it("has fixtures", () => {
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)("%s cut short is read or refused with one sentence", async (name) => {
    const bytes = files[name];
    for (let length = 0; length < bytes.length; length += cutEvery) {
      const source = damaged(name, bytes.subarray(0, length));
      expect(await outcome(() => inspectFile(source)), `${length} bytes`).toBe(
        await outcome(() => readFile(source)),
      );
    }
  });

  it.each(names)(
    "%s with bytes changed is read or refused with one sentence",
    { timeout: 3_600_000 },
    async (name) => {
      const random = createRandom(20).stream(name);
      const bytes = files[name];
      let refused = 0;
      const count = Math.ceil(mutationsPerFormat / names.length);
      for (let k = 0; k < count; k++) {
        const source = damaged(name, mutated(bytes, random, anyByte));
        if ((await outcome(() => readFile(source))) === "refused") refused++;
        await outcome(() => inspectFile(source));
      }
      // Some changes hit values or names, which no reader can tell; some hit what it checks.
      expect(refused).toBeGreaterThan(0);
    },
  );
});
