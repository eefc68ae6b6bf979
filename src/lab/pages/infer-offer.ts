/** What dropped files offer to choose from: columns with their values, or arrays with their shapes. */

import { blobSource, inspectFile, type ReadOptions, readFile, textColumn } from "../../data/index.ts";
import { requireOneOrTwo, tableOf } from "../../pairing/index.ts";
import type { Table } from "../../tensor.ts";

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

/** One table, two tables, arrays in one file, or two files of arrays. */
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
  | { readonly kind: "two-arrays"; readonly arrays: readonly ArrayOffer[] };

/** More different values than this are measurements or names, not conditions. */
const MOST_VALUES = 60;

/** @param sheet  of a workbook; its first where "" @throws InputError, UnsupportedError with the reader's sentence; InputError `too-many-files` */
export async function offerOf(files: readonly File[], sheet: string): Promise<Offer> {
  requireOneOrTwo(files.map(({ name }) => name));
  const options = sheet === "" ? {} : { sheet };
  const kinds = await Promise.all(
    files.map(async (file) => inspectFile(blobSource(file.name, file), options)),
  );
  const [first, second] = kinds;
  if (second === undefined) {
    if (first.kind === "tensors" && first.tensors.length !== 1)
      return { kind: "arrays", arrays: first.tensors };
    const table = await tableIn(files[0], options);
    const others = first.format === "xlsx" ? (first.leftOut ?? []) : [];
    return {
      kind: "table",
      rows: table.rows,
      columns: columnsIn(table),
      otherSheets: others.map(({ name }) => name),
    };
  }
  if (first.kind === "table" && second.kind === "table") {
    const [initial, final] = await Promise.all(files.map((file) => tableIn(file, options)));
    return { kind: "two-tables", columns: columnsIn(initial), finalColumns: columnsIn(final) };
  }
  return { kind: "two-arrays", arrays: first.kind === "tensors" ? first.tensors : [] };
}

async function tableIn(file: File, options: ReadOptions): Promise<Table> {
  return tableOf(await readFile(blobSource(file.name, file), options));
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
