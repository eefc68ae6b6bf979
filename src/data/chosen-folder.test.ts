import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { openPathBlocks } from "./blocks.node.ts";
import { inspectChosenFolder, openChosenFolder, readChosenFolder, tablePatternOf } from "./chosen-folder.ts";
import { inspectPath, readPath } from "./read-path.node.ts";
import { encodeNpy, encodeNpz } from "./writers/npy.ts";
import { encodeSafetensors } from "./writers/safetensors.ts";

const root = mkdtempSync(join(tmpdir(), "syngeo-chosen-"));
afterAll(() => rmSync(root, { recursive: true }));

const tensor = (...values: number[]) =>
  ({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) }) as const;
const shard = (name: string, ...values: number[]) =>
  encodeSafetensors([{ name, tensor: tensor(...values) }], {});
const index = (map: Readonly<Record<string, string>>) =>
  new TextEncoder().encode(JSON.stringify({ weight_map: map }));
const unzipped = (name: string) =>
  unzipSync(readFileSync(resolve(import.meta.dirname, `../../test/fixtures/zarr/${name}`)));

type Files = Readonly<Record<string, Uint8Array>>;
const sharded: Files = {
  "model.safetensors.index.json": index({ a: "one.safetensors", b: "two.safetensors" }),
  "one.safetensors": shard("a", 1, 2),
  "two.safetensors": shard("b", 3),
};
const within = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${folder}/${path}`, bytes]));

const folders: Readonly<Record<string, Files>> = {
  "zarr-2": unzipped("version-2.zip"),
  "zarr-3": unzipped("version-3.zip"),
  sharded,
  checkpoints: {
    "epoch10.npy": encodeNpy(tensor(1, 2, 3)),
    "epoch2.npz": encodeNpz([{ name: "w", tensor: tensor(4) }]),
    ...within("deeper/model", sharded),
    ...within("store.zarr", unzipped("version-3.zip")),
    ".hidden.npy": encodeNpy(tensor(9)),
    "notes.md": new TextEncoder().encode("words"),
    "cut.npy": encodeNpy(tensor(1, 2, 3)).subarray(0, 30),
    "rows.csv": new TextEncoder().encode("a,b\n1,2\n"),
  },
  blocks: { "a.npy": encodeNpy(tensor(1, 2, 3)), "b.safetensors": shard("w", 4, 5) },
};

/** The folder on disk, and the same as a browser hands it over. */
function both(folder: string) {
  const name = join(root, folder);
  for (const [path, bytes] of Object.entries(folders[folder])) {
    mkdirSync(dirname(join(name, path)), { recursive: true });
    writeFileSync(join(name, path), bytes);
  }
  const blobs = Object.entries(folders[folder]).map(
    ([path, bytes]) => [path, new Blob([new Uint8Array(bytes)])] as const,
  );
  return { path: name, chosen: { name, files: new Map(blobs) } };
}

describe("a folder chosen in a browser", () => {
  it.each(Object.keys(folders))(
    "holds what the same folder on disk does, by name and value: %s",
    async (folder) => {
      const { path, chosen } = both(folder);
      const found = await readChosenFolder(chosen);
      expect(found.kind === "tensors" && found.tensors.length).toBeGreaterThan(0);
      expect(found).toEqual(await readPath(path));
      expect(await inspectChosenFolder(chosen)).toEqual(await inspectPath(path));
    },
  );

  it("is read by range where the same folder on disk is", async () => {
    const { path, chosen } = both("blocks");
    const [found, expected] = [await openChosenFolder(chosen), await openPathBlocks(path)];
    expect(found?.tensors.map(({ name }) => name)).toEqual(["a.npy", "b.safetensors/w"]);
    for (const [k, each] of (expected?.tensors ?? []).entries())
      expect(await found?.tensors[k].read(0, each.count)).toEqual(await each.read(0, each.count));
    expect(await openChosenFolder(both("zarr-3").chosen)).toBeNull();
  });

  it("of tables of one ending is read as the pattern of their paths is", async () => {
    const table = (text: string) => new Blob([text]);
    const files = new Map([
      ["b.csv", table("x,y\n3,4\n")],
      ["a.csv", table("x,y\n1,2\n")],
      [".DS_Store", table("")],
    ]);
    const name = join(root, "tables");
    mkdirSync(name);
    for (const [path, blob] of files) writeFileSync(join(name, path), await blob.text());
    const chosen = { name, files };
    expect(tablePatternOf(chosen)).toBe(`${name}/*.csv`);
    expect(await readChosenFolder(chosen)).toEqual(await readPath(`${name}/*.csv`));
    expect(await inspectChosenFolder(chosen)).toEqual(await inspectPath(`${name}/*.csv`));
    expect(tablePatternOf({ name, files: new Map([...files, ["w.npy", table("")]]) })).toBeNull();
  });

  it("without arrays is refused as one on disk is", async () => {
    const files = new Map([["notes.md", new Blob(["words"])]]);
    await expect(readChosenFolder({ name: "texts", files })).rejects.toMatchObject({
      code: "no-checkpoints",
      message:
        'folder "texts": expected files of arrays in it, got notes.md (no format that is read); name a folder of checkpoints, or a file',
    });
  });

  it("has no file outside of it", async () => {
    const files = new Map([["model.safetensors.index.json", new Blob([index({ a: "../one.safetensors" })])]]);
    await expect(readChosenFolder({ name: "model", files })).rejects.toMatchObject({
      code: "no-checkpoints",
      message: expect.stringContaining("expected the names of files in its own folder"),
    });
  });
});
