import { describe, expect, it } from "vitest";
import { latin1, npyFile, npyHeader, recordingSource, refusal } from "../../../test/byte-sources.ts";
import { floats, joined, legacyCheckpoint, storage as tensorStorage } from "../../../test/checkpoints.ts";
import { describedTensor, expectedTensor, fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import { bytesSource } from "../byte-source.ts";
import { npyReader, readNpy } from "./npy.ts";
import { readNpyHeader } from "./npy-header.ts";

const open = (bytes: Uint8Array) => bytesSource("a.npy", bytes);
const names = fixtureNames(".npy");

describe("readNpy", () => {
  it("is tried on every element type in both orders of bytes", () => {
    const wide = ["float16", "float32", "float64", "int16", "int32", "int64", "uint16", "uint32", "uint64"];
    const all = ["bool", "int8", "uint8", ...wide].map((dtype) => `${dtype}-little`);
    expect(names).toEqual(expect.arrayContaining([...all, ...wide.map((dtype) => `${dtype}-big`)]));
  });

  it.each(names)("reads numpy's own file %s", async (name) => {
    expect(describedTensor(await readNpy(open(fixtureBytes(`${name}.npy`))))).toEqual(expectedTensor(name));
  });

  it.each(names)("refuses %s cut short at any length", async (name) => {
    const bytes = fixtureBytes(`${name}.npy`);
    // The header's padding, where nothing new can happen, is passed over in large steps for speed.
    for (let length = 0; length < bytes.length; length += length > 300 ? 97 : 1) {
      const error = await refusal(readNpy(open(bytes.subarray(0, length))));
      expect(error).toMatchObject({ name: "InputError", code: "truncated-file" });
    }
  });

  it.each(["'<f4'", "'=f4'", "'|f4'", "'f4'"])(
    "reads descr %s as this machine's order of bytes",
    async (descr) => {
      const tensor = await readNpy(open(npyFile(npyHeader(descr, "(1,)"), Uint8Array.of(0, 0, 128, 63))));
      expect(tensor).toMatchObject({ dtype: "float32", shape: [1], data: Float32Array.of(1) });
    },
  );

  it.each(["?", "|b1", "<b1"])("reads descr %s as booleans", async (descr) => {
    const tensor = await readNpy(open(npyFile(npyHeader(`'${descr}'`, "(2,)"), Uint8Array.of(1, 0))));
    expect(tensor).toEqual({ dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) });
  });

  it("reads the long integers of Python 2 on Windows, and a header in UTF-8", async () => {
    const old = await readNpy(open(npyFile(npyHeader("'|u1'", "(2L, 1L)"), 2)));
    expect(old.shape).toEqual([2, 1]);
    const records = npyFile("{'descr': [('größe', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", 4, 3);
    expect((await refusal(readNpy(open(records)))).message).toContain("größe");
  });

  it("gives a view on aligned bytes, and copies only what is not aligned", async () => {
    const aligned = fixtureBytes("float32-little.npy");
    expect((await readNpy(open(aligned))).data.buffer).toBe(aligned.buffer);
    const shifted = new Uint8Array(aligned.length + 1);
    shifted.set(aligned, 1);
    const tensor = await readNpy(open(shifted.subarray(1)));
    expect(tensor.data.buffer).not.toBe(shifted.buffer);
    expect(describedTensor(tensor)).toEqual(expectedTensor("float32-little"));
  });

  it("never writes to the bytes of its source", async () => {
    for (const name of names) {
      const bytes = fixtureBytes(`${name}.npy`);
      await readNpy(open(bytes));
      expect(bytes).toEqual(fixtureBytes(`${name}.npy`));
    }
  });

  it("reads the values once, and passes the signal to every read", async () => {
    const { source, reads } = recordingSource("a.npy", fixtureBytes("fortran-past-one-block.npy"));
    const { signal } = new AbortController();
    await readNpy(source, { signal });
    expect(reads.map(({ start, end }) => [start, end])).toEqual([
      [0, 256],
      [128, 2768],
    ]);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
    await expect(readNpy(source, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow(
      "stopped",
    );
  });
});

describe("readNpyHeader", () => {
  it("says what the array is without reading its values", async () => {
    const { source, reads } = recordingSource("a.npy", fixtureBytes("fortran-past-one-block.npy"));
    expect(await readNpyHeader(source)).toEqual({
      version: "1.0",
      descr: "<i2",
      dtype: "int16",
      shape: [33, 40],
      fortranOrder: true,
      littleEndian: true,
      itemSize: 2,
      dataStart: 128,
      dataBytes: 2640,
    });
    expect(reads.length).toBe(1);
  });

  it("reads a header longer than the first read", async () => {
    const header = `${npyHeader("'|u1'", "(3,)").trimEnd()}${" ".repeat(2000)}\n`;
    expect((await readNpyHeader(open(npyFile(header, 3, 2)))).dataStart).toBe(12 + header.length);
    expect((await readNpy(open(npyFile(header, 3, 2)))).data).toEqual(new Uint8Array(3));
  });

  it.each([
    ["'|O'", "object-array", '"|O" (pickled Python objects)'],
    ["'<c8'", "element-type", '"<c8" (complex numbers)'],
    ["'<c16'", "element-type", "complex"],
    ["'<U3'", "element-type", "text"],
    ["'|S5'", "element-type", "text"],
    ["'|V2'", "element-type", "bfloat16"],
    ["'|V8'", "element-type", "raw bytes"],
    ["'<M8[ns]'", "element-type", "dates or times"],
    ["'<f16'", "element-type", "extended precision"],
    ["'<i16'", "element-type", "unknown element type"],
    ["'<f4junk'", "element-type", "unknown element type"],
    ["''", "element-type", "unknown element type"],
    [
      "[('a', '<f4'), ('b', '<i2')]",
      "element-type",
      "\"[('a', '<f4'), ('b', '<i2')]\" (records with several fields)",
    ],
    ["12", "element-type", '"12" (an unknown element type)'],
  ])("does not handle descr %s", async (descr, code, words) => {
    const error = await refusal(readNpyHeader(open(npyFile(npyHeader(descr, "(1,)"), 16))));
    expect(error).toMatchObject({ name: "UnsupportedError", code });
    expect(error.message).toContain(words);
  });

  it.each([
    ["a negative size", "(3, -1)"],
    ["a size beyond 2^53", "(99999999999999999999,)"],
    ["sizes whose product overflows", "(4294967296, 4294967296)"],
    ["sizes whose bytes overflow", "(9007199254740991,)"],
    ["65 dimensions", `(${"1, ".repeat(65)})`],
    ["a text among the sizes", "('3',)"],
  ])("refuses %s", async (_, shape) => {
    const error = await refusal(readNpyHeader(open(npyFile(npyHeader("'<f4'", shape), 4))));
    expect(error).toMatchObject({ name: "InputError", code: "bad-shape" });
  });

  it("takes huge sizes beside a size of 0 for what they are, an empty array", async () => {
    const { shape, dataBytes } = await readNpyHeader(
      open(npyFile(npyHeader("'<f4'", "(0, 4294967296, 4294967296)"), 0)),
    );
    expect({ shape, dataBytes }).toEqual({ shape: [0, 2 ** 32, 2 ** 32], dataBytes: 0 });
  });

  it("refuses a shape larger than the file before any memory is taken", async () => {
    const error = await refusal(readNpyHeader(open(npyFile(npyHeader("'<f8'", "(1000000, 1000000)"), 8))));
    expect(error.code).toBe("truncated-file");
    expect(error.message).toContain("8000000000000 bytes of values (float64 [1000000,1000000]), got 8 bytes");
  });

  it.each([
    ["not a dict", "('<f4', False, (1,))"],
    ["a key missing", "{'descr': '<f4', 'shape': (1,)}"],
    ["a key too many", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}"],
    ["an order that is no boolean", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}"],
    ["a shape that is no tuple", "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}"],
    [
      "code in place of a literal",
      "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (1,)}",
    ],
    ["nothing", ""],
  ])("refuses a header that is %s", async (_, header) => {
    const error = await refusal(readNpyHeader(open(npyFile(header, 4))));
    expect(error).toMatchObject({ name: "InputError", code: "bad-header" });
  });

  it("refuses a header in broken UTF-8, and one of 16 MiB", async () => {
    const broken = npyFile(npyHeader("'<f4'", "(1,)"), 4, 3);
    broken[20] = 0xff;
    expect((await refusal(readNpyHeader(open(broken)))).code).toBe("bad-header");
    const long = npyFile(npyHeader("'<f4'", "(1,)"), 4, 2);
    long[11] = 1;
    expect((await refusal(readNpyHeader(open(long)))).message).toContain("a header of at most 1048576 bytes");
  });

  it("refuses bytes after the values, which numpy.load passes over", async () => {
    const error = await refusal(readNpyHeader(open(npyFile(npyHeader("'<f4'", "(2,)"), 11))));
    expect(error).toMatchObject({ name: "InputError", code: "trailing-bytes" });
    expect(error.message).toContain("got 3 bytes more");
  });

  it("refuses versions that do not exist yet, and other files by what they look like", async () => {
    const newer = fixtureBytes("version-1.npy");
    newer[6] = 4;
    expect(await refusal(readNpyHeader(open(newer)))).toMatchObject({
      name: "UnsupportedError",
      code: "npy-version",
    });
    const text = new TextEncoder().encode("initial,final\n1,2\n");
    const error = await refusal(readNpyHeader(open(text)));
    expect(error).toMatchObject({ name: "InputError", code: "wrong-magic" });
    expect(error.message).toContain('got text that begins "initial,final');
  });
});

describe("npyReader", () => {
  it("names the array after its file", async () => {
    const source = bytesSource("runs/w.final.npy", fixtureBytes("float32-little.npy"));
    expect(await npyReader.inspect(source)).toEqual({
      kind: "tensors",
      format: "npy",
      tensors: [{ name: "w.final", dtype: "float32", shape: [2, 3] }],
      leftOut: [],
    });
    expect(await npyReader.read(source, { names: ["w.final"] })).toMatchObject({
      kind: "tensors",
      leftOut: [],
    });
    expect((await refusal(npyReader.read(source, { names: ["w.initial"] }))).code).toBe("unknown-name");
  });
});

describe("an array of Python objects", () => {
  const bytesOf = (pickle: string, shape: string) =>
    joined([npyFile(npyHeader("'|O'", shape), 0), latin1(pickle)]);
  const open = (pickle: string, shape = "()") => bytesSource("a.npy", bytesOf(pickle, shape));
  const array = (shape: string, items: string) =>
    `cnumpy.core.multiarray\n_reconstruct\n)R(K\x01${shape}cnumpy\ndtype\nU\x02O8\x85R(K\x03U\x01|NNNtb\x89](${items}etb`;

  it("gives the tensors and arrays inside by their keys, or one alone by the file's name", async () => {
    const inside = array("K\x02\x85", array(")", "N") + array(")", "N"));
    expect((await refusal(npyReader.read(open(`${inside}.`, "(2,)")))).code).toBe("no-arrays");
    const number =
      "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\nU\x02i2\x85R(K\x03U\x01>NNNtbC\x02\x01\x02tR";
    expect(await npyReader.read(open(`${array(")", number)}.`))).toMatchObject({
      format: "npy",
      tensors: [{ name: "a", tensor: { dtype: "int16", shape: [], data: Int16Array.of(258) } }],
    });
    const two = open(`${array("K\x02\x85", `N}U\x01x${number}s`)}.`, "(2,)");
    expect(await npyReader.read(two)).toMatchObject({ tensors: [{ name: "1.x" }], metadata: { 0: "None" } });
    expect(await npyReader.read(two, { names: ["1.x"] })).toMatchObject({ tensors: [{ name: "1.x" }] });
  });

  it.each([
    ["another array than its header", `${array("K\x02\x85", "NN")}.`, "bad-shape", "got shape [2]"],
    ["no array", "K\x05.", "bad-shape", "got 5"],
    ["an array without contents", "cnumpy.core.multiarray\n_reconstruct\n)R.", "bad-shape", "got None"],
    ["fewer objects than its shape", `${array("K\x02\x85", "N")}.`, "bad-pickle", "expected 2 objects"],
    ["bytes after its pickle", `${array(")", "N")}.N`, "trailing-bytes", "1 bytes more"],
    [
      "fewer bytes than its shape",
      `${array(")", "cnumpy.core.multiarray\n_reconstruct\n)R(K\x01K\x09\x85cnumpy\ndtype\nU\x02f4\x85R(K\x03U\x01<NNNtb\x89C\x04abcdtb")}.`,
      "bad-pickle",
      "9 values of numpy <f4",
    ],
  ])("that holds %s is refused", async (_, pickle, code, words) => {
    for (const read of [npyReader.read, npyReader.inspect]) {
      const error = await refusal(read(open(pickle)));
      expect(error).toMatchObject({ name: "InputError", code });
      expect(error.message).toContain(words);
    }
  });

  it("that holds one storage and shows it again and again has it looked at once", async () => {
    const storage = String.fromCharCode(...legacyCheckpoint(tensorStorage({ count: 2 }), { 0: floats(2) }));
    const length = String.fromCharCode(storage.length & 255, storage.length >> 8, 0, 0);
    const view =
      "ctorch._utils\n_rebuild_tensor\n(ctorch.storage\n_load_from_bytes\nh\x00\x85RK\x00K\x02\x85K\x01\x85tR";
    const readsFor = async (views: number) => {
      const shape = `K${String.fromCharCode(views)}\x85`;
      const pickle = `B${length}${storage}q\x000${array(shape, view.repeat(views))}.`;
      const { source, reads } = recordingSource("a.npy", bytesOf(pickle, `(${views},)`));
      const contents = await npyReader.read(source);
      expect(contents).toMatchObject({
        tensors: new Array(views).fill({ tensor: { data: Float32Array.of(0, 1) } }),
      });
      return reads.length;
    };
    // Each further view reads its values, nothing else.
    expect(await readsFor(30)).toBe((await readsFor(1)) + 29);
  });

  it("that calls os.system is refused by that name", async () => {
    const error = await refusal(npyReader.read(open("cposix\nsystem\nU\x04true\x85R.")));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "pickle-name" });
    expect(error.message).toContain('npy "a.npy": expected a pickle of tensors');
    expect(error.message).toContain('"posix.system"');
  });
});
