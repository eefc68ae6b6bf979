import { describe, expect, it } from "vitest";
import { latin1, refusal, sourceInFolder } from "../../../test/byte-sources.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";
import { encodeSafetensors } from "../writers/safetensors.ts";

const tensor = (value: number) => ({ dtype: "float32", shape: [1], data: Float32Array.of(value) }) as const;
const shard = (...values: readonly [string, number][]) =>
  encodeSafetensors(values.map(([name, value]) => ({ name, tensor: tensor(value) })));
/** A file of one tensor of a type that is not held, in the format's own layout. */
const eightBit = () => {
  const header = '{"f8":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}';
  return Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...latin1(header), 7]);
};

const indexName = "model.safetensors.index.json";
const files = {
  "model-00001-of-00002.safetensors": shard(["b", 2], ["a", 1]),
  "model-00002-of-00002.safetensors": shard(["c", 3]),
  "model-f8.safetensors": eightBit(),
};
const model = (map: Readonly<Record<string, unknown>>) =>
  sourceInFolder(indexName, {
    ...files,
    [indexName]: new TextEncoder().encode(JSON.stringify({ weight_map: map })),
  });
const [first, second, third] = Object.keys(files);

describe("reading safetensors by an index", () => {
  it("gives the tensors of all files in the order of the index", async () => {
    const source = model({ a: first, c: second, b: first });
    expect(await readFile(source)).toEqual({
      kind: "tensors",
      format: "safetensors index",
      tensors: [
        { name: "a", tensor: tensor(1) },
        { name: "c", tensor: tensor(3) },
        { name: "b", tensor: tensor(2) },
      ],
      leftOut: [],
    });
    const described = ["a", "c", "b"].map((name) => ({ name, dtype: "float32", shape: [1] }));
    expect(await inspectFile(source)).toMatchObject({ tensors: described, leftOut: [] });
  });

  it("opens only the files that hold the tensors named", async () => {
    const source = model({ a: first, c: "absent.safetensors" });
    expect(await readFile(source, { names: ["a"] })).toMatchObject({ tensors: [{ name: "a" }] });
    expect((await refusal(readFile(source))).code).toBe("file-not-found");
  });

  it("leaves out types that are not held, unless they are asked for", async () => {
    const source = model({ a: first, f8: third });
    for (const contents of [await readFile(source), await inspectFile(source)]) {
      expect(contents).toMatchObject({ tensors: [{ name: "a" }], leftOut: [{ name: "f8" }] });
    }
    expect((await refusal(readFile(source, { names: ["f8"] }))).code).toBe("element-type");
  });

  it.each([
    ["a tensor that is not in its file", { z: first }, "unknown-name"],
    ["a file outside the folder", { a: "../model.safetensors" }, "outside-folder"],
    ["a file that is a number", { a: 1 }, "bad-index"],
    ["no tensors", {}, "bad-index"],
  ])("refuses %s", async (_, map, code) => {
    for (const attempt of [readFile, inspectFile])
      expect((await refusal(attempt(model(map)))).code).toBe(code);
  });

  it("refuses text that is no JSON, and an index without its files", async () => {
    expect((await refusal(readFile(bytesSource(indexName, latin1("{"))))).code).toBe("bad-index");
    const alone = bytesSource(indexName, latin1('{"weight_map":{"a":"b.safetensors"}}'));
    expect((await refusal(readFile(alone))).code).toBe("no-folder");
  });
});
