/** Several tables of the same columns as one. */

import { InputError } from "../errors.ts";
import type { Column, Table } from "../tensor.ts";
import { describeColumn } from "./describe-column.ts";
import type { FileContents, FileDescription } from "./file-contents.ts";
import { listed } from "./unknown-name.ts";

/** A table with the name of the file that it came from. */
export interface FileTable {
  readonly file: string;
  readonly table: Table;
}

/**
 * The tables of all files that fit a pattern, as one.
 *
 * @throws InputError `not-a-table`, and what `read` and `stackTables` throw
 */
export async function readTables(
  pattern: string,
  files: readonly string[],
  read: (file: string) => Promise<FileContents>,
): Promise<Extract<FileContents, { readonly kind: "table" }>> {
  const tables: FileTable[] = [];
  const formats = new Set<string>();
  const leftOut = new Map<string, string>();
  for (const file of files) {
    const contents = await read(file);
    if (contents.kind !== "table") {
      throw new InputError({
        code: "not-a-table",
        message: `tables "${pattern}": expected tables in all files, got arrays in "${file}" (${contents.format}); give arrays one file at a time`,
      });
    }
    tables.push({ file, table: contents.table });
    formats.add(contents.format);
    for (const { name, reason } of contents.leftOut ?? []) leftOut.set(name, reason);
  }
  const table = stackTables(`tables "${pattern}"`, tables);
  const format = `${[...formats].join(" and ")} (${files.length} files)`;
  const others = Array.from(leftOut, ([name, reason]) => ({ name, reason }));
  return { kind: "table", format, table, ...(others.length > 0 ? { leftOut: others } : {}) };
}

/** Describes tables that were read as one. */
export const describeTables = ({
  table,
  ...rest
}: Extract<FileContents, { readonly kind: "table" }>): FileDescription => ({
  ...rest,
  rows: table.rows,
  columns: table.columns.map(describeColumn),
});

/**
 * The rows of all tables, one after the other, with a column `file` that says where each came from (unless the tables have a
 * column of that name). Columns go in the order of the first table.
 *
 * @param source  what the whole is called in messages, such as `tables "runs/*.csv"`
 * @throws InputError `columns-differ` where a table lacks a column or has another; `kinds-differ` where a column is numbers
 *   in one table and text in another
 */
export function stackTables(source: string, tables: readonly FileTable[]): Table {
  const [first] = tables;
  const names = first.table.columns.map(({ name }) => name);
  for (const each of tables) requireSameNames(source, first, each);
  const rows = tables.reduce((sum, { table }) => sum + table.rows, 0);
  const columns = names.map((name) => stackedColumn(source, name, tables));
  if (names.includes("file")) return { source, rows, columns, lines: null };
  const files = tables.flatMap(({ file, table }) => new Array<string>(table.rows).fill(file));
  return { source, rows, columns: [...columns, { name: "file", kind: "text", values: files }], lines: null };
}

function requireSameNames(source: string, first: FileTable, each: FileTable): void {
  const expected = first.table.columns.map(({ name }) => name);
  const names = each.table.columns.map(({ name }) => name);
  const missing = expected.find((name) => !names.includes(name));
  const added = names.find((name) => !expected.includes(name));
  if (missing === undefined && added === undefined) return;
  const got = missing === undefined ? `another, "${added}",` : `none called "${missing}"`;
  throw new InputError({
    code: "columns-differ",
    message: `${source}: expected the columns of "${first.file}" in every table (${listed(expected)}), got ${got} in "${each.file}"; leave that file out, or export it alike`,
  });
}

function stackedColumn(source: string, name: string, tables: readonly FileTable[]): Column {
  const parts = tables.map(({ file, table }) => ({ file, column: columnOf(table, name) }));
  const present = parts.filter(({ column }) => !isAllMissing(column));
  const numbers = present.find(({ column }) => column.kind === "number");
  const texts = present.find(({ column }) => column.kind === "text");
  if (numbers !== undefined && texts !== undefined) {
    throw new InputError({
      code: "kinds-differ",
      message: `${source}: expected numbers or text in column "${name}" of every table, got numbers in "${numbers.file}" and text in "${texts.file}"; export them alike, or leave one out`,
    });
  }
  const rows = parts.reduce((sum, { column }) => sum + column.values.length, 0);
  if (texts !== undefined) {
    // What is not text here has only missing values.
    const values = parts.flatMap(({ column }) =>
      column.kind === "text" ? column.values : new Array<string>(column.values.length).fill(""),
    );
    return { name, kind: "text", values };
  }
  const values = new Float64Array(rows).fill(Number.NaN);
  let at = 0;
  for (const { column } of parts) {
    if (column.kind === "number") values.set(column.values, at);
    at += column.values.length;
  }
  return { name, kind: "number", values };
}

function columnOf(table: Table, name: string): Column {
  return table.columns.find((column) => column.name === name) ?? { name, kind: "text", values: [] };
}

function isAllMissing(column: Column): boolean {
  return column.kind === "number"
    ? column.values.every(Number.isNaN)
    : column.values.every((cell) => cell === "");
}
