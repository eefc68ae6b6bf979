import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { openFileSource } from "./file-source.node.ts";

let root = "";
const path = (name: string) => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "syngeo-folder-"));
  await mkdir(path("model/parts"), { recursive: true });
  await mkdir(path("blobs"));
  await mkdir(path("run.zarr"));
  await writeFile(path("secret.bin"), Uint8Array.of(9));
  await writeFile(path("blobs/index"), Uint8Array.of(1));
  await writeFile(path("blobs/shard"), Uint8Array.of(2));
  await writeFile(path("model/m.onnx"), Uint8Array.of(3));
  await writeFile(path("model/parts/w.bin"), Uint8Array.of(4, 5, 6));
  await writeFile(path("run.zarr/zarr.json"), "{}");
  await symlink(path("secret.bin"), path("model/link.bin"));
  await symlink(path("blobs/index"), path("model/index.json"));
  await symlink(path("blobs/shard"), path("model/shard.bin"));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

async function folderOf(name: string) {
  const source = await openFileSource(path(name));
  await source.close();
  return source.folder ?? expect.fail("expected a folder");
}

describe("the folder of a file", () => {
  it("opens files within, which need no closing, and lists them", async () => {
    const folder = await folderOf("model/m.onnx");
    const file = await folder.open("parts/w.bin");
    expect(file?.byteLength).toBe(3);
    expect([...((await file?.slice(1, 3)) ?? [])]).toEqual([5, 6]);
    expect(await folder.open("absent.bin")).toBeNull();
    expect(await folder.open("parts")).toBeNull();
    expect(await folder.list("")).toEqual(["index.json", "link.bin", "m.onnx", "parts/", "shard.bin"]);
    expect(await folder.list("parts")).toEqual(["w.bin"]);
    expect(await folder.list("absent")).toEqual([]);
  });

  it.each(["../secret.bin", "parts/../../secret.bin", "/etc/passwd", "", "link.bin", "shard.bin"])(
    "refuses %j, which leads out of it",
    async (name) => {
      const folder = await folderOf("model/m.onnx");
      expect((await refusal(folder.open(name))).code).toBe("outside-folder");
    },
  );

  it("follows links into the folder where the named file itself is a link to, as model caches keep them", async () => {
    const folder = await folderOf("model/index.json");
    expect([...((await (await folder.open("shard.bin"))?.slice(0, 1)) ?? [])]).toEqual([2]);
    expect((await refusal(folder.open("link.bin"))).code).toBe("outside-folder");
  });

  it("is opened by the file that says that it is one data set", async () => {
    const source = await openFileSource(path("run.zarr"));
    expect(source.name).toBe(path("run.zarr/zarr.json"));
    await source.close();
    expect((await refusal(openFileSource(path("model")))).code).toBe("not-a-file");
  });
});
