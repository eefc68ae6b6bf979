import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { openFileSource, openingError } from "./file-source.node.ts";

let folder = "";
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "syngeo-"));
  await writeFile(path("weights.npy"), Uint8Array.of(1, 2, 3, 4, 5));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("openFileSource", () => {
  it("reads ranges, each into memory of its own", async () => {
    const source = await openFileSource(path("weights.npy"));
    expect(source.byteLength).toBe(5);
    const part = await source.slice(1, 4);
    expect([...part]).toEqual([2, 3, 4]);
    expect(part.byteOffset).toBe(0);
    expect([...(await source.slice(2, 2))]).toEqual([]);
    expect((await refusal(source.slice(4, 6))).code).toBe("outside-file");
    await source.close();
  });

  it("reads beyond 4 GiB", async () => {
    const far = 5 * 2 ** 30;
    await writeFile(path("sparse.bin"), "");
    await truncate(path("sparse.bin"), far);
    await writeFile(path("sparse.bin"), Uint8Array.of(7, 8), { flag: "a" });
    const source = await openFileSource(path("sparse.bin"));
    expect([...(await source.slice(far - 1, far + 2))]).toEqual([0, 7, 8]);
    await source.close();
  });

  it("names the nearest file where there is none at the path", async () => {
    const error = await refusal(openFileSource(path("wieghts.npy")));
    expect(error).toMatchObject({ name: "InputError", code: "file-not-found" });
    expect(error.message).toContain(`got none at this path; did you mean "${path("weights.npy")}"?`);
  });

  it("says so where nothing is near, the folder is missing, or a file stands in the path", async () => {
    for (const wrong of ["zzzzzzzzzzzzzzzzzzzz", "no-folder/a.npy", "weights.npy/a.npy"]) {
      const error = await refusal(openFileSource(path(wrong)));
      expect(error.code).toBe("file-not-found");
      expect(error.message).toContain("check the spelling or the working folder");
    }
  });

  it("refuses a folder and a device", async () => {
    expect((await refusal(openFileSource(folder))).message).toContain("got a folder");
    expect((await refusal(openFileSource("/dev/null"))).code).toBe("not-a-file");
  });

  it("names a missing permission and other failures of the system", async () => {
    const denied = await openingError("a.npy", Object.assign(new Error(), { code: "EACCES" }));
    expect(denied.code).toBe("file-unreadable");
    expect(denied.message).toContain("no permission to read it (EACCES)");
    const broken = await openingError("a.npy", Object.assign(new Error(), { code: "EIO" }));
    expect(broken.message).toBe(
      'file "a.npy": expected a readable file, got EIO; check the disk or copy the file',
    );
  });

  it("refuses a file that became shorter after it was opened", async () => {
    await writeFile(path("shrinking.bin"), new Uint8Array(10));
    const source = await openFileSource(path("shrinking.bin"));
    await truncate(path("shrinking.bin"), 4);
    expect((await refusal(source.slice(0, 10))).code).toBe("file-changed");
    await source.close();
  });

  it("throws the reason of an aborted signal", async () => {
    const source = await openFileSource(path("weights.npy"));
    const reason = new Error("stopped by the test");
    await expect(source.slice(0, 5, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await source.close();
  });
});
