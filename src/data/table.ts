/** Columns of a table, found by name and taken as numbers or as text. */

import { InputError } from "../errors.ts";
import type { Column, Table } from "../tensor.ts";
import { explainNotANumber, isMissing, parseNumber } from "./cells.ts";
import { namesThere } from "./unknown-name.ts";

/**
 * The column of a name.
 *
 * @throws InputError `unknown-column`, with the nearest name and the columns there are
 */
export function columnNamed<C extends { readonly name: string }>(
  table: { readonly source: string; readonly columns: readonly C[] },
  name: string,
): C {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.map((column) => column.name);
  throw new InputError({
    code: "unknown-column",
    message: `${table.source}: expected the name of a column, got "${name}"; ${namesThere(name, names)}`,
  });
}

/**
 * A column's numbers; missing cells are NaN. The array may be the table's own: read it, never write.
 *
 * A column of text passes too if the rows that made it text have been left out since.
 *
 * @throws InputError `unknown-column`, `not-a-number` (the first cell that is none, with its line)
 */
export function numberColumn(table: Table, name: string): Float64Array {
  const column = columnNamed(table, name);
  if (column.kind === "number") return column.values;
  const row = column.values.findIndex((cell) => !isMissing(cell) && Number.isNaN(parseNumber(cell)));
  if (row < 0) return Float64Array.from(column.values, parseNumber);
  const cell = column.values[row];
  const { reason, attempt } = explainNotANumber(cell);
  throw new InputError({
    code: "not-a-number",
    message: `${table.source}: expected numbers in column "${name}", got ${JSON.stringify(cell)} (${placeOf(table, row)}: ${reason}); ${attempt}`,
  });
}

/**
 * A column's text; missing cells are "", numbers are written in the shortest form that reads back equal.
 *
 * @throws InputError `unknown-column`
 */
export function textColumn(table: Table, name: string): readonly string[] {
  const column = columnNamed(table, name);
  if (column.kind === "text") return column.values;
  return Array.from(column.values, (value) => (Number.isNaN(value) ? "" : String(value)));
}

/** Where a row came from, for messages: its line, or its place counted from 0 where the file has no lines. */
export function placeOf(table: Table, row: number): string {
  return table.lines === null ? `row ${row}` : `line ${table.lines[row]}`;
}

/** The table with only the given rows, in that order. */
export function rowsOf(table: Table, rows: Int32Array): Table {
  return {
    source: table.source,
    rows: rows.length,
    columns: table.columns.map((column) => cellsOf(column, rows)),
    lines: table.lines === null ? null : takeLines(table.lines, rows),
  };
}

/** The column with only the given rows, in that order, under the same name. */
export function cellsOf(column: Column, rows: Int32Array): Column {
  if (column.kind === "number") {
    const { values } = column;
    return { name: column.name, kind: "number", values: Float64Array.from(rows, (row) => values[row]) };
  }
  const { values } = column;
  return { name: column.name, kind: "text", values: Array.from(rows, (row) => values[row]) };
}

function takeLines(lines: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => lines[row]);
}
