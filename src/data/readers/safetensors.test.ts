import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../../test/byte-sources.ts";
import { describedTensor, expectedTensors, fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";
import { encodeSafetensors } from "../writers/safetensors.ts";
import { readNpz } from "./npz.ts";
import { safetensorsReader } from "./safetensors.ts";

const folder = "safetensors";
const names = fixtureNames(".safetensors", folder);
const open = (bytes: Uint8Array) => bytesSource("model.safetensors", bytes);

async function tensorsOf(bytes: Uint8Array, asked?: readonly string[]) {
  const contents = await readFile(open(bytes), { names: asked });
  return contents.kind === "tensors" ? contents : expect.fail("expected tensors, got a table");
}

/** A file of any header, right or wrong, and so many bytes of values. */
function file(header: string, values = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + values);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

const entry = (dtype: string, shape: string, start: number, end: number) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${start},${end}]}`;

describe("reading safetensors", () => {
  it.each(names)("reads the fixture %s, in the order of its header", async (name) => {
    const { tensors, leftOut } = await tensorsOf(fixtureBytes(`${name}.safetensors`, folder));
    const read = Object.fromEntries(tensors.map((each) => [each.name, describedTensor(each.tensor)]));
    expect(read).toEqual(expectedTensors(name, folder));
    expect(leftOut).toEqual([]);
  });

  it("keeps the order of the header for names that are numbers", async () => {
    const { tensors } = await tensorsOf(fixtureBytes("shapes.safetensors", folder));
    expect(tensors.map((each) => each.name)).toEqual(["scalar", "empty", "10", "größe", "2"]);
  });

  it.each(names)("refuses %s cut short at any length", async (name) => {
    const bytes = fixtureBytes(`${name}.safetensors`, folder);
    for (let length = 0; length < bytes.length; length++) {
      const error = await refusal(readFile(open(bytes.subarray(0, length))));
      expect(error).toMatchObject({ name: "InputError", code: "truncated-file" });
    }
  });

  it("reads the tensors named, in that order, and no byte of the others", async () => {
    const tensor = (value: number) =>
      ({ dtype: "float64", shape: [1000], data: new Float64Array(1000).fill(value) }) as const;
    const bytes = encodeSafetensors(["a", "b", "c"].map((name, k) => ({ name, tensor: tensor(k) })));
    const { source, reads } = recordingSource("m.safetensors", bytes);
    const { signal } = new AbortController();
    const contents = await safetensorsReader.read(source, { names: ["c", "a"], signal });
    expect(contents).toMatchObject({
      tensors: [
        { name: "c", tensor: tensor(2) },
        { name: "a", tensor: tensor(0) },
      ],
    });
    const [start, end] = [bytes.length - 16_000, bytes.length - 8000];
    expect(reads.filter((read) => read.start < end && read.end > start)).toEqual([]);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("inspects by the header alone, metadata included", async () => {
    const bytes = fixtureBytes("every-type.safetensors", folder);
    const { source, reads } = recordingSource("every-type.safetensors", bytes);
    const description = await inspectFile(source);
    expect(description).toMatchObject({
      kind: "tensors",
      format: "safetensors",
      metadata: { format: "pt", größe: "zwei" },
    });
    const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(Math.max(...reads.map((read) => read.end))).toBe(headerEnd);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(await inspectFile(open(fixtureBytes("shapes.safetensors", folder)))).not.toHaveProperty(
      "metadata",
    );
  });

  it("leaves out a type it does not hold, with the reason, unless it is asked for or alone", async () => {
    const odd = entry("F8_E4M3", "[3]", 4, 7);
    const bytes = file(`{"w":${entry("F32", "[1]", 0, 4)},"odd":${odd}}`, 7);
    const { tensors, leftOut } = await tensorsOf(bytes);
    expect(tensors.map((each) => each.name)).toEqual(["w"]);
    expect(leftOut).toEqual([{ name: "odd", reason: expect.stringContaining('got "F8_E4M3" ("odd")') }]);
    const alone = file(`{"a":${entry("C64", "[]", 0, 8)}}`, 8);
    for (const attempt of [() => tensorsOf(bytes, ["odd"]), () => tensorsOf(alone)]) {
      expect(await refusal(attempt)).toMatchObject({ name: "UnsupportedError", code: "element-type" });
    }
  });

  it("names the nearest tensor for a name that is not there", async () => {
    const error = await refusal(tensorsOf(fixtureBytes("shapes.safetensors", folder), ["scaler"]));
    expect(error.code).toBe("unknown-name");
    expect(error.message).toContain('got "scaler"; did you mean "scalar"? it has scalar, empty');
    const none = await refusal(tensorsOf(fixtureBytes("no-tensors.safetensors", folder), ["w"]));
    expect(none.message).toContain("it has none");
  });

  const f32 = (start: number, end: number, shape = "[1]") => entry("F32", shape, start, end);
  it.each([
    ["a header length beyond the file", file("{}", 0, 3n), "truncated-file", "a header of 3 bytes, got 2"],
    ["a length of 2^63", file("{}", 0, 2n ** 63n), "bad-header", "a length of 9223372036854775808"],
    ["another format", latin1("ARROW1\0\0\0\0"), "wrong-magic", "got an Arrow file"],
    ["a header that is not JSON", file('{"w":'), "bad-header", "expected a header in JSON"],
    ["no header at all", file(""), "bad-header", "expected a header in JSON"],
    ["broken UTF-8", file('{"é":1}').fill(0xff, 10, 11), "bad-header", "expected a header in UTF-8"],
    ["a tensor that is a number", file('{"w":1}'), "bad-header", 'for "w", got 1'],
    ["a tensor without shape", file('{"w":{"dtype":"F32"}}'), "bad-header", 'data_offsets for "w"'],
    ["metadata that are a list", file('{"__metadata__":[]}'), "bad-header", "__metadata__"],
    ["metadata that are numbers", file('{"__metadata__":{"a":1}}'), "bad-header", 'got 1 under "a"'],
    ["one name twice", file(`{"w":${f32(0, 4)},"w":${f32(0, 4)}}`, 4), "duplicate-name", 'got "w" twice'],
    ["a negative size", file(`{"w":${f32(0, 4, "[-1]")}}`, 4), "bad-shape", "got [-1]"],
    ["a size that is a text", file(`{"w":${f32(0, 4, '["1"]')}}`, 4), "bad-shape", 'got ["1"]'],
    ["a fraction as size", file(`{"w":${f32(0, 4, "[0.5]")}}`, 4), "bad-shape", "got [0.5]"],
    ["a negative size beside a 0", file(`{"w":${f32(0, 0, "[0,-1]")}}`), "bad-shape", "got [0,-1]"],
    ["sizes that overflow", file(`{"w":${f32(0, 4, "[4294967296,4294967296]")}}`, 4), "bad-shape", "2^50"],
    ["one offset", file('{"w":{"dtype":"F32","shape":[],"data_offsets":[0]}}'), "bad-offsets", "got [0]"],
    ["offsets in reverse", file(`{"w":${f32(4, 0)}}`, 4), "bad-offsets", "got [4,0]"],
    ["a negative offset", file(`{"w":${f32(-4, 0)}}`, 4), "bad-offsets", "got [-4,0]"],
    ["an offset beyond the file", file(`{"w":${f32(0, 4)}}`, 3), "truncated-file", "0 to 4 after the header"],
    ["fewer bytes than the shape", file(`{"w":${f32(0, 4, "[2]")}}`, 4), "bad-offsets", "expected 8 bytes"],
    ["more bytes than the shape", file(`{"w":${f32(0, 8)}}`, 8), "bad-offsets", "expected 4 bytes"],
    [
      "offsets that overlap",
      file(`{"v":${f32(0, 4)},"w":${f32(2, 6)}}`, 6),
      "bad-offsets",
      "byte 2 (an overlap)",
    ],
    [
      "the same bytes for two",
      file(`{"v":${f32(0, 4)},"w":${f32(0, 4)}}`, 4),
      "bad-offsets",
      "byte 0 (an overlap)",
    ],
    [
      "a hole between tensors",
      file(`{"v":${f32(0, 4)},"w":${f32(5, 9)}}`, 9),
      "bad-offsets",
      "byte 5 (a hole)",
    ],
    ["a hole at the start", file(`{"w":${f32(4, 8)}}`, 8), "bad-offsets", "byte 4 (a hole)"],
    ["bytes after the values", file(`{"w":${f32(0, 4)}}`, 5), "trailing-bytes", "got 1 bytes more"],
  ])("refuses %s", async (_, bytes, code, words) => {
    for (const attempt of [readFile, inspectFile]) {
      const error = await refusal(attempt(open(bytes)));
      expect(error).toMatchObject({ name: "InputError", code });
      expect(error.message).toContain(words);
    }
  });
});

const oracle = fileURLToPath(new URL("../../../../shared/oracle/F_formats/", import.meta.url));
const isAbsent = !existsSync(oracle);
if (isAbsent) console.warn(`skipped: safetensors files of PyTorch weights, which are not at ${oracle}`);

describe.skipIf(isAbsent)("safetensors files of trained networks", () => {
  const files = isAbsent ? [] : readdirSync(oracle).filter((name) => name.endsWith(".safetensors"));
  const bytesOf = (name: string) => new Uint8Array(readFileSync(`${oracle}${name}`));

  it.each(files.filter((name) => !name.includes("state_dict")))(
    "%s holds what the .npz of that name holds",
    async (name) => {
      const npz = await readNpz(bytesSource("w.npz", bytesOf(name.replace(/safetensors$/, "npz"))));
      expect((await tensorsOf(bytesOf(name))).tensors).toEqual(npz.tensors);
    },
  );

  it.each(files.filter((name) => name.includes("state_dict")))(
    "%s has the same recurrent matrix",
    async (name) => {
      const { tensors, metadata } = await tensorsOf(bytesOf(name));
      const npz = await readNpz(
        bytesSource("w.npz", bytesOf(name.replace(/_state_dict.safetensors$/, ".npz"))),
      );
      expect(tensors.find((each) => each.name === "rnn.weight_hh_l0")?.tensor).toEqual(npz.tensors[0].tensor);
      expect(tensors.map((each) => each.tensor.shape)).toEqual([
        [100, 28],
        [100, 100],
        [100],
        [100],
        [10, 100],
        [10],
      ]);
      expect(metadata).toEqual({ format: "pt" });
    },
  );

  it("are written again byte for byte", async () => {
    for (const name of files) {
      const bytes = bytesOf(name);
      const { tensors, metadata } = await tensorsOf(bytes);
      expect(encodeSafetensors(tensors, metadata)).toEqual(bytes);
    }
    expect(files.length).toBeGreaterThan(0);
  });
});
