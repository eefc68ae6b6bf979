/** A column in a few numbers, for people who ask what is in a file. */

import type { Column } from "../tensor.ts";
import type { ColumnDescription } from "./file-contents.ts";

const firstCells = 5;

/** Counts, range and first cells; the median is the middle value, or the mean of the two, of the finite cells. */
export function describeColumn(column: Column): ColumnDescription {
  const { name } = column;
  if (column.kind === "text") {
    const present = column.values.filter((cell) => cell !== "");
    return {
      name,
      kind: "text",
      missing: column.values.length - present.length,
      distinct: new Set(present).size,
      first: column.values.slice(0, firstCells).map((cell) => (cell === "" ? null : cell)),
    };
  }
  const finite = column.values.filter((value) => Number.isFinite(value)).sort();
  const missing = column.values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return {
    name,
    kind: "number",
    missing,
    infinite: column.values.length - missing - finite.length,
    min: finite[0] ?? null,
    median: finite.length === 0 ? null : medianOfSorted(finite),
    max: finite[finite.length - 1] ?? null,
    first: Array.from(column.values.subarray(0, firstCells), (value) =>
      Number.isFinite(value) ? value : null,
    ),
  };
}

function medianOfSorted(values: Float64Array): number {
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
}
