import { describe, expect, it } from "vitest";
import { latin1, refusal } from "../../test/byte-sources.ts";
import { fixtureBytes } from "../../test/fixture-files.ts";
import { torchFixture } from "../../test/torch-fixtures.ts";
import { bytesSource } from "./byte-source.ts";
import { inspectFile, readFile } from "./readers.ts";

const npy = fixtureBytes("float32-little.npy");
const npz = fixtureBytes("savez.npz");
const csv = latin1("initial,final\n1,2\n");

describe("readFile", () => {
  it.each([
    ["w.npy", npy, "npy"],
    ["w.npz", npz, "npz"],
    ["w.csv", csv, "csv"],
    ["W.TSV", csv, "csv"],
    ["w.pt", torchFixture("one-tensor.pt"), "torch"],
    ["w.pth", torchFixture("one-tensor-legacy.pt"), "torch"],
    ["spines.txt", csv, "csv"],
    ["keys.csv", latin1("PK,final\n1,2\n"), "csv"],
  ])("reads %s", async (name, bytes, format) => {
    expect(await readFile(bytesSource(name, bytes))).toMatchObject({ format });
  });

  it("says how far it has come, in rising steps to the end of a long table", async () => {
    const rows = latin1(`initial,final\n${"1,2\n".repeat(200_000)}`);
    const heard: number[] = [];
    await readFile(bytesSource("w.csv", rows), {
      onRead({ source, done, total }) {
        expect([source, total]).toEqual(["w.csv", rows.length]);
        heard.push(done);
      },
    });
    // After the sample that delimiter and header are found in.
    const steps = heard.slice(heard.lastIndexOf(2 ** 16));
    expect(steps.length).toBeGreaterThan(10);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(rows.length);
  });

  it.each([
    ["an npy file called .csv", "w.csv", npy, "npy"],
    ["an npy file without ending", "w", npy, "npy"],
    ["an npz file called .npy", "w.npy", npz, "npz"],
    ["an npz file called .pt", "w.pt", npz, "npz"],
    ["a checkpoint called .npz", "w.npz", torchFixture("one-tensor.pt"), "torch"],
    ["a checkpoint without ending", "w", torchFixture("one-tensor.pt"), "torch"],
    ["a checkpoint of the older format without ending", "w", torchFixture("one-tensor-legacy.pt"), "torch"],
  ])("goes by the bytes before the name: %s", async (_, name, bytes, format) => {
    expect(await readFile(bytesSource(name, bytes))).toMatchObject({ format });
  });

  it("passes the names to the reader", async () => {
    const contents = await readFile(bytesSource("w.npz", npz), { names: ["final"] });
    expect(contents).toMatchObject({ kind: "tensors", tensors: [{ name: "final" }], leftOut: [] });
  });

  it.each([
    ["w.npy", csv, "InputError", "wrong-magic", 'got text that begins "initial,final\\n1,2\\n"'],
    ["w.npy", latin1("\x89HDF\r\n\x1a\n"), "InputError", "bad-hdf5", "expected groups and arrays in HDF5"],
    ["w.npz", csv, "InputError", "wrong-magic", "expected a zip archive, got text"],
    ["w.csv", latin1("ARROW1\0\0"), "InputError", "not-text", "got an Arrow file"],
    ["w.npy", new Uint8Array(), "InputError", "truncated-file", "got 0 bytes"],
    ["w.npz", new Uint8Array(), "InputError", "truncated-file", "in 0 bytes"],
    ["w.csv", new Uint8Array(), "InputError", "empty-file", "got an empty file"],
    ["w.npy", latin1("ARROW1\0\0"), "InputError", "wrong-magic", "got an Arrow file"],
    ["w.arrow", latin1("ARROW1\0\0"), "UnsupportedError", "unknown-format", "got an Arrow file"],
    [
      "w",
      csv,
      "UnsupportedError",
      "unknown-format",
      "expected npy (.npy), npz (.npz), torch (.pt, .pth, .bin, .ckpt), safetensors (.safetensors), sharded (.index.json), ",
    ],
    ["w.pt", latin1("PK\x03\x04"), "InputError", "truncated-file", "expected a directory at the end"],
  ])("refuses %s, case %#", async (file, bytes, name, code, words) => {
    for (const open of [readFile, inspectFile]) {
      const error = await refusal(open(bytesSource(file, bytes)));
      expect(error).toMatchObject({ name, code });
      expect(error.message).toContain(words);
    }
  });
});

describe("inspectFile", () => {
  it("describes tensors and tables in plain records that survive JSON", async () => {
    for (const [name, bytes] of [
      ["w.npy", npy],
      ["w.npz", npz],
      ["w.csv", csv],
    ] as const) {
      const description = await inspectFile(bytesSource(name, bytes));
      expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    }
    expect(await inspectFile(bytesSource("w.csv", csv))).toMatchObject({ kind: "table", rows: 1 });
  });
});
