/** Rows of a table that learned and rows that did not, and sizes in units of a group's baseline. */

import { type Condition, numberColumn, textColumn, where } from "../data/index.ts";
import { InputError } from "../errors.ts";
import type { Table } from "../tensor.ts";

/** `COLUMN=VALUE` as typed after a flag. */
export function conditionOf(text: string, flag: string): Condition {
  const place = text.indexOf("=");
  if (place > 0) return { column: text.slice(0, place), value: text.slice(place + 1) };
  throw new InputError({
    code: "bad-condition",
    message: `${flag}: expected COLUMN=VALUE, got "${text}"; such as ${flag} condition=Control`,
  });
}

const ROW = "(row)";
const ROLE = "(role)";
/** In a condition of --control: any value of the column, also where --where wants one. */
const ANY = "*";

/**
 * The rows that learned, and those of the control; the latter null without conditions for it.
 *
 * The conditions of --where hold for the control too, but for columns that --control names itself. Rows that meet all
 * conditions of --control are never learning rows.
 *
 * @throws InputError `unknown-column`, `no-such-value`, `bad-condition`, `no-control-rows`
 */
export function splitRows(
  table: Table,
  selection: { readonly where: readonly string[]; readonly control: readonly string[] },
): { readonly learning: Table; readonly control: Table | null } {
  const wanted = selection.where.map((text) => conditionOf(text, "--where"));
  if (selection.control.length === 0) return { learning: where(table, wanted), control: null };
  const named = selection.control.map((text) => conditionOf(text, "--control"));
  const own = named.filter(({ value }) => value !== ANY);
  if (own.length === 0) {
    throw new InputError({
      code: "bad-condition",
      message: `--control: expected a value that marks the control, got only "${selection.control.join('", "')}"; such as --control condition=Sham`,
    });
  }
  const rows = Float64Array.from({ length: table.rows }, (_, row) => row);
  const numbered: Table = {
    ...table,
    columns: [...table.columns, { name: ROW, kind: "number", values: rows }],
  };
  const still = new Set(numberColumn(where(numbered, own), ROW));
  if (still.size === table.rows) {
    throw new InputError({
      code: "no-learning-rows",
      message: `--control: expected rows that are not the control, got ${table.rows} that all are ("${selection.control.join('", "')}"); name a column that tells the two groups apart`,
    });
  }
  const roles = Array.from(rows, (row) => (still.has(row) ? "control" : "learning"));
  const marked: Table = {
    ...table,
    columns: [...table.columns, { name: ROLE, kind: "text", values: roles }],
  };
  const shared = wanted.filter(({ column }) => !named.some((condition) => condition.column === column));
  return {
    learning: where(marked, [{ column: ROLE, value: "learning" }, ...wanted]),
    control: where(marked, [{ column: ROLE, value: "control" }, ...shared]),
  };
}

/**
 * The table with `sizes` divided by the median baseline of each row's group (all its rows, those left out later included).
 *
 * @param baseline  for each row, whether its size `of` counts as baseline
 * @throws InputError `no-baseline` (a group without a baseline, or with one that is not above 0)
 */
export function normalisedTable(
  table: Table,
  sizes: readonly string[],
  groups: readonly string[],
  baseline: { readonly of: string; isBaseline(row: number): boolean },
): Table {
  const values = numberColumn(table, baseline.of);
  const byGroup = new Map<string, number[]>();
  for (const [row, group] of groups.entries()) {
    const size = values[row];
    if (!baseline.isBaseline(row) || !Number.isFinite(size) || size === 0) continue;
    const known = byGroup.get(group);
    if (known) known.push(Math.abs(size));
    else byGroup.set(group, [size].map(Math.abs));
  }
  const medians = new Map(Array.from(byGroup, ([group, found]) => [group, medianOf(found)]));
  const scale = groups.map((group) => medians.get(group) ?? Number.NaN);
  const without = scale.findIndex((median) => !(median > 0));
  if (without >= 0) {
    throw new InputError({
      code: "no-baseline",
      message: `--normalise-by: expected a baseline size in every group of ${table.source}, got none in "${groups[without]}"; leave such rows out, or choose a coarser group`,
    });
  }
  const columns = table.columns.map((column) =>
    sizes.includes(column.name)
      ? {
          name: column.name,
          kind: "number" as const,
          values: numberColumn(table, column.name).map((size, row) => size / scale[row]),
        }
      : column,
  );
  return { ...table, source: `${table.source}, over the baseline of each group`, columns };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  return sorted.length % 2 === 1 ? upper : 0.5 * (sorted[sorted.length / 2 - 1] + upper);
}

/** What a row without a label is called: a group of its own, not one without a name. */
const MISSING = "(missing)";

/** One label a row; of several columns, such as animal,cell, their values together. */
export function labels(table: Table, list: string, flag: string): readonly string[] {
  const columns = columnsOf(list, flag).map((name) =>
    textColumn(table, name).map((value) => value || MISSING),
  );
  return columns.length === 1
    ? columns[0]
    : columns[0].map((_, row) => columns.map((values) => values[row]).join(" / "));
}

export function columnsOf(list: string | undefined, flag: string): string[] {
  if (list === undefined) return [];
  const names = list.split(",").filter((name) => name !== "");
  if (names.length > 0) return names;
  throw new InputError({
    code: "no-column",
    message: `${flag}: expected the name of a column, got "${list}"; such as ${flag} dendrite or ${flag} animal,cell`,
  });
}
