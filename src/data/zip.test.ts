import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../test/byte-sources.ts";
import { fixtureBytes } from "../../test/fixture-files.ts";
import { bytesSource } from "./byte-source.ts";
import { listZip, openZipEntry, writeZip } from "./zip.ts";

const open = (bytes: Uint8Array) => bytesSource("a.npz", bytes);

const repetitive = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) % 251);
const stored = () =>
  writeZip(
    new Map([
      ["first", latin1("hello")],
      ["second", repetitive],
    ]),
  );
const deflated = () => zipSync({ first: latin1("hello hello hello"), second: repetitive });

/** Where the directory's record of an entry begins, for spoiling it. */
function directoryPlace(bytes: Uint8Array, entry: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = view.getUint32(bytes.length - 6, true);
  for (let i = 0; i < entry; i++) {
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return at;
}

/** A copy in which one number of the directory's record of an entry is another. */
function spoilt(
  bytes: Uint8Array,
  entry: number,
  field: number,
  value: number,
  width: 2 | 4 = 4,
): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const at = directoryPlace(copy, entry) + field;
  if (width === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

async function contents(bytes: Uint8Array, entry: number): Promise<Uint8Array> {
  const source = open(bytes);
  const opened = await openZipEntry(source, (await listZip(source))[entry]);
  return opened.slice(0, opened.byteLength);
}

describe("listZip", () => {
  it("lists entries with sizes, checksum and place", async () => {
    expect(await listZip(open(stored()))).toEqual([
      {
        name: "first",
        method: 0,
        isEncrypted: false,
        compressedSize: 5,
        size: 5,
        offset: 0,
        crc32: 0x3610a686,
      },
      expect.objectContaining({ name: "second", size: 20_000, offset: 40 }),
    ]);
  });

  it("reads the end and the directory, nothing else", async () => {
    const bytes = stored();
    const { source, reads } = recordingSource("a.npz", bytes);
    await listZip(source);
    const directory = directoryPlace(bytes, 0);
    expect(reads.map(({ start, end }) => [start, end])).toEqual([
      [bytes.length - 22, bytes.length],
      [directory, bytes.length - 22],
    ]);
  });

  it("finds the end before a comment, even one that looks like an end", async () => {
    const bytes = stored();
    const comment = latin1("PK\x05\x06 and twenty more bytes of text");
    const commented = new Uint8Array(bytes.length + comment.length);
    commented.set(bytes);
    commented.set(comment, bytes.length);
    commented[bytes.length - 2] = comment.length;
    expect((await listZip(open(commented))).map((entry) => entry.name)).toEqual(["first", "second"]);
  });

  it.each(["zip64-stored.npz", "zip64-deflated.npz"])("reads the long sizes of %s", async (name) => {
    const entries = await listZip(open(fixtureBytes(name)));
    expect(entries.map((entry) => [entry.name, entry.size])).toEqual([
      ["first.npy", 176],
      ["second.npy", 288],
    ]);
  });

  it("takes count, size and place of the directory from the zip64 record where the short ones are full", async () => {
    const bytes = fixtureBytes("zip64-stored.npz");
    const whole = await listZip(open(bytes));
    bytes.fill(0xff, bytes.length - 14, bytes.length - 2);
    expect(await listZip(open(bytes))).toEqual(whole);
    const end = new DataView(bytes.buffer);
    // The locator stands before the 22 bytes of the end; its second field says where the record is.
    end.setUint32(bytes.length - 22 - 12, 3, true);
    expect((await refusal(listZip(open(bytes)))).message).toContain(
      "expected a zip64 record at 3, got other bytes",
    );
    end.setUint32(bytes.length - 22 - 12, bytes.length, true);
    expect((await refusal(listZip(open(bytes)))).message).toContain("a zip64 record before its locator");
    end.setUint32(bytes.length - 22 - 8, 2 ** 31, true);
    expect((await refusal(listZip(open(bytes)))).message).toContain("below 2^53");
  });

  it("reads names in UTF-8 whether declared or not, and others byte by byte", async () => {
    const bytes = writeZip(new Map([["größe", latin1("")]]));
    const undeclared = spoilt(bytes, 0, 8, 0, 2);
    expect((await listZip(open(undeclared)))[0].name).toBe("größe");
    const at = directoryPlace(bytes, 0) + 46;
    bytes.set([0xff, 0xfe], at);
    expect((await listZip(open(bytes)))[0].name.startsWith("ÿþ")).toBe(true);
  });

  it.each(["savez.npz", "savez-compressed.npz", "zip64-stored.npz"])("refuses %s cut short", async (name) => {
    const bytes = fixtureBytes(name);
    for (let length = 0; length < bytes.length; length++) {
      const error = await refusal(listZip(open(bytes.subarray(0, length))));
      expect(error).toMatchObject({ name: "InputError", code: "truncated-file" });
    }
  });

  it("refuses what is no archive, by what it looks like", async () => {
    const error = await refusal(listZip(open(latin1("\x93NUMPY\x01\x00".padEnd(100)))));
    expect(error.code).toBe("wrong-magic");
    expect(error.message).toContain("got a numpy array");
  });

  it("refuses directories that contradict the file", async () => {
    const end = (bytes: Uint8Array, field: number, value: number) => {
      new DataView(bytes.buffer).setUint32(bytes.length - 22 + field, value, true);
      return refusal(listZip(open(bytes)));
    };
    expect((await end(stored(), 16, 2 ** 31)).message).toContain("a directory before byte");
    expect((await end(stored(), 16, 7)).code).toBe("bad-zip");
    expect((await end(stored(), 8, 0x00030003)).message).toContain("expected 3 entries, got 2");
    expect(await end(stored(), 4, 1)).toMatchObject({ name: "UnsupportedError", code: "split-zip" });
    expect((await refusal(listZip(open(spoilt(stored(), 1, 28, 9999, 2))))).message).toContain(
      "ends within one",
    );
  });
});

describe("openZipEntry", () => {
  it.each([
    ["stored", stored],
    ["deflated", deflated],
  ])("gives any range of a %s entry", async (_, make) => {
    const source = open(make());
    const entry = await openZipEntry(source, (await listZip(source))[1]);
    expect(entry).toMatchObject({ name: "a.npz/second", byteLength: 20_000 });
    for (const [start, end] of [
      [0, 10],
      [100, 4096],
      [4000, 5000],
      [19_990, 20_000],
      [0, 20_000],
    ]) {
      expect(await entry.slice(start, end)).toEqual(repetitive.subarray(start, end));
    }
    expect((await refusal(entry.slice(0, 20_001))).code).toBe("outside-file");
  });

  it("reads of a stored entry only the range, of a deflated one only what its head needs", async () => {
    const { source, reads } = recordingSource("a.npz", stored());
    const entry = await openZipEntry(source, (await listZip(source))[1]);
    reads.length = 0;
    await entry.slice(1000, 1010);
    expect(reads).toEqual([{ start: 40 + 36 + 1000, end: 40 + 36 + 1010, signal: undefined }]);

    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
    const packed = recordingSource("a.npz", zipSync({ noise }));
    const deflatedEntry = await openZipEntry(packed.source, (await listZip(packed.source))[0]);
    packed.reads.length = 0;
    await deflatedEntry.slice(0, 128);
    expect(packed.reads.length).toBe(1);
    await deflatedEntry.slice(0, 300_000);
    const readsOnce = packed.reads.length;
    await deflatedEntry.slice(5000, 300_000);
    expect(packed.reads.length).toBe(readsOnce);
  });

  it("passes the signal to every read, and can be read again after it was aborted", async () => {
    const { source, reads } = recordingSource("a.npz", deflated());
    const entry = await openZipEntry(source, (await listZip(source))[1]);
    reads.length = 0;
    const { signal } = new AbortController();
    const reason = new Error("stopped by the test");
    await expect(entry.slice(0, 20_000, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await entry.slice(0, 20_000, { signal })).toEqual(repetitive);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("refuses encrypted entries and methods other than stored and deflated", async () => {
    const encrypted = await refusal(contents(spoilt(stored(), 0, 8, 1, 2), 0));
    expect(encrypted).toMatchObject({ name: "UnsupportedError", code: "zip-encrypted" });
    const zstandard = await refusal(contents(spoilt(stored(), 0, 10, 93, 2), 0));
    expect(zstandard).toMatchObject({ name: "UnsupportedError", code: "zip-method" });
    expect(zstandard.message).toContain('got method 93 ("first")');
  });

  it.each([
    ["a place outside the archive", 42, 2 ** 31, "within the archive's"],
    ["the place of something else", 42, 5, "expected the header"],
  ])("refuses an entry with %s", async (_, field, value, words) => {
    const error = await refusal(contents(spoilt(stored(), 0, field, value), 0));
    expect(error).toMatchObject({ name: "InputError", code: "bad-zip" });
    expect(error.message).toContain(words);
  });

  it("refuses an entry that runs over the end of the archive", async () => {
    const bytes = spoilt(spoilt(stored(), 1, 20, 21_000), 1, 24, 21_000);
    expect((await refusal(contents(bytes, 1))).code).toBe("bad-zip");
  });

  it("refuses sizes that the contents do not have", async () => {
    expect((await refusal(contents(spoilt(stored(), 0, 24, 6), 0))).message).toContain("a size of 6");
    expect((await refusal(contents(spoilt(deflated(), 1, 24, 20_001), 1))).message).toContain("got 20000");
    expect((await refusal(contents(spoilt(deflated(), 1, 24, 19_999), 1))).message).toContain("got more");
  });

  it("refuses a size that deflate cannot reach before any memory is taken", async () => {
    const error = await refusal(contents(spoilt(deflated(), 0, 24, 0xfffffffe), 0));
    expect(error.code).toBe("bad-zip");
    expect(error.message).toContain("got a size of 4294967294");
  });

  it("refuses contents with another checksum, and contents that are no deflate stream", async () => {
    expect((await refusal(contents(spoilt(deflated(), 1, 16, 1), 1))).message).toContain("another checksum");
    const bytes = deflated();
    bytes.fill(0xff, 35, 40);
    const error = await refusal(contents(bytes, 0));
    expect(error.code).toBe("bad-zip");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("refuses any single spoilt byte of a deflated entry", async () => {
    const whole = deflated();
    const length = (await listZip(open(whole)))[0].compressedSize;
    for (let at = 35; at < 35 + length; at++) {
      const bytes = whole.slice();
      bytes[at] ^= 0x55;
      expect((await refusal(contents(bytes, 0))).code).toBe("bad-zip");
    }
  });
});
