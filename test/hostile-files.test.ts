/**
 * Every fixture cut short and with bytes changed: each read ends in contents or in one sentence.
 *
 * A small part runs always; `SYNGEO_MUTATIONS=10000 npx vitest run test/hostile-files.test.ts` makes so many changes a
 * format.
 */

import { describe, expect, it } from "vitest";
import type { ByteSource } from "../src/data/byte-source.ts";
import { inspectFile, readFile } from "../src/data/readers.ts";
import { InputError, UnsupportedError } from "../src/errors.ts";
import { createRandom, type Random } from "../src/random.ts";
import { errorForm, sourceInFolder } from "./byte-sources.ts";
import { fixtureBytes, fixtureFiles } from "./fixture-files.ts";

const mutationsPerFormat = Number(process.env.SYNGEO_MUTATIONS ?? 200);
const cutEvery = 97;

/** The folder of fixtures of each format, and the endings of the files that are opened. */
const formats: Readonly<Record<string, readonly string[]>> = {
  onnx: [".onnx"],
  hdf5: [".h5", ".keras", ".mat"],
  mat: [".mat"],
  parquet: [".parquet"],
  xlsx: [".xlsx"],
  zarr: [".zip"],
};

/** Whether the file was read or refused; anything but our two errors, in their form, fails the test. */
async function outcome(open: (source: ByteSource) => Promise<unknown>, source: ByteSource) {
  try {
    await open(source);
    return "read";
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UnsupportedError)) throw error;
    expect(error.message).toMatch(errorForm);
    return "refused";
  }
}

/** A copy with one to four bytes changed: to any value, to the extremes, or by one bit. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const below = (end: number) => Math.floor(random.uniform() * end);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const place = below(copy.length);
    copy[place] = [below(256), 0, 255, 127, copy[place] ^ (1 << below(8))][below(5)];
  }
  return copy;
}

describe.each(Object.entries(formats))("%s files", (format, endings) => {
  const files = fixtureFiles(format);
  const names = Object.keys(files).filter((name) => endings.some((ending) => name.endsWith(ending)));
  const damaged = (name: string, bytes: Uint8Array) => sourceInFolder(name, { ...files, [name]: bytes });

  it("has fixtures", () => {
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)("%s cut short is read or refused with one sentence", async (name) => {
    const bytes = fixtureBytes(name, format);
    for (let length = 0; length < bytes.length; length += cutEvery) {
      const source = damaged(name, bytes.subarray(0, length));
      expect(await outcome(inspectFile, source), `${length} bytes`).toBe(await outcome(readFile, source));
    }
  });

  it.each(names)(
    "%s with bytes changed is read or refused with one sentence",
    { timeout: 3_600_000 },
    async (name) => {
      const random = createRandom(20).stream(name);
      const bytes = fixtureBytes(name, format);
      let refused = 0;
      const count = Math.ceil(mutationsPerFormat / names.length);
      for (let k = 0; k < count; k++) {
        const source = damaged(name, mutated(bytes, random));
        if ((await outcome(readFile, source)) === "refused") refused++;
        await outcome(inspectFile, source);
      }
      // Some changes hit values or names, which no reader can tell; some hit what it checks.
      expect(refused).toBeGreaterThan(0);
    },
  );
});
