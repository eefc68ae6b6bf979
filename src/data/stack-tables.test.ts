import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { fixtureBytes } from "../../test/fixture-files.ts";
import type { Column, Table } from "../tensor.ts";
import { inspectPath, readPath } from "./read-path.node.ts";
import { stackTables } from "./stack-tables.ts";

const numbers = (name: string, ...values: readonly number[]): Column => ({
  name,
  kind: "number",
  values: Float64Array.from(values),
});
const texts = (name: string, ...values: readonly string[]): Column => ({ name, kind: "text", values });
const table = (...columns: readonly Column[]): Table => ({
  source: "t",
  rows: columns[0].values.length,
  columns,
  lines: null,
});

describe("stackTables", () => {
  it("puts the rows after each other, columns by name, and says where each is from", () => {
    const first = table(numbers("size", 1, 2), texts("cell", "a", "b"));
    const second = table(texts("cell", "c"), numbers("size", 3));
    const stacked = stackTables("all", [
      { file: "1.csv", table: first },
      { file: "2.csv", table: second },
    ]);
    expect(stacked).toEqual({
      source: "all",
      rows: 3,
      columns: [
        numbers("size", 1, 2, 3),
        texts("cell", "a", "b", "c"),
        texts("file", "1.csv", "1.csv", "2.csv"),
      ],
      lines: null,
    });
  });

  it("takes a column of missing values for numbers or text, as the other tables have it", () => {
    const stacked = stackTables("all", [
      { file: "1", table: table(numbers("x", Number.NaN), texts("y", "")) },
      { file: "2", table: table(texts("x", "a"), numbers("y", 7)) },
    ]);
    expect(stacked.columns.slice(0, 2)).toEqual([texts("x", "", "a"), numbers("y", Number.NaN, 7)]);
  });

  it("keeps a column called file that the tables have", () => {
    const stacked = stackTables("all", [{ file: "1", table: table(numbers("file", 4)) }]);
    expect(stacked.columns).toEqual([numbers("file", 4)]);
  });

  it.each([
    ["a column less", table(numbers("x", 1)), "columns-differ", 'none called "y" in "2"'],
    [
      "a column more",
      table(numbers("x", 1), numbers("y", 1), numbers("z", 1)),
      "columns-differ",
      'another, "z"',
    ],
    [
      "text for numbers",
      table(texts("x", "a"), numbers("y", 1)),
      "kinds-differ",
      'numbers in "1" and text in "2"',
    ],
  ])("refuses %s", async (_, second, code, words) => {
    const first = table(numbers("x", 1), numbers("y", 2));
    const error = await refusal(() =>
      stackTables("all", [
        { file: "1", table: first },
        { file: "2", table: second },
      ]),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });
});

describe("readPath", () => {
  const folder = mkdtempSync(join(tmpdir(), "syngeo-pattern-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  writeFileSync(at("a1.csv"), "x,y\n1,2\n");
  writeFileSync(at("a2.csv"), "x,y\n3,4\n5,6\n");
  writeFileSync(at("b[1].csv"), "x,y\n7,8\n");
  writeFileSync(at("what?.csv"), "x\n9\n");
  writeFileSync(at("w.npy"), fixtureBytes("shape-vector.npy"));

  it("reads the tables that fit a pattern, in order, as one", async () => {
    const contents = await readPath(at("a?.csv"));
    if (contents.kind !== "table") return expect.fail("expected a table, got tensors");
    expect(contents.format).toBe("csv (2 files)");
    expect(contents.table.columns.slice(0, 2)).toEqual([numbers("x", 1, 3, 5), numbers("y", 2, 4, 6)]);
    expect(contents.table.columns[2].values).toEqual([at("a1.csv"), at("a2.csv"), at("a2.csv")]);
    expect(await inspectPath(at("b*.csv"))).toMatchObject({ rows: 1 });
  });

  it("takes a file by just its name, whatever marks are in it", async () => {
    expect(await readPath(at("what?.csv"))).toMatchObject({ table: { rows: 1, columns: [{ name: "x" }] } });
    expect(await inspectPath(at("what?.csv"))).toMatchObject({ format: "csv", rows: 1 });
  });

  it("refuses a pattern of nothing, and of arrays", async () => {
    expect((await refusal(readPath(at("z*.csv")))).code).toBe("no-match");
    expect((await refusal(readPath(at("*.npy")))).code).toBe("not-a-table");
  });
});
