import { describe, expect, it } from "vitest";
import { recordingSource, refusal, sourceInFolder } from "../../../test/byte-sources.ts";
import {
  describedTensors,
  expectedTensors,
  fixtureBytes,
  fixtureNames,
} from "../../../test/fixture-files.ts";
import type { Tensor } from "../../tensor.ts";
import { bytesSource } from "../byte-source.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { encodeOnnx } from "../onnx/wire.ts";
import { inspectFile, readFile } from "../readers.ts";
import { folderOfFiles } from "../source-folder.ts";

const folder = "onnx";
const names = fixtureNames(".onnx", folder);
const values = fixtureBytes("external.bin", folder);
const fixture = (name: string) =>
  sourceInFolder(`${name}.onnx`, {
    [`${name}.onnx`]: fixtureBytes(`${name}.onnx`, folder),
    "external.bin": values,
  });

/** The fixture whose values are in `external.bin`, that name replaced by another of as many letters. */
function externalAt(location: string) {
  const bytes = fixtureBytes("external.onnx", folder);
  const text = new TextEncoder().encode("external.bin");
  const replacement = new TextEncoder().encode(location);
  expect(replacement.length).toBe(text.length);
  for (let at = 0; at + text.length <= bytes.length; at++) {
    if (text.every((byte, k) => bytes[at + k] === byte)) bytes.set(replacement, at);
  }
  return sourceInFolder("model.onnx", { "model.onnx": bytes, "external.bin": values });
}

function modelWith(initializers: readonly { name: string; tensor: Tensor }[]): Uint8Array {
  const graph = { name: "g", nodes: [], initializers, inputs: [], outputs: [] };
  const model: OnnxModel = { irVersion: 9, producer: "", opsets: { "": 20 }, graph };
  return encodeOnnx(model);
}

describe("reading ONNX models", () => {
  it.each(names)("reads the initializers of the fixture %s", async (name) => {
    const contents = await readFile(fixture(name));
    expect(describedTensors(contents)).toEqual(expectedTensors(name, folder));
    expect(contents).toMatchObject({
      metadata: { producer: "syngeo fixtures" },
      leftOut: [{ name: "nodes", reason: expect.stringContaining("1 hold tensors") }],
    });
  });

  it("describes them without reading values in other files", async () => {
    const { source, reads } = recordingSource("external.bin", values);
    const folderOfOne = folderOfFiles("external.onnx", new Map([["external.bin", () => source]]));
    const model = {
      ...bytesSource("external.onnx", fixtureBytes("external.onnx", folder)),
      folder: folderOfOne,
    };
    expect(await inspectFile(model)).toMatchObject({
      tensors: [
        { name: "w", dtype: "float32", shape: [8, 16] },
        { name: "b", dtype: "float64", shape: [8] },
        { name: "small", dtype: "int8", shape: [2] },
      ],
    });
    expect(reads).toEqual([]);
    await readFile(model, { names: ["b"] });
    expect(reads.map(({ start, end }) => end - start)).toEqual([64]);
  });

  it.each(["../../../etc", "/etc/passwd0", "./../ab.bin0", "..\\ernal.bin", "C:ternal.bin", "a//ernal.bin"])(
    "refuses values at %j, outside the model's folder",
    async (location) => {
      const error = await refusal(readFile(externalAt(location)));
      expect(error).toMatchObject({ name: "InputError", code: "outside-folder" });
    },
  );

  it("says which file is missing, too short, or cannot be reached", async () => {
    expect((await refusal(readFile(externalAt("internal.bin")))).code).toBe("file-not-found");
    const bytes = fixtureBytes("external.onnx", folder);
    const short = sourceInFolder("m.onnx", { "m.onnx": bytes, "external.bin": values.subarray(0, 100) });
    expect((await refusal(readFile(short))).message).toMatch(
      /expected 512 bytes of "w".+got a file of 100 bytes/,
    );
    expect((await refusal(readFile(bytesSource("m.onnx", bytes)))).code).toBe("no-folder");
  });

  it("reads the tensors named, in that order, and names the nearest for one that is not there", async () => {
    const contents = await readFile(fixture("raw"), { names: ["scalar", "layer.int8"] });
    expect(contents).toMatchObject({ tensors: [{ name: "scalar" }, { name: "layer.int8" }], leftOut: [] });
    const error = await refusal(readFile(fixture("raw"), { names: ["scaler"] }));
    expect(error.message).toContain('did you mean "scalar"?');
  });

  it("refuses one name for two initializers", async () => {
    const tensor: Tensor = { dtype: "uint8", shape: [1], data: Uint8Array.of(1) };
    const bytes = modelWith(["w", "w"].map((name) => ({ name, tensor })));
    expect((await refusal(readFile(bytesSource("m.onnx", bytes)))).code).toBe("duplicate-name");
  });

  it("refuses sizes below 0 and products that overflow", async () => {
    for (const shape of [
      [-1, -2],
      [2 ** 40, 2 ** 40],
    ]) {
      const bytes = modelWith([{ name: "w", tensor: { dtype: "uint8", shape, data: Uint8Array.of(1, 2) } }]);
      expect((await refusal(inspectFile(bytesSource("m.onnx", bytes)))).message).toContain(
        "expected sizes ≥ 0",
      );
    }
  });
});
