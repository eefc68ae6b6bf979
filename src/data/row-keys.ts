/** Rows of tables named by the cells of one or more columns, so that the same synapse is found again. */

import { InputError } from "../errors.ts";
import type { Column, Table } from "../tensor.ts";
import { columnNamed, placeOf, textColumn } from "./table.ts";

export interface RowKeys {
  /** For each table, the key of each row: equal keys for equal cells, 0, 1, … in order of first appearance. */
  readonly keys: readonly Int32Array[];
  readonly count: number;
}

/**
 * Keys that are equal where all id cells are equal, in one table or across several.
 *
 * Numbers compare as numbers; where one table has numbers and another text, both compare as text.
 *
 * @throws InputError `no-id`, `unknown-column`, `missing-id`
 */
export function rowKeys(tables: readonly Table[], id: readonly string[]): RowKeys {
  if (id.length === 0) {
    throw new InputError({
      code: "no-id",
      message: `${tables[0].source}: expected at least one column that names the synapses, got none; give its name, such as "synapse"`,
    });
  }
  let keys = tables.map((table) => new Int32Array(table.rows));
  let count = 1;
  for (const name of id) {
    const codes = cellCodes(tables, name);
    const width = codes.count;
    const pairs = tables.map((table, t) =>
      // Exact while rows² < 2^53: up to 94 million rows.
      Float64Array.from({ length: table.rows }, (_, row) => keys[t][row] * width + codes.keys[t][row]),
    );
    ({ keys, count } = numbered(pairs));
  }
  return { keys, count };
}

function cellCodes(tables: readonly Table[], name: string): RowKeys {
  const columns = tables.map((table) => columnNamed(table, name));
  tables.forEach((table, t) => {
    requireCells(table, columns[t]);
  });
  const isNumeric = columns.every((column) => column.kind === "number");
  return numbered(
    isNumeric ? columns.map((column) => column.values) : tables.map((table) => textColumn(table, name)),
  );
}

function requireCells(table: Table, column: Column): void {
  const row =
    column.kind === "number"
      ? column.values.findIndex((value) => Number.isNaN(value))
      : column.values.indexOf("");
  if (row < 0) return;
  throw new InputError({
    code: "missing-id",
    message: `${table.source}: expected an id in every cell of column "${column.name}", got an empty one (${placeOf(table, row)}); fill it in or remove the row`,
  });
}

type Cells = Float64Array | readonly (number | string)[];

function numbered(cells: readonly Cells[]): { keys: Int32Array<ArrayBuffer>[]; count: number } {
  const numbers = new Map<number | string, number>();
  const keys = cells.map((column) => {
    const out = new Int32Array(column.length);
    for (let row = 0; row < column.length; row++) {
      let number = numbers.get(column[row]);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(column[row], number);
      }
      out[row] = number;
    }
    return out;
  });
  return { keys, count: numbers.size };
}

/**
 * For each key its row among `rows`, or -1 where it has none.
 *
 * @param when  in messages, such as ` at time 0`
 * @throws InputError `repeated-id`, with both places
 */
export function rowOfKey(
  table: Table,
  id: readonly string[],
  keys: Int32Array,
  options: { readonly count: number; readonly rows: Int32Array; readonly when: string },
): Int32Array {
  const found = new Int32Array(options.count).fill(-1);
  for (const row of options.rows) {
    const earlier = found[keys[row]];
    if (earlier >= 0) {
      throw new InputError({
        code: "repeated-id",
        message: `${table.source}: expected each id once${options.when}, got ${showId(table, id, row)} twice (${placeOf(table, earlier)} and ${placeOf(table, row)}); name further columns that tell them apart, or remove one`,
      });
    }
    found[keys[row]] = row;
  }
  return found;
}

/** The id of a row for messages, as in `dendrite=ai003, synapse=5`. */
export function showId(table: Table, id: readonly string[], row: number): string {
  return id.map((name) => `${name}=${String(columnNamed(table, name).values[row])}`).join(", ");
}
