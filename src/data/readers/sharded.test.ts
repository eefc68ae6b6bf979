import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1, refusal } from "../../../test/byte-sources.ts";
import { dict, floats, tensor, zipCheckpoint } from "../../../test/checkpoints.ts";
import { bytesSource } from "../byte-source.ts";
import { openFileSource } from "../file-source.node.ts";
import { inspectFile, readFile } from "../readers.ts";
import { encodeSafetensors } from "../writers/safetensors.ts";

let folder = "";
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const index = (map: unknown) => JSON.stringify({ metadata: { total_size: 48 }, weight_map: map });
const named = (name: string) => ({
  name,
  tensor: { dtype: "float32" as const, shape: [2], data: Float32Array.of(1, name.length) },
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-sharded-"));
  write("m-1.safetensors", encodeSafetensors([named("a"), named("extra")]));
  write("m-2.safetensors", encodeSafetensors([named("bbb")]));
  write("m-1.bin", zipCheckpoint(dict({ a: tensor() }), { 0: floats(6) }));
  write("m-2.bin", zipCheckpoint(dict({ bbb: tensor() }), { 0: floats(6) }));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function withIndex<T>(
  content: string,
  use: (source: Awaited<ReturnType<typeof openFileSource>>) => Promise<T>,
) {
  write("model.index.json", content);
  const source = await openFileSource(join(folder, "model.index.json"));
  return use(source).finally(() => source.close());
}

describe("a model cut into several files", () => {
  it.each([
    ["safetensors", [1, 3]],
    ["bin", [0, 0]],
  ])("of %s is read in the order of its index", async (ending, seconds) => {
    const map = { bbb: `m-2.${ending}`, a: `m-1.${ending}` };
    await withIndex(index(map), async (source) => {
      const contents = await readFile(source);
      expect(contents).toMatchObject({
        kind: "tensors",
        format: "sharded",
        tensors: [{ name: "bbb" }, { name: "a" }],
      });
      const { tensors } = contents.kind === "tensors" ? contents : expect.fail("a table");
      expect(tensors.map((each) => each.tensor.data[0])).toEqual(seconds.map(() => seconds[0]));
      const description = await inspectFile(source);
      expect(description).toMatchObject({ tensors: [{ name: "bbb" }, { name: "a" }] });
    });
  });

  it("leaves out a file of types that are not held, unless it is asked for or nothing else is there", async () => {
    const header = '{"f8":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}';
    write("m-3.safetensors", Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...latin1(header), 7));
    await withIndex(index({ f8: "m-3.safetensors", bbb: "m-2.safetensors" }), async (source) => {
      for (const contents of [await readFile(source), await inspectFile(source)]) {
        const leftOut = [{ name: "f8", reason: expect.stringContaining('"F8_E4M3"') }];
        expect(contents).toMatchObject({ tensors: [{ name: "bbb" }], leftOut });
      }
      expect((await refusal(readFile(source, { names: ["bbb", "f8"] }))).code).toBe("element-type");
    });
    await withIndex(index({ f8: "m-3.safetensors" }), async (source) => {
      for (const open of [readFile, inspectFile])
        expect((await refusal(open(source))).code).toBe("element-type");
    });
  });

  it("whose files are links into one folder of contents, as model caches keep them, is read", async () => {
    const [blobs, model] = [join(folder, "blobs"), join(folder, "snapshot")];
    mkdirSync(blobs);
    mkdirSync(model);
    write("blobs/1", index({ bbb: "m-2.safetensors" }));
    write("blobs/2", encodeSafetensors([named("bbb")]));
    symlinkSync(join(blobs, "1"), join(model, "model.safetensors.index.json"));
    symlinkSync(join(blobs, "2"), join(model, "m-2.safetensors"));
    const source = await openFileSource(join(model, "model.safetensors.index.json"));
    const contents = await readFile(source).finally(() => source.close());
    expect(contents).toMatchObject({ format: "sharded", tensors: [{ name: "bbb" }], leftOut: [] });
  });

  it("says what a file holds beyond the index, and opens only the files it needs", async () => {
    await withIndex(index({ a: "m-1.safetensors", gone: "m-9.safetensors" }), async (source) => {
      expect(await readFile(source, { names: ["a"] })).toMatchObject({
        tensors: [{ name: "a" }],
        leftOut: [],
      });
      expect(await refusal(readFile(source))).toMatchObject({ code: "file-not-found" });
    });
    await withIndex(index({ a: "m-1.safetensors" }), async (source) => {
      const leftOut = [{ name: "extra", reason: 'in "m-1.safetensors", but not there by the index' }];
      expect(await readFile(source)).toMatchObject({ leftOut });
      expect(await inspectFile(source)).toMatchObject({ leftOut });
    });
  });

  it.each([
    ["text", "hello", "bad-index", 'text that begins "hello"'],
    ["cut short", index({ a: "m-1.safetensors" }).slice(0, 40), "bad-index", "an index in JSON"],
    ["a list", "[]", "bad-index", "weight_map"],
    ["without files", index({}), "bad-index", "at least one tensor"],
    ["with a number for a file", index({ a: 5 }), "bad-index", '5 for "a"'],
    ["with a file elsewhere", index({ a: "../m-1.safetensors" }), "outside-folder", '"../m-1.safetensors"'],
    ["with a name twice", '{"weight_map":{"a":"x","a":"y"}}', "bad-index", '"a" twice'],
    ["of another kind of file", index({ a: "m-1.h5" }), "bad-index", '"m-1.h5"'],
    [
      "that promises what is not there",
      index({ z: "m-1.safetensors" }),
      "bad-index",
      '"z" in "m-1.safetensors"',
    ],
  ])("is refused with an index that is %s", async (_, content, code, words) => {
    await withIndex(content, async (source) => {
      for (const read of [readFile, inspectFile]) {
        const error = await refusal(read(source));
        expect(error).toMatchObject({ name: "InputError", code });
        expect(error.message).toContain(words);
      }
    });
  });

  it("needs a folder, and names that are in the index", async () => {
    const bytes = new TextEncoder().encode(index({ weight: "m-1.safetensors" }));
    const error = await refusal(readFile(bytesSource("m.index.json", bytes)));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "no-folder" });
    await withIndex(index({ weight: "m-1.safetensors" }), async (source) => {
      const unknown = await refusal(readFile(source, { names: ["wieght"] }));
      expect(unknown.message).toContain('got "wieght"; did you mean "weight"? it has weight');
    });
  });
});
