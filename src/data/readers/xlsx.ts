/** A sheet of an Excel workbook (.xlsx) as a table. */

import { InputError } from "../../errors.ts";
import type { Table } from "../../tensor.ts";
import type { ByteSource } from "../byte-source.ts";
import { describeColumn } from "../describe-column.ts";
import type { FileReader, InspectOptions, LeftOut } from "../file-contents.ts";
import { columnOfTexts } from "../typed-column.ts";
import { columnNames, hasHeader } from "./csv-layout.ts";
import { readRows, type SheetRow } from "./xlsx-cells.ts";
import { openWorkbook, sheetOf } from "./xlsx-workbook.ts";

const sampleRows = 200;

/**
 * Reads the named sheet, or the first, as the CSV of it would be read: the first row that has cells names the columns
 * where it can; a column is numbers where every cell is a number or missing, else text.
 *
 * Dates become text (ISO 8601), truth values TRUE and FALSE, formulas the value that was stored with them. Empty rows and
 * columns are passed over. The other sheets are left out, by name.
 *
 * @throws InputError `bad-xlsx`, `unknown-sheet`, `no-rows`, `no-header`, `duplicate-column`, `formula-without-value`, and
 *   what the zip reader throws; UnsupportedError `xlsb`
 * @see ECMA-376-1:2016, Office Open XML, part 1, section 18 (SpreadsheetML)
 */
export const xlsxReader: FileReader = {
  async read(source, options) {
    const { table, leftOut } = await readSheet(source, options);
    return { kind: "table", format: "xlsx", table, ...leftOut };
  },
  async inspect(source, options) {
    const { table, leftOut } = await readSheet(source, options);
    const { rows, columns } = table;
    return { kind: "table", format: "xlsx", rows, columns: columns.map(describeColumn), ...leftOut };
  },
};

async function readSheet(
  source: ByteSource,
  options: InspectOptions | undefined,
): Promise<{ readonly table: Table; readonly leftOut: { leftOut?: readonly LeftOut[] } }> {
  const workbook = await openWorkbook(source, options);
  const sheet = sheetOf(source, workbook, options?.sheet);
  const rows = await readRows(source, workbook, sheet);
  const others = workbook.sheets.filter((each) => each !== sheet);
  const leftOut = others.map(({ name }) => ({ name, reason: "another sheet; choose it with --sheet" }));
  const where = `table "${source.name}", sheet "${sheet.name}"`;
  return { table: tableOf(where, rows), leftOut: leftOut.length > 0 ? { leftOut } : {} };
}

function tableOf(where: string, rows: readonly SheetRow[]): Table {
  const used = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b);
  const sample = rows.slice(0, sampleRows).map(({ cells }) => used.map((column) => cells.get(column) ?? ""));
  const isHeader = sample.length > 0 && hasHeader(sample);
  const body = isHeader ? rows.slice(1) : rows;
  if (body.length === 0) {
    throw new InputError({
      code: "no-rows",
      message: `${where}: expected at least one row of values, got ${isHeader ? "a header only" : "no cells"}; choose another sheet with --sheet, or check that it was saved`,
    });
  }
  if (isHeader) requireWholeHeader(where, sample[0], rows[0].line);
  const names = columnNames(where, sample[0], isHeader);
  const columns = used.map((column, k) =>
    columnOfTexts(
      names[k],
      body.map(({ cells }) => cells.get(column) ?? ""),
    ),
  );
  return { source: where, rows: body.length, columns, lines: Int32Array.from(body, ({ line }) => line) };
}

/** A title above the table would name one column and leave the rest without. */
function requireWholeHeader(where: string, header: readonly string[], line: number): void {
  const named = header.filter((cell) => cell !== "");
  if (named.length * 2 > header.length) return;
  throw new InputError({
    code: "no-header",
    message: `${where}: expected the names of ${header.length} columns in the first row, got ${named.length} (row ${line}: "${named[0].slice(0, 60)}"); remove titles and notes around the table`,
  });
}
