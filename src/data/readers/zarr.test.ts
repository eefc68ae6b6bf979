import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { refusal, sourceInFolder } from "../../../test/byte-sources.ts";
import {
  describedTensors,
  expectedTensors,
  fixtureBytes,
  fixtureNames,
} from "../../../test/fixture-files.ts";
import { bytesSource } from "../byte-source.ts";
import { openFileSource } from "../file-source.node.ts";
import { inspectFile, readFile } from "../readers.ts";

const folder = "zarr";
const names = fixtureNames(".zip", folder);
const archive = (name: string) => bytesSource(`${name}.zip`, fixtureBytes(`${name}.zip`, folder));
const unpacked = (name: string) => unzipSync(fixtureBytes(`${name}.zip`, folder));
const disk = mkdtempSync(join(tmpdir(), "syngeo-zarr-"));
afterAll(() => rmSync(disk, { recursive: true }));

async function tensorsOf(source: Parameters<typeof readFile>[0], asked?: readonly string[]) {
  return describedTensors(await readFile(source, { names: asked }));
}

/** A store of one array of version 3 in memory, with other metadata than the fixture's. */
function store(changes: Readonly<Record<string, unknown>>, files: Readonly<Record<string, Uint8Array>> = {}) {
  const metadata = {
    zarr_format: 3,
    node_type: "array",
    shape: [2, 2],
    data_type: "float32",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [2, 2] } },
    chunk_key_encoding: { name: "default" },
    fill_value: 0,
    codecs: [{ name: "bytes", configuration: { endian: "little" } }],
    ...changes,
  };
  return sourceInFolder("zarr.json", {
    "zarr.json": new TextEncoder().encode(JSON.stringify(metadata)),
    ...files,
  });
}

describe("reading Zarr", () => {
  it.each(names)("reads the archive %s", async (name) => {
    expect(await tensorsOf(archive(name))).toEqual(expectedTensors(name, folder));
    const { tensors } = Object(await inspectFile(archive(name)));
    const expected = Object.entries(expectedTensors(name, folder));
    expect(tensors).toHaveLength(expected.length);
    for (const [array, { dtype, shape }] of expected)
      expect(tensors).toContainEqual({ name: array, dtype, shape });
  });

  it.each(["version-2", "version-3"])("reads the same from the folder of %s, by its path", async (name) => {
    for (const [path, bytes] of Object.entries(unpacked(name))) {
      await mkdir(dirname(join(disk, name, path)), { recursive: true });
      await writeFile(join(disk, name, path), bytes);
    }
    const source = await openFileSource(join(disk, name));
    expect(await tensorsOf(source)).toEqual(expectedTensors(name, folder));
    await source.close();
  });

  it("reads only the chunks of the arrays named", async () => {
    const { "layer/plain/c/0/0": _, ...rest } = unpacked("version-3");
    const broken = { ...rest, "layer/plain/c/0/1": new Uint8Array(3) };
    const whole = expectedTensors("version-3", folder)["layer/gzip"];
    expect(await tensorsOf(sourceInFolder("zarr.json", broken), ["layer/gzip"])).toEqual({
      "layer/gzip": whole,
    });
    const error = await refusal(readFile(sourceInFolder("zarr.json", broken)));
    expect(error).toMatchObject({ name: "InputError", code: "bad-zarr" });
  });

  it("leaves out texts and filters, unless they are asked for", async () => {
    const { leftOut } = await inspectFile(archive("version-2"));
    expect((leftOut ?? []).map((each) => each.name)).toEqual(["delta", "text"]);
    expect((await refusal(readFile(archive("version-2"), { names: ["delta"] }))).code).toBe("zarr-codec");
    expect((await refusal(readFile(archive("version-2"), { names: ["text"] }))).code).toBe("element-type");
  });

  it("takes chunks that are not there as the fill value", async () => {
    const [array] = Object.values(await tensorsOf(store({ fill_value: "NaN" })));
    expect(array).toEqual({ dtype: "float32", shape: [2, 2], values: ["nan", "nan", "nan", "nan"] });
  });

  const grid = (chunk_shape: readonly number[]) => ({ name: "regular", configuration: { chunk_shape } });
  it.each([
    ["sizes below 0", { shape: [-1, 2] }, "bad-zarr", "a shape of sizes"],
    ["chunks of 0", { chunk_grid: grid([0, 2]) }, "bad-zarr", "a shape of chunks"],
    ["chunks of another rank", { chunk_grid: grid([2]) }, "bad-zarr", "chunks that fit it"],
    ["chunks of 2^40 values", { chunk_grid: grid([2 ** 20, 2 ** 20]) }, "too-large", "at most 2^26"],
    ["arrays of 2^40 values", { shape: [2 ** 20, 2 ** 20] }, "too-large", "at most 2^31"],
    ["complex numbers", { data_type: "complex64" }, "element-type", 'got "complex64"'],
    ["an unknown codec", { codecs: [{ name: "bytes" }, { name: "lzma" }] }, "zarr-codec", "lzma"],
    [
      "two compressions",
      { codecs: [{ name: "bytes" }, { name: "gzip" }, { name: "zstd" }] },
      "zarr-codec",
      "once",
    ],
    [
      "a fill value in hexadecimals",
      { fill_value: "0x7fc00000" },
      "element-type",
      "a plain number as fill value",
    ],
  ])("refuses %s", async (_, changes, code, words) => {
    for (const attempt of [readFile, inspectFile]) {
      const error = await refusal(attempt(store(changes)));
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
    }
  });

  it("refuses chunks that claim to hold more than fits, before room is made for it", async () => {
    const head = (...bytes: readonly number[]) => Uint8Array.of(...bytes, ...new Array(20).fill(0));
    for (const [name, bytes] of [
      ["blosc", head(2, 1, 1, 4, 0, 0, 0, 127)],
      ["lz4", head(0, 0, 0, 127)],
      ["zstd", head(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 127)],
    ] as const) {
      const codecs = [{ name: "bytes" }, { name, configuration: {} }];
      const error = await refusal(readFile(store({ codecs }, { "c/0/0": bytes })));
      expect(error.message).toContain("a chunk of 2130706432 bytes where 16 fit");
    }
  });

  it("refuses a file of a store by itself", async () => {
    const bytes = unpacked("version-3")["zarr.json"];
    expect((await refusal(readFile(bytesSource("zarr.json", bytes)))).code).toBe("no-folder");
  });
});
