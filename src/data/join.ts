/** Tables made into pairs: rows selected, long tables turned wide, two tables matched by id. */

import { InputError, nearestName } from "../errors.ts";
import type { Column, Table } from "../tensor.ts";
import { parseNumber } from "./cells.ts";
import { rowKeys, rowOfKey, showId } from "./row-keys.ts";
import { cellsOf, columnNamed, numberColumn, rowsOf } from "./table.ts";
import { listed } from "./unknown-name.ts";

export interface Condition {
  readonly column: string;
  readonly value: string;
}

/** Pairs of one table, and how many ids had only one of the two ends. */
export interface JoinedPairs {
  /** Columns `initial`, `final` and those kept. */
  readonly table: Table;
  /** Ids with an initial row only. */
  readonly unmatchedInitial: number;
  /** Ids with a final row only. */
  readonly unmatchedFinal: number;
}

/**
 * The rows that meet all conditions, each `column = value`. In a column of numbers the value is compared as a number
 * ("0" equals 0.0), in a column of text letter by letter.
 *
 * @throws InputError `unknown-column`; `no-such-value` where no row is left, with the values there are
 */
export function where(table: Table, conditions: readonly Condition[]): Table {
  return conditions.reduce((left, condition) => {
    const rows = rowsWith(left, condition);
    if (rows.length === left.rows) return left;
    return rowsOf(left, rows);
  }, table);
}

/** The rows whose cell equals a value; never none. */
function rowsWith(table: Table, { column: name, value }: Condition): Int32Array {
  const column = columnNamed(table, name);
  const number = parseNumber(value.trim());
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (column.kind === "number" ? column.values[row] === number : column.values[row] === value)
      rows.push(row);
  }
  if (rows.length > 0) return Int32Array.from(rows);
  const present = distinctValues(column);
  const near = column.kind === "text" ? nearestName(value, present) : null;
  throw new InputError({
    code: "no-such-value",
    message: `${table.source}: expected a value of column "${name}", got "${value}"; ${near === null ? "" : `did you mean "${near}"? `}it has ${listed(present)}`,
  });
}

function distinctValues(column: Column): string[] {
  if (column.kind === "text") return Array.from(new Set(column.values)).filter((value) => value !== "");
  const values = column.values.filter((value) => !Number.isNaN(value)).sort();
  return Array.from(new Set(values), String);
}

/**
 * A long table (one row per synapse and time) as a wide one: a row per id, a column per time, named by it.
 *
 * Ids are in order of first appearance among the rows of these times; a time at which an id has no row is NaN. Kept
 * columns and lines come from the id's row at the first of the times that it has.
 *
 * @param id     columns that together name a synapse
 * @param times  values of column `time`, compared as `where` compares
 * @returns      `absent`: for each time, how many ids have no row
 * @throws InputError `repeated-id`, `repeated-time`, `missing-id`, `no-such-value`, `name-taken`, `unknown-column`,
 *   `not-a-number`
 */
export function joinByTimes(
  table: Table,
  options: {
    readonly id: readonly string[];
    readonly time: string;
    readonly times: readonly string[];
    readonly value: string;
    readonly keep: readonly string[];
  },
): { readonly table: Table; readonly absent: readonly number[] } {
  const { times, keep } = options;
  const { perTime, ids } = rowsByTime(table, options);
  const main = Int32Array.from(ids, (id) => perTime[perTime.findIndex((rows) => rows[id] >= 0)][id]);
  const columns = times.map((time, t) =>
    valuesAt(
      table,
      options.value,
      time,
      Int32Array.from(ids, (id) => perTime[t][id]),
    ),
  );
  return {
    table: pairTable(table, columns, { keep, rows: main }),
    absent: perTime.map((rows) => ids.reduce((count, id) => count + (rows[id] < 0 ? 1 : 0), 0)),
  };
}

/**
 * A long table as pairs: the rows of two times matched by id.
 *
 * Kept columns and lines come from the row at `from`. A cell that is missing gives NaN and counts as matched.
 *
 * @throws InputError as `joinByTimes`; `no-pairs` where no id has both times
 */
export function joinByTime(
  table: Table,
  options: {
    readonly id: readonly string[];
    readonly time: string;
    readonly from: string;
    readonly to: string;
    readonly value: string;
    readonly keep: readonly string[];
  },
): JoinedPairs {
  const { id, time, from, to, value, keep } = options;
  const { perTime, ids } = rowsByTime(table, { id, time, times: [from, to] });
  const [initialRow, finalRow] = perTime;
  const both = keysInBoth(initialRow, finalRow);
  if (both.length === 0) {
    throw noPairs(table.source, `an id with rows at ${time} ${from} and ${to}`, [
      showId(table, id, initialRow.find((row) => row >= 0) ?? 0),
      showId(table, id, finalRow.find((row) => row >= 0) ?? 0),
    ]);
  }
  const rows = both.map((key) => initialRow[key]);
  const columns = [
    valuesAt(table, value, "initial", rows),
    valuesAt(
      table,
      value,
      "final",
      both.map((key) => finalRow[key]),
    ),
  ];
  return {
    table: pairTable(table, columns, { keep, rows }),
    unmatchedInitial: ids.filter((key) => finalRow[key] < 0).length,
    unmatchedFinal: ids.filter((key) => initialRow[key] < 0).length,
  };
}

/**
 * Two tables, one of each end, matched by id whatever their order of rows.
 *
 * Kept columns and lines come from the first table; pairs are in its order.
 *
 * @param id  columns that both tables have
 * @throws InputError `repeated-id`, `missing-id`, `no-pairs`, `name-taken`, `unknown-column`, `not-a-number`
 */
export function joinTables(
  initialTable: Table,
  finalTable: Table,
  options: {
    readonly id: readonly string[];
    /** Column of values in the first table. */
    readonly initial: string;
    /** Column of values in the second. */
    readonly final: string;
    readonly keep: readonly string[];
  },
): JoinedPairs {
  const { id, initial, final, keep } = options;
  const { keys, count } = rowKeys([initialTable, finalTable], id);
  const initialRow = rowOfKey(initialTable, id, keys[0], { count, rows: allRows(initialTable), when: "" });
  const finalRow = rowOfKey(finalTable, id, keys[1], { count, rows: allRows(finalTable), when: "" });
  const both = keysInBoth(initialRow, finalRow);
  const source = `${initialTable.source} and ${finalTable.source}`;
  if (both.length === 0) {
    throw noPairs(source, "an id that both have", [showId(initialTable, id, 0), showId(finalTable, id, 0)]);
  }
  const rows = both.map((key) => initialRow[key]);
  const columns = [
    valuesAt(initialTable, initial, "initial", rows),
    valuesAt(
      finalTable,
      final,
      "final",
      both.map((key) => finalRow[key]),
    ),
  ];
  return {
    table: { ...pairTable(initialTable, columns, { keep, rows }), source },
    unmatchedInitial: initialTable.rows - rows.length,
    unmatchedFinal: finalTable.rows - rows.length,
  };
}

/** Keys that have a row at both ends, in order of first appearance. */
function keysInBoth(initialRow: Int32Array, finalRow: Int32Array): Int32Array {
  const keys = Int32Array.from(initialRow, (_, key) => key);
  return keys.filter((key) => initialRow[key] >= 0 && finalRow[key] >= 0);
}

/** For each time the row of each id (-1 for none), and the ids that have any, in order of first appearance. */
function rowsByTime(
  table: Table,
  options: { readonly id: readonly string[]; readonly time: string; readonly times: readonly string[] },
): { readonly perTime: readonly Int32Array[]; readonly ids: Int32Array } {
  const { id, time, times } = options;
  const { keys, count } = rowKeys([table], id);
  const isNumeric = columnNamed(table, time).kind === "number";
  const seen = new Set<string | number>();
  const perTime = times.map((value) => {
    const normal = isNumeric ? parseNumber(value.trim()) : value;
    if (seen.has(normal)) {
      throw new InputError({
        code: "repeated-time",
        message: `${table.source}: expected different values of "${time}", got "${value}" twice (${times.join(", ")}); name each time once`,
      });
    }
    seen.add(normal);
    const rows = rowsWith(table, { column: time, value });
    return rowOfKey(table, id, keys[0], { count, rows, when: ` at ${time} ${value}` });
  });
  const all = Int32Array.from({ length: count }, (_, key) => key);
  return { perTime, ids: all.filter((key) => perTime.some((rows) => rows[key] >= 0)) };
}

/** The numbers of a column in the given rows, NaN for row -1, under a new name. */
function valuesAt(table: Table, column: string, name: string, rows: Int32Array): Column {
  const values = numberColumn(table, column);
  return {
    name,
    kind: "number",
    values: Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : values[row])),
  };
}

function pairTable(
  table: Table,
  columns: readonly Column[],
  { keep, rows }: { readonly keep: readonly string[]; readonly rows: Int32Array },
): Table {
  const taken = new Set(columns.map((column) => column.name));
  const kept = Array.from(new Set(keep), (name) => {
    if (taken.has(name)) {
      throw new InputError({
        code: "name-taken",
        message: `${table.source}: expected columns to keep under other names than ${listed([...taken])}, got "${name}"; rename it in the file`,
      });
    }
    return cellsOf(columnNamed(table, name), rows);
  });
  const { lines } = table;
  return {
    source: table.source,
    rows: rows.length,
    columns: [...columns, ...kept],
    lines: lines === null ? null : rows.map((row) => lines[row]),
  };
}

function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rows }, (_, row) => row);
}

function noPairs(source: string, expected: string, [initial, final]: readonly [string, string]): InputError {
  return new InputError({
    code: "no-pairs",
    message: `${source}: expected ${expected}, got none (the first ids are ${initial} and ${final}); name the columns that identify a synapse at both times`,
  });
}
