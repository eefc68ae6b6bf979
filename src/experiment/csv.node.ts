/** Rows of a table as CSV, every digit kept. */

import { stringify } from "csv-stringify/sync";
import type { Row } from "./run-kind.ts";

/** With a header; columns that a row lacks are empty. */
export function csvText(rows: readonly Row[], columns: readonly string[] = columnsOf(rows)): string {
  // A dotted column is a name, not a way into nested objects.
  const cells = rows.map((row) => columns.map((column) => row[column] ?? null));
  return stringify(cells, { header: true, columns: [...columns], cast: { boolean: String } });
}

/** Of all rows, in the order in which they appear. */
export const columnsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.flatMap(Object.keys))];
