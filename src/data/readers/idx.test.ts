import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../../test/byte-sources.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";
import { readIdx } from "./idx.ts";

/** An IDX file made by hand: type, sizes, and each value's bytes. */
function idxFile(type: number, sizes: readonly number[], values: readonly number[]): Uint8Array {
  const header = [0, 0, type, sizes.length, ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255])];
  return Uint8Array.from([...header, ...values]);
}

const open = (bytes: Uint8Array) => bytesSource("train-images-idx3-ubyte", bytes);
const images = idxFile(0x08, [2, 1, 3], [0, 1, 2, 127, 128, 255]);

describe("readIdx", () => {
  it.each([
    [0x08, "uint8", [0, 255], [0, 255]],
    [0x09, "int8", [127, 255], [127, -1]],
    [0x0b, "int16", [1, 2, 255, 254], [258, -2]],
    [0x0c, "int32", [1, 2, 3, 4, 255, 255, 255, 255], [16909060, -1]],
    [0x0d, "float32", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], [1, -2]],
    [0x0e, "float64", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], [1, -2]],
  ])("reads type %i as %s, the highest byte first", async (type, dtype, bytes, values) => {
    const tensor = await readIdx(open(idxFile(type, [2], bytes)));
    expect({ ...tensor, data: [...tensor.data] }).toEqual({ dtype, shape: [2], data: values });
  });

  it("reads images row by row, sizes of 0, and a single number", async () => {
    expect(await readIdx(open(images))).toEqual({
      dtype: "uint8",
      shape: [2, 1, 3],
      data: Uint8Array.of(0, 1, 2, 127, 128, 255),
    });
    expect((await readIdx(open(idxFile(0x08, [0, 28], [])))).shape).toEqual([0, 28]);
    expect(await readIdx(open(idxFile(0x08, [], [9])))).toMatchObject({ shape: [], data: Uint8Array.of(9) });
  });

  it("reads what gzip has compressed, whatever the ending", async () => {
    expect(await readIdx(open(gzipSync(images)))).toEqual(await readIdx(open(images)));
  });

  it.each([
    ["plain", images],
    ["compressed", new Uint8Array(gzipSync(images))],
  ])("refuses a %s file cut short at any length", async (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect((await refusal(readIdx(open(bytes.subarray(0, length))))).name).toBe("InputError");
    }
  });

  it("refuses a compressed file of which a byte has changed", async () => {
    const bytes = new Uint8Array(gzipSync(images));
    bytes[bytes.length - 6] ^= 1; // in the checksum
    expect((await refusal(readIdx(open(bytes)))).code).toBe("bad-gzip");
  });

  it.each([
    ["text", latin1("initial,final\n1,2\n"), "wrong-magic", "got text that begins"],
    ["a type that IDX has not", idxFile(0x0a, [1], [0]), "wrong-magic", "got the bytes 00 00 0a 01"],
    ["bytes after the values", idxFile(0x08, [1], [0, 0]), "trailing-bytes", "got 1 bytes more"],
    [
      "sizes whose product overflows",
      Uint8Array.from([0, 0, 0x0e, 3, ...new Uint8Array(12).fill(255)]),
      "bad-shape",
      "float64 [4294967295,4294967295,4294967295]",
    ],
  ])("refuses %s", async (_, bytes, code, words) => {
    const error = await refusal(readIdx(open(bytes)));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(words);
  });

  it("passes the signal to every read", async () => {
    const { source, reads } = recordingSource("a-ubyte", images);
    const { signal } = new AbortController();
    await readIdx(source, { signal });
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });
});

describe("idxReader", () => {
  it.each(["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "digits.idx", "digits.idx.gz"])(
    "is chosen for %s",
    async (name) => {
      const bytes = name.endsWith(".gz") ? new Uint8Array(gzipSync(images)) : images;
      const own = name.replace(/(\.idx)?(\.gz)?$/, "");
      expect(await inspectFile(bytesSource(`data/${name}`, bytes))).toEqual({
        kind: "tensors",
        format: "idx",
        tensors: [{ name: own, dtype: "uint8", shape: [2, 1, 3] }],
        leftOut: [],
      });
      expect(await readFile(bytesSource(name, bytes), { names: [own] })).toMatchObject({ format: "idx" });
    },
  );

  it("refuses another name than its own", async () => {
    const error = await refusal(readFile(bytesSource("digits.idx", images), { names: ["digit"] }));
    expect(error.code).toBe("unknown-name");
  });
});
