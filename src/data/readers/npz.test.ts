import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { latin1, npyFile, npyHeader, recordingSource, refusal } from "../../../test/byte-sources.ts";
import { joined } from "../../../test/checkpoints.ts";
import { describedTensor, expectedTensors, fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import { torchFixture } from "../../../test/torch-fixtures.ts";
import { bytesSource } from "../byte-source.ts";
import { encodeNpy, encodeNpz } from "../writers/npy.ts";
import { inspectNpz, readNpz } from "./npz.ts";

const open = (bytes: Uint8Array) => bytesSource("run.npz", bytes);
const names = fixtureNames(".npz");
const good = encodeNpy({ dtype: "uint8", shape: [2], data: Uint8Array.of(1, 2) });

describe("readNpz", () => {
  it.each(names)("reads numpy's own file %s", async (name) => {
    const { tensors } = await readNpz(open(fixtureBytes(`${name}.npz`)));
    const read = Object.fromEntries(tensors.map((each) => [each.name, describedTensor(each.tensor)]));
    expect(read).toEqual(expectedTensors(name));
  });

  it.each(names)("refuses %s cut short at any length", async (name) => {
    const bytes = fixtureBytes(`${name}.npz`);
    for (let length = 0; length < bytes.length; length++) {
      expect((await refusal(readNpz(open(bytes.subarray(0, length))))).name).toBe("InputError");
    }
  });

  it("reads the arrays named, in that order, and no byte of the others", async () => {
    const data = (seed: number) => Float64Array.from({ length: 1000 }, (_, i) => i + seed);
    const bytes = encodeNpz(
      ["a", "b", "c"].map((name, k) => ({
        name,
        tensor: { dtype: "float64", shape: [1000], data: data(k) },
      })),
    );
    const { source, reads } = recordingSource("run.npz", bytes);
    const { signal } = new AbortController();
    const { tensors } = await readNpz(source, { names: ["c", "a"], signal });
    expect(tensors.map(({ name, tensor }) => [name, tensor.data])).toEqual([
      ["c", data(2)],
      ["a", data(0)],
    ]);
    // Each member takes 35 bytes of zip header, 128 of npy header and 8000 of values.
    const [start, end] = [8163, 2 * 8163];
    expect(reads.filter((read) => read.start < end && read.end > start)).toEqual([]);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("leaves out members without numbers, each with its reason, unless they are asked for", async () => {
    const source = open(fixtureBytes("savez-with-text.npz"));
    const { tensors, leftOut } = await readNpz(source);
    expect(tensors.map((each) => each.name)).toEqual(["weights"]);
    expect(leftOut).toEqual([{ name: "labels", reason: expect.stringContaining('got descr "<U1" (text)') }]);
    expect(await refusal(readNpz(source, { names: ["labels"] }))).toMatchObject({
      name: "UnsupportedError",
      code: "element-type",
    });
    const other = await readNpz(open(zipSync({ "w.npy": good, "readme.txt": latin1("hello") })));
    expect(other.leftOut).toEqual([{ name: "readme.txt", reason: "not a .npy array" }]);
  });

  it("reads what is inside arrays of Python objects, and leaves out one that would call something", async () => {
    const call = joined([npyFile(npyHeader("'|O'", "()"), 0), latin1("cos\nsystem\n.")]);
    const { tensors, leftOut } = await readNpz(open(zipSync({ "w.npy": good, "run.npy": call })));
    expect(tensors.map((each) => each.name)).toEqual(["w"]);
    expect(leftOut).toEqual([{ name: "run", reason: expect.stringContaining('the name "os.system"') }]);
    const objects = open(torchFixture("objects.npz"));
    const named = await readNpz(objects, { names: ["run.w", "one", "plain"] });
    expect(named.tensors.map((each) => [each.name, each.tensor.shape])).toEqual([
      ["run.w", [2, 2]],
      ["one", [2]],
      ["plain", [3]],
    ]);
    const error = await refusal(readNpz(objects, { names: ["run.v"] }));
    expect(error.message).toContain(
      'npy "run.npz/run.npy": expected the name of a tensor in it, got "run.v"',
    );
  });

  it("throws for a damaged member rather than leave it out", async () => {
    const error = await refusal(readNpz(open(zipSync({ "good.npy": good, "w.npy": good.subarray(0, 129) }))));
    expect(error).toMatchObject({ name: "InputError", code: "truncated-file" });
    expect(error.message).toContain('npy "run.npz/w.npy"');
  });

  it("refuses one name for two members", async () => {
    const bytes = encodeNpz([
      { name: "w1", tensor: { dtype: "uint8", shape: [1], data: Uint8Array.of(1) } },
      { name: "w2", tensor: { dtype: "uint8", shape: [1], data: Uint8Array.of(2) } },
    ]);
    bytes.set(latin1("w1"), bytes.lastIndexOf("2".charCodeAt(0)) - 1);
    expect((await refusal(readNpz(open(bytes)))).code).toBe("duplicate-name");
  });

  it("names the nearest array for a name that is not there", async () => {
    const error = await refusal(readNpz(open(fixtureBytes("savez.npz")), { names: ["intial"] }));
    expect(error.code).toBe("unknown-name");
    expect(error.message).toContain('got "intial"; did you mean "initial"? it has initial, final, größe');
  });

  it.each([
    ["an empty archive", "InputError", {}],
    ['2 other files such as "a.txt", "b.txt"', "UnsupportedError", { "a.txt": good, "b.txt": good }],
  ])("refuses %s", async (got, name, files) => {
    const error = await refusal(readNpz(open(zipSync(files))));
    expect(error).toMatchObject({ name, code: "no-arrays" });
    expect(error.message).toContain(`got ${got};`);
  });
});

describe("inspectNpz", () => {
  it("gives names, types and shapes, and what would be left out", async () => {
    expect(await inspectNpz(open(fixtureBytes("savez-compressed.npz")))).toEqual({
      tensors: [
        { name: "initial", dtype: "float32", shape: [3, 4] },
        { name: "final", dtype: "float32", shape: [3, 4] },
        { name: "größe", dtype: "int64", shape: [3] },
      ],
      leftOut: [],
    });
    const { leftOut } = await inspectNpz(open(fixtureBytes("savez-with-text.npz")));
    expect(leftOut.map((each) => each.name)).toEqual(["labels"]);
  });

  it("reads no values", async () => {
    const bytes = zipSync({ "w.npy": npyFile(npyHeader("'<f8'", "(100000,)"), 800_000) }, { level: 0 });
    const { source, reads } = recordingSource("run.npz", bytes);
    await inspectNpz(source);
    expect(reads.reduce((sum, read) => sum + read.end - read.start, 0)).toBeLessThan(1000);
  });
});
