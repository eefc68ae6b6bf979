import { describe, expect, it } from "vitest";
import { refusal, textSource } from "../../test/byte-sources.ts";
import { where } from "./join.ts";
import { readTable } from "./readers/csv.ts";
import { columnNamed, numberColumn, textColumn } from "./table.ts";

const read = (text: string) => readTable(textSource(text, "spines.csv"));

describe("numberColumn", () => {
  it("gives a column's own numbers", async () => {
    const table = await read("w,id\n1,a\nNA,b\n");
    expect(numberColumn(table, "w")).toBe(table.columns[0].values);
    expect([...numberColumn(table, "w")]).toEqual([1, Number.NaN]);
  });

  it.each([
    ["n.d.", "text"],
    ["12%", "a percentage"],
    ['"1,234,567"', "thousands separators"],
    ["648518346349539437", "an integer of more digits than a number can hold"],
  ])("names the first cell that is no number: %s", async (cell, reason) => {
    const table = await read(`w,id\n1,a\n,b\n\n${cell},c\nworse,d\n`);
    const error = await refusal(() => numberColumn(table, "w"));
    expect(error).toMatchObject({ name: "InputError", code: "not-a-number" });
    const shown = JSON.stringify(cell.replaceAll('"', ""));
    expect(error.message).toContain(
      `table "spines.csv": expected numbers in column "w", got ${shown} (line 5: ${reason});`,
    );
  });

  it("says when a cell among text has a decimal comma", async () => {
    const table = await read("w;id\n1;a\n0,5;b\nx;c\n");
    expect((await refusal(() => numberColumn(table, "w"))).message).toContain(
      'got "0,5" (line 3: a decimal comma)',
    );
  });

  it("takes a column of text whose text was left out", async () => {
    const table = await read("w,state\n0.5,present\n,present\nlost,absent\n");
    expect([...numberColumn(where(table, [{ column: "state", value: "present" }]), "w")]).toEqual([
      0.5,
      Number.NaN,
    ]);
  });
});

it("textColumn writes numbers so that they read back equal, and missing ones as nothing", async () => {
  const table = await read("w,id\n1.50,a\nNA,b\n1e-7,c\n");
  expect(textColumn(table, "w")).toEqual(["1.5", "", "1e-7"]);
  expect(textColumn(table, "id")).toBe(table.columns[1].values);
});

describe("columnNamed", () => {
  it("names the nearest column and those there are", async () => {
    const error = await refusal(async () => columnNamed(await read("initial,final\n1,2\n"), "inital"));
    expect(error).toMatchObject({ name: "InputError", code: "unknown-column" });
    expect(error.message).toBe(
      'table "spines.csv": expected the name of a column, got "inital"; did you mean "initial"? it has initial, final',
    );
  });

  it("lists twelve of many columns", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `day_${i}`);
    const table = await read(`${names.join(",")}\n${names.map(() => "1").join(",")}\n`);
    const { message } = await refusal(() => columnNamed(table, "zzzzzzzzzzz"));
    expect(message).toContain("it has day_0, day_1,");
    expect(message).toContain("day_11, … (40 in all)");
  });
});
