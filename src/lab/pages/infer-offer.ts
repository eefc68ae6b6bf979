/** What dropped files offer to choose from: columns with their values, or arrays with their shapes. */

import { type FileDescription, textColumn, vectorLength } from "../../data/index.ts";
import { requireOneOrTwo, tableOf } from "../../pairing/index.ts";
import type { Table } from "../../tensor.ts";
import { accessTo, type GivenFiles } from "./infer-files.ts";

export interface ColumnOffer {
  readonly name: string;
  readonly kind: "number" | "text";
  /** The different values of the column, where they are few; else none. */
  readonly values: readonly string[];
}

export interface ArrayOffer {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One table, two tables, arrays in one file or folder, or two of them. */
export type Offer =
  | {
      readonly kind: "table";
      readonly rows: number;
      readonly columns: readonly ColumnOffer[];
      /** Of a workbook, those not read. */
      readonly otherSheets: readonly string[];
    }
  | {
      readonly kind: "two-tables";
      readonly columns: readonly ColumnOffer[];
      readonly finalColumns: readonly ColumnOffer[];
    }
  | { readonly kind: "arrays"; readonly arrays: readonly ArrayOffer[] }
  | {
      readonly kind: "two-arrays";
      readonly arrays: readonly ArrayOffer[];
      readonly finalArrays: readonly ArrayOffer[];
    };

export const numbersIn = (columns: readonly ColumnOffer[]): readonly string[] =>
  columns.filter(({ kind }) => kind === "number").map(({ name }) => name);

/** The vectors as long as the one named, which are the columns of a table; none unless it is a vector. */
export function vectorsLike(arrays: readonly ArrayOffer[], name: string): readonly ColumnOffer[] {
  const named = arrays.find((array) => array.name === name);
  const rows = named === undefined ? null : vectorLength(named.shape);
  if (rows === null) return [];
  const columns = arrays.filter(({ shape }) => vectorLength(shape) === rows);
  return columns.map((column) => ({ name: column.name, kind: "number", values: [] }));
}

/** More different values than this are measurements or names, not conditions. */
const MOST_VALUES = 60;

/** @param sheet  of a workbook; its first where "" @throws InputError, UnsupportedError with the reader's sentence; InputError `too-many-files` */
export async function offerOf(files: GivenFiles, sheet: string): Promise<Offer> {
  const access = accessTo(files, sheet === "" ? undefined : sheet);
  const given = files.ends.map(({ name }) => name);
  requireOneOrTwo(given);
  const names = await access.ends(given);
  const [first, second] = await Promise.all(names.map(access.inspect));
  const tables = () => Promise.all(names.map(async (name) => tableOf(await access.read(name))));
  if (second === undefined) {
    if (first.kind === "tensors" && first.tensors.length !== 1)
      return { kind: "arrays", arrays: first.tensors };
    const [table] = await tables();
    const others = first.format === "xlsx" ? (first.leftOut ?? []) : [];
    return {
      kind: "table",
      rows: table.rows,
      columns: columnsIn(table),
      otherSheets: others.map(({ name }) => name),
    };
  }
  if (first.kind === "table" && second.kind === "table") {
    const [initial, final] = await tables();
    return { kind: "two-tables", columns: columnsIn(initial), finalColumns: columnsIn(final) };
  }
  const arraysIn = (found: FileDescription) => (found.kind === "tensors" ? found.tensors : []);
  return { kind: "two-arrays", arrays: arraysIn(first), finalArrays: arraysIn(second) };
}

function columnsIn(table: Table): ColumnOffer[] {
  return table.columns.map(({ name, kind }) => {
    const values = new Set<string>();
    for (const value of textColumn(table, name)) {
      if (value !== "") values.add(value);
      if (values.size > MOST_VALUES) break;
    }
    return { name, kind, values: values.size > MOST_VALUES ? [] : [...values] };
  });
}
