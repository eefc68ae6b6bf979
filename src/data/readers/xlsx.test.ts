import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../test/byte-sources.ts";
import { describedTable, expectedTable, fixtureBytes, fixtureNames } from "../../../test/fixture-files.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";

const folder = "xlsx";
const fixture = (name: string) => bytesSource(`${name}.xlsx`, fixtureBytes(`${name}.xlsx`, folder));
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A workbook of one sheet with these rows of XML, and other parts. */
function workbook(rows: string, parts: Record<string, string> = {}, options = {}) {
  const files = {
    "xl/workbook.xml": '<workbook><sheets><sheet name="S" r:id="r1" xmlns:r="r"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels":
      '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
    "xl/worksheets/s.xml": `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ...parts,
  };
  const entries = Object.entries(files).map(([name, text]) => [name, bytesOf(text)] as const);
  return bytesSource("book.xlsx", zipSync(Object.fromEntries(entries), options));
}

describe("reading Excel workbooks", () => {
  it.each(fixtureNames(".xlsx", folder))("reads the first sheet of openpyxl's %s", async (name) => {
    expect(describedTable(await readFile(fixture(name)))).toEqual(expectedTable(name, folder));
  });

  it("keeps the numbers of the rows in the sheet", async () => {
    const contents = await readFile(fixture("kinds"));
    expect(contents).toMatchObject({ table: { lines: Int32Array.of(3, 5) } });
  });

  it("reads another sheet by its name, and names the nearest for one that is not there", async () => {
    const description = await inspectFile(fixture("spines"), { sheet: "Notes & more" });
    expect(description).toMatchObject({ rows: 1, columns: [{ name: "size", median: 0.5 }] });
    expect(description).toMatchObject({ leftOut: [{ name: "Spines" }] });
    const error = await refusal(readFile(fixture("spines"), { sheet: "Spine" }));
    expect(error).toMatchObject({
      code: "unknown-sheet",
      message: expect.stringContaining('did you mean "Spines"?'),
    });
    const csv = bytesSource("t.csv", bytesOf("a,b\n1,2\n"));
    expect((await refusal(readFile(csv, { sheet: "Spines" }))).code).toBe("no-sheets");
  });

  it("is known by what is in the archive, whatever its ending", async () => {
    const bytes = fixtureBytes("spines.xlsx", folder);
    expect(await inspectFile(bytesSource("spines.zip", bytes))).toMatchObject({ format: "xlsx" });
    const binary = zipSync({ "xl/workbook.bin": Uint8Array.of(1) });
    expect((await refusal(readFile(bytesSource("b.xlsb", binary)))).code).toBe("xlsb");
  });

  it("counts days from 1900 with Excel's 29 February, and from 1904 where the workbook says so", async () => {
    const styles = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>';
    const cells = (days: readonly number[]) =>
      `<row><c t="inlineStr"><is><t>day</t></is></c></row>${days.map((day) => `<row><c><v>${day}</v></c></row>`).join("")}`;
    const book = workbook(cells([1, 59, 61, 45351.5]), { "xl/styles.xml": styles });
    const [day] = describedTable(await readFile(book)).columns;
    expect(day.values).toEqual(["1900-01-01", "1900-02-28", "1900-03-01", "2024-02-29T12:00:00.000"]);
    const from1904 =
      '<workbook><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1" xmlns:r="r"/></sheets></workbook>';
    const other = workbook(cells([0]), { "xl/styles.xml": styles, "xl/workbook.xml": from1904 });
    expect(describedTable(await readFile(other)).columns[0].values).toEqual(["1904-01-01"]);
  });

  const long = `<row>${'<c t="inlineStr"><is><t>aaaaaaaa</t></is></c>'.repeat(600_000)}</row>`;
  it.each([
    [
      "a formula without its value",
      '<row><c r="A1"><f>1+1</f></c></row>',
      "formula-without-value",
      "row 1, column 1",
    ],
    ["one cell twice", '<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "bad-xlsx", 'got "A1"'],
    ["a column beyond the last", '<row><c r="XFE1"><v>1</v></c></row>', "bad-xlsx", "a place such as B12"],
    ["rows in reverse", '<row r="2"/><row r="1"/>', "bad-xlsx", "a row number from 3 on"],
    ["a shared text that is not there", '<row><c t="s"><v>7</v></c></row>', "bad-xlsx", "a number below 0"],
    ["a sheet without cells", "", "no-rows", "got no cells"],
    ["a header alone", '<row><c t="str"><v>a</v></c></row>', "no-rows", "got a header only"],
    [
      "a title above the table",
      '<row><c t="str"><v>Table 1</v></c></row><row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>',
      "no-header",
      'row 1: "Table 1"',
    ],
    ["XML that breaks off", "<row><c>", "bad-xlsx", "expected XML"],
    ["more from few bytes than tables give", long, "bad-xlsx", "at most 200 times"],
  ])("refuses %s", async (_, rows, code, words) => {
    const error = await refusal(readFile(workbook(rows)));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(words);
  });

  it("refuses entities of its own, which could grow without end", async () => {
    const bomb = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>';
    const error = await refusal(readFile(workbook("", { "xl/worksheets/s.xml": bomb })));
    expect(error).toMatchObject({ code: "bad-xlsx", message: expect.stringContaining("undefined entity") });
  });

  it("takes no part from outside the archive", async () => {
    const rels =
      '<Relationships><Relationship Id="r1" Target="worksheets/../../../etc/passwd"/></Relationships>';
    const error = await refusal(readFile(workbook("", { "xl/_rels/workbook.xml.rels": rels })));
    expect(error.message).toContain("no such part in the archive");
  });
});
