import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal, textSource } from "../../../test/byte-sources.ts";
import type { Table } from "../../tensor.ts";
import { type ByteSource, bytesSource } from "../byte-source.ts";
import { csvReader, readTable } from "./csv.ts";

const read = (text: string) => readTable(textSource(text));

/** Columns as plain arrays under their names. */
function contents(table: Table) {
  return Object.fromEntries(table.columns.map((column) => [column.name, [...column.values]]));
}

describe("readTable finds the delimiter", () => {
  it.each([
    ["comma", "id,w\ns1,0.5\ns2,1e-3\n"],
    ["tab", "id\tw\ns1\t0.5\ns2\t1e-3\n"],
    ["semicolon", "id;w\ns1;0.5\ns2;1e-3\n"],
    ["bar", "id|w\ns1|0.5\ns2|1e-3\n"],
    ["blanks", "id   w\ns1  0.5 \n  s2 \t 1e-3\n"],
    ["comma and blanks", "id, w\ns1, 0.5\ns2 ,1e-3\n"],
    ["CRLF", "id,w\r\ns1,0.5\r\ns2,1e-3\r\n"],
    ["CR", "id,w\rs1,0.5\rs2,1e-3\r"],
    ["no line end at the end", "id,w\ns1,0.5\ns2,1e-3"],
    ["byte-order mark", "\ufeffid,w\ns1,0.5\ns2,1e-3\n"],
    ["comments and blank lines", '# by me\n\nid,w\n  # more, "text\n\ns1,0.5\n   \ns2,1e-3\n\n'],
    ["quotes", '"id","w"\n"s1","0.5"\n "s2" , " 1e-3 "\n'],
    ["blanks and quotes", '"id" "w"\n"s1"  0.5\n"s2" "1e-3"\n'],
    ["trailing rows of empty cells", "id,w\ns1,0.5\ns2,1e-3\n,\n,\n"],
  ])("%s", async (_, text) => {
    const table = await read(text);
    expect(contents(table)).toEqual({ id: ["s1", "s2"], w: [0.5, 0.001] });
    expect(table.columns.map((column) => column.kind)).toEqual(["text", "number"]);
  });

  it("a comma or a blank inside the cells of a tab-separated table is text", async () => {
    const table = await read("cell type\tw\npyr, deep\t1\npv, shallow\t2\n");
    expect(contents(table)).toEqual({ "cell type": ["pyr, deep", "pv, shallow"], w: [1, 2] });
  });

  it("a table of one column has none", async () => {
    expect(contents(await read("weight change\n0.5\n0.25\n"))).toEqual({ "weight change": [0.5, 0.25] });
  });
});

describe("readTable finds the header", () => {
  it.each([
    ["words above numbers", "initial,final\n1,2\n", ["initial", "final"]],
    ["days above numbers, beside a word", "synapse,0,4,8\n1,0.1,0.2,0.3\n", ["synapse", "0", "4", "8"]],
    ["days above fractions, beside a word above words", "synapse,0,4\ns1,0.1,0.2\n", ["synapse", "0", "4"]],
    ["pandas' numbers, with its index", ",0,1\n0,5,6\n1,7,8\n", ["unnamed 0", "0", "1"]],
    ["pandas' numbers, without", "0,1\n0.5,0.7\n", ["0", "1"]],
    ["words above words", "pre,post\nADAL,AIAL\n", ["pre", "post"]],
    ["words above a missing value", "a,b\nNA,1\n", ["a", "b"]],
  ])("%s", async (_, text, names) => {
    const table = await read(text);
    expect(table.columns.map((column) => column.name)).toEqual(names);
    expect(table.rows).toBe(text.trimEnd().split("\n").length - 1);
  });

  it.each([
    ["numbers only", "0.5,1\n0.25,2\n"],
    ["counts that could be names, above counts", "0,1\n3,2\n"],
    ["a name before numbers", "s1 0.5 1.5\ns2 0.25 1.25\n"],
    ["an edge list", "ADAL,ADAL,6\nADAL,ADLL,2\n"],
    ["missing values", "NA,NA\n1,2\n"],
    ["a cell that is no number, in the first row of data", "n.d.,0.5\n0.4,0.6\n"],
  ])("none above %s", async (_, text) => {
    const table = await read(text);
    expect(table.columns.map((column) => column.name)).toEqual(table.columns.map((__, i) => String(i)));
    expect(table.rows).toBe(2);
  });
});

describe("readTable reads cells", () => {
  it("missing cells are NaN among numbers and empty among text", async () => {
    const table = await read("w,type\n1,pyr\nNA,\n,nan\ninf,N/A\n");
    expect(contents(table)).toEqual({
      w: [1, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY],
      type: ["pyr", "", "", ""],
    });
  });

  it("a column without any value is a column of missing numbers", async () => {
    expect((await read("w,type\n,a\n,b\n")).columns[0]).toMatchObject({ kind: "number" });
  });

  it("identifiers beyond 2^53 stay text to the last digit", async () => {
    const table = await read("id,w\n12,1\n648518346349539437,2\n007,3\n");
    expect(contents(table)).toEqual({ id: ["12", "648518346349539437", "007"], w: [1, 2, 3] });
  });

  it("a column that turns out to be text late in the file keeps the text of its first cells", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i}.50,${i}`);
    const table = await read(`id,w\n${rows.join("\n")}\nlast,7\n`);
    const id = table.columns[0];
    expect(id.kind).toBe("text");
    expect([id.values[0], id.values[19_999], id.values[20_000]]).toEqual(["0.50", "19999.50", "last"]);
    expect(table.columns[1]).toMatchObject({ kind: "number" });
  });

  it("lines are those of the file, where a record begins", async () => {
    const table = await read('# one\nid,w\n"a\nb",1\n\n"c\r\nd\re",2\r\nf,3\n');
    expect([...(table.lines ?? [])]).toEqual([3, 6, 9]);
    expect(table.columns[0].values).toEqual(["a\nb", "c\r\nd\re", "f"]);
  });

  it("an error of a spreadsheet in the first cell is no comment", async () => {
    expect(contents(await read("w,v\n#N/A,1\n# a,b\n2,3\n"))).toEqual({ w: [Number.NaN, 2], v: [1, 3] });
  });

  it("text that is not UTF-8 is windows-1252, as Excel writes it", async () => {
    const table = await readTable(
      bytesSource("t.csv", latin1("volume (\xb5m\xb3),type\n0.5,gr\xf6\xdfer\n")),
    );
    expect(contents(table)).toEqual({ "volume (µm³)": [0.5], type: ["größer"] });
  });

  it("reads back any table that was written with quotes", async () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", ",", '"', "\n", "\r", "#", ";", "é", "x"),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }), async (rows) => {
        // A letter at both ends keeps cells from being blank, missing or trimmed.
        const cells = rows.map((row) => row.map((each) => `q${each}q`));
        const lines = [["first", "second"], ...cells].map((row) =>
          row.map((each) => `"${each.replaceAll('"', '""')}"`),
        );
        const table = await read(lines.map((line) => line.join(",")).join("\n"));
        expect(table.columns.map((column) => column.values)).toEqual(
          [0, 1].map((c) => cells.map((row) => row[c])),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("gives the same table however the file is cut into pieces", async () => {
    const rows = Array.from({ length: 9000 }, (_, i) =>
      i % 7 === 0 ? `"s\r\n${i}",é${i},${i / 4}` : `s${i},é,${i}`,
    );
    const bytes = new TextEncoder().encode(`id,type,w\r\n${rows.join("\r\n")}\r\n`);
    const whole = await readTable(bytesSource("t.csv", bytes));
    expect(whole.rows).toBe(9000);
    // A longer comment in front moves the places at which the file is cut.
    for (const shift of [1, 2, 3, 5, 17, 1000]) {
      const shifted = Uint8Array.from([...latin1(`#${"x".repeat(shift)}\n`), ...bytes]);
      const table = await readTable(bytesSource("t.csv", shifted));
      expect(table.columns).toEqual(whole.columns);
      expect(table.lines?.map((line) => line - 1)).toEqual(whole.lines);
    }
  });

  it("reads lines longer than its pieces", async () => {
    const wide = Array.from({ length: 60_000 }, (_, i) => i / 8).join(",");
    const table = await read(`${wide}\n${wide}\n`);
    expect([table.rows, table.columns.length, table.columns[59_999].values[1]]).toEqual([
      2,
      60_000,
      59_999 / 8,
    ]);
  });

  it("reads the file piece by piece, and passes the signal to every read", async () => {
    const text = `a,b\n${"0.25,0.5\n".repeat(30_000)}`;
    const { source, reads } = recordingSource("t.csv", new TextEncoder().encode(text));
    const { signal } = new AbortController();
    await readTable(source, { signal });
    expect(reads.length).toBeGreaterThan(4);
    expect(reads.every((each) => each.signal === signal && each.end - each.start <= 2 ** 18)).toBe(true);
    await expect(readTable(source, { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow(
      "stopped",
    );
  });
});

describe("readTable refuses", () => {
  it.each([
    ["an empty file", "", "empty-file", "got an empty file"],
    ["a file of comments", "# a\n\n  \n", "empty-file", "blank lines and comments only"],
    ["a header alone", "initial,final\n", "no-rows", "got a header only (initial, final)"],
    ["a short row", "a,b,c\n1,2,3\n\n4,5\n", "ragged-row", "expected 3 cells in every row, got 2 (line 4)"],
    ["a long row", "a,b\n1,2\n1,2,3\n", "ragged-row", "got 3 (line 3)"],
    ["row names as R writes them", '"a" "b"\n"1" 0.5 2\n"2" 0.5 2\n', "ragged-row", "row.names = FALSE"],
    ["a title above the header", "My data\na,b,c\n1,2,3\n", "ragged-row", "remove lines above the header"],
    [
      "one long row, though blanks would fit",
      "cell type,w\nlayer 5,1\nlayer 4,1\nlayer 2,1,9\n",
      "ragged-row",
      "got 3 (line 4)",
    ],
    [
      "decimal commas between blanks",
      "0,13 0,15\n0,12 0,11\n",
      "decimal-comma",
      'got "0,13" (line 1, column "0")',
    ],
    ["an unclosed quote", 'a,b\n1,2\n3,"4\n5,6\n', "unclosed-quote", "the one opened on line 3"],
    [
      "an unclosed quote before another cell's",
      'a,b\n1,"2\n3,"4"\n',
      "unclosed-quote",
      "its row begins on line 2",
    ],
    ["two unclosed quotes", 'a,b\n1,"2\n3,"4\n', "bad-quote", 'got 1,"2\n3,"4 (line 2)'],
    ["quotes within a cell", 'a,b\n1,2"x"\n', "bad-quote", 'got 1,2"x" (line 2)'],
    ["text after a closing quote", 'a,b\n1,2\n3,"4"x\n', "bad-quote", 'got 3,"4"x (line 3)'],
    ["one name twice", "a,b,a\n1,2,3\n", "duplicate-column", 'got "a" twice (columns 1 and 3)'],
    ["decimal commas", "a;b\n1;0,13\n2;1\n", "decimal-comma", 'got "0,13" (line 2, column "b")'],
    ["decimal commas without a header", "0,13;0,15\n0,12;0,11\n", "decimal-comma", "decimal points"],
    ["decimal commas between quotes", 'a,b\n1,"-1,5e3"\n2,NA\n', "decimal-comma", 'got "-1,5e3" (line 2'],
    ["decimal commas between commas", "a,b\n0,13,0,15\n0,2,0,3\n", "decimal-comma", '(line 2: "0,13,0,15")'],
    [
      "decimal commas that begin late",
      `a;b\n${"1;2\n".repeat(50)}1;2,5\n`,
      "decimal-comma",
      '"2,5" (line 52',
    ],
    ["binary content", `a,b\n${"1,2\n".repeat(9)}1,\u0000\n`, "not-text", "a byte of value 0 (line 11)"],
  ])("%s", async (_, text, code, words) => {
    const error = await refusal(read(text));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(words);
    expect(error.message.startsWith('table "t.csv": ')).toBe(true);
  });

  it.each([
    ["UTF-16 with a mark", latin1("\xff\xfea\x00,\x00b\x00\n\x00"), "got UTF-16 text"],
    ["UTF-16 without", latin1("a\x00,\x00b\x00\n\x001\x00,\x002\x00"), "got UTF-16 text"],
    ["UTF-16 without, high byte first", latin1("\x00a\x00,\x00b\x00\n\x001\x00,\x002"), "got UTF-16 text"],
    ["an Excel workbook", latin1("PK\x03\x04\x14\x00"), "got a zip archive (as .npz, .pt and .xlsx are)"],
    ["other bytes", latin1("\x00\x01\x02\x03"), "got the bytes 00 01 02 03"],
  ])("%s", async (_, bytes, words) => {
    const error = await refusal(readTable(bytesSource("t.csv", bytes)));
    expect(error).toMatchObject({ name: "InputError", code: "not-text" });
    expect(error.message).toContain(words);
  });

  it("text that is UTF-8 at first and something else later", async () => {
    const start = new TextEncoder().encode(`é,b\n${"1,2\n".repeat(40_000)}`);
    const bytes = Uint8Array.from([...start, 0xe9, 44, 50, 10]);
    expect((await refusal(readTable(bytesSource("t.csv", bytes)))).message).toContain("UTF-8 at first");
  });

  it.each([
    ["an unclosed quote", 'a,b\n1,2\n1,"', "unclosed-quote"],
    ["a line without end", "a,b\n1,2\n1,", "record-too-long"],
  ])("%s in a large file soon, not after reading all of it", async (_, start, code) => {
    let bytesRead = 0;
    const endless: ByteSource = {
      name: "t.csv",
      byteLength: 2 ** 40,
      async slice(from, to) {
        bytesRead += to - from;
        const bytes = new Uint8Array(to - from).fill(0x61);
        if (from === 0) bytes.set(latin1(start));
        return bytes;
      },
    };
    expect((await refusal(readTable(endless))).code).toBe(code);
    expect(bytesRead).toBeLessThan(2 ** 27);
  });

  it("a good file cut short at any length, or reads what is whole", async () => {
    const text = 'id,w\n"s,1",0.5\n"s ""2""",1e-3\n';
    for (let length = 0; length < text.length; length++) {
      const result = await read(text.slice(0, length)).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toMatchObject({ name: "InputError" });
      else expect(result).toMatchObject({ source: 'table "t.csv"' });
    }
  });
});

it("csvReader describes columns by their range and first cells", async () => {
  const text = "type,w,id\npyr,1,a\n,NA,b\npv,-inf,c\npyr,4,d\npv,2,e\npyr,8,f\n";
  expect(await csvReader.inspect(textSource(text))).toEqual({
    kind: "table",
    format: "csv",
    rows: 6,
    columns: [
      { name: "type", kind: "text", missing: 1, distinct: 2, first: ["pyr", null, "pv", "pyr", "pv"] },
      {
        name: "w",
        kind: "number",
        missing: 1,
        infinite: 1,
        min: 1,
        median: 3,
        max: 8,
        first: [1, null, null, 4, 2],
      },
      { name: "id", kind: "text", missing: 0, distinct: 6, first: ["a", "b", "c", "d", "e"] },
    ],
  });
  const none = await csvReader.inspect(textSource("w,id\nNA,a\n"));
  expect(none).toMatchObject({ columns: [{ min: null, median: null, max: null, missing: 1 }, {}] });
});
