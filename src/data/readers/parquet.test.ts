import { describe, expect, it } from "vitest";
import { recordingSource, refusal } from "../../../test/byte-sources.ts";
import { describedTable, expectedTable, fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";
import { requireRunsWithin } from "./parquet-runs.ts";

const folder = "parquet";
const fixture = (name: string) => bytesSource(`${name}.parquet`, fixtureBytes(`${name}.parquet`, folder));

describe("reading Parquet", () => {
  it.each(fixtureNames(".parquet", folder))("reads the fixture %s, every column and row", async (name) => {
    expect(describedTable(await readFile(fixture(name)))).toEqual(expectedTable(name, folder));
  });

  it("reads only the bytes of the columns named, in that order", async () => {
    const bytes = fixtureBytes("row-groups.parquet", folder);
    const { source, reads } = recordingSource("r.parquet", bytes);
    const { signal } = new AbortController();
    const contents = await readFile(source, { names: ["step", "kind"], signal });
    expect(contents).toMatchObject({ table: { rows: 2100, columns: [{ name: "step" }, { name: "kind" }] } });
    // Format, magic, end and footer; then two row groups of two columns, one range each.
    const ranges = reads.slice(-4).map(({ start, end }) => [start, end]);
    expect(reads).toHaveLength(4 + 4);
    for (const [start, end] of ranges) expect(end - start).toBeLessThan(bytes.length / 2);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("describes columns as those of any table, with what is left out", async () => {
    const description = await inspectFile(fixture("types"));
    expect(description).toMatchObject({
      kind: "table",
      format: "parquet",
      rows: 3,
      leftOut: [{ name: "list" }, { name: "raw" }],
    });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  it("refuses lists where they are asked for, and names the nearest column", async () => {
    const list = await refusal(readFile(fixture("types"), { names: ["list"] }));
    expect(list).toMatchObject({ name: "UnsupportedError", code: "column-type" });
    const error = await refusal(readFile(fixture("types"), { names: ["prize"] }));
    expect(error.message).toContain('did you mean "price"?');
  });

  it("refuses encrypted files and other files with that ending", async () => {
    const bytes = fixtureBytes("types.parquet", folder);
    bytes.set([0x50, 0x41, 0x52, 0x45], bytes.length - 4);
    expect((await refusal(readFile(bytesSource("t.parquet", bytes)))).code).toBe("parquet-encrypted");
    const text = new TextEncoder().encode("initial,final\n");
    expect((await refusal(readFile(bytesSource("t.parquet", text)))).code).toBe("wrong-magic");
  });
});

describe("counts within a page", () => {
  const page = (...bytes: number[]) => Uint8Array.of(...bytes);
  const counts = { values: 8, levelBytes: null, body: "indices" as const };

  it.each([
    ["one run of eight", page(2, 16, 3)],
    ["one packed group of eight", page(1, 3, 255)],
    [
      "packed groups that reach beyond the last value, as writers pad them",
      page(1, 2 * 9 + 1, ...new Array(9).fill(0)),
    ],
    ["no bits, so no runs", page(0)],
  ])("pass: %s", (_, bytes) => {
    expect(() => requireRunsWithin(bytes, false, counts)).not.toThrow();
  });

  it.each([
    ["a run of 2^27", page(2, 0x80, 0x80, 0x80, 0x80, 1, 3), "a run of 134217728 values where 8 are left"],
    ["packed groups of 2^30", page(1, 0x81, 0x80, 0x80, 0x80, 1), "a run of"],
    ["a count without end", page(1, 255, 255, 255, 255, 255, 255, 1), "a count without end"],
    ["wide indices", page(33, 2), "indices of 33 bits"],
  ])("refuse: %s", (_, bytes, words) => {
    expect(() => requireRunsWithin(bytes, false, counts)).toThrow(words);
  });

  it("refuse levels that end before the values do: the decoder would go on with what follows", () => {
    const short = page(2, 0, 0, 0, 8, 1, 0x80, 0x80, 0x80, 0x80, 1, 3);
    expect(() => requireRunsWithin(short, true, { ...counts, body: "other" })).toThrow(
      "4 levels for 8 values",
    );
    const whole = page(2, 0, 0, 0, 16, 1, 9, 9);
    expect(() => requireRunsWithin(whole, true, { ...counts, body: "other" })).not.toThrow();
  });

  it("refuse levels longer than the page, and blocks of differences in too many parts", () => {
    expect(() => requireRunsWithin(page(200, 0, 0, 0, 16, 1), true, counts)).toThrow("levels of 200 bytes");
    const differences = { ...counts, body: "differences" as const };
    expect(() => requireRunsWithin(page(128, 1, 255, 255, 3), false, differences)).toThrow("parts");
  });
});
