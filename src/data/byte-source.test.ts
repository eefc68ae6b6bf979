import { describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { blobSource, bytesSource } from "./byte-source.ts";

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

describe.each([
  ["bytesSource", () => bytesSource("a.bin", bytes)],
  ["blobSource", () => blobSource("a.bin", new Blob([bytes]))],
])("%s", (_, open) => {
  it("gives the bytes of a range, the empty one included", async () => {
    const source = open();
    expect(source.byteLength).toBe(5);
    expect([...(await source.slice(1, 4))]).toEqual([2, 3, 4]);
    expect([...(await source.slice(5, 5))]).toEqual([]);
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 6],
  ])("refuses the range %d to %d", async (start, end) => {
    expect((await refusal(open().slice(start, end))).code).toBe("outside-file");
  });

  it("throws the reason of an aborted signal", async () => {
    const reason = new Error("stopped by the test");
    await expect(open().slice(0, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

it("bytesSource gives views, not copies", async () => {
  expect((await bytesSource("a.bin", bytes).slice(1, 3)).buffer).toBe(bytes.buffer);
});

it("blobSource names a file that can no longer be read", async () => {
  const cause = new DOMException("the file changed", "NotReadableError");
  const broken = new Blob([bytes]);
  broken.slice = () => {
    const part = new Blob();
    part.arrayBuffer = () => Promise.reject(cause);
    return part;
  };
  const error = await refusal(blobSource("a.bin", broken).slice(0, 1));
  expect(error).toMatchObject({ code: "file-unreadable", cause });
});
