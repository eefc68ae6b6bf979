/** Pairs from the rows of tables: wide, long, or two with one end each; and a control among them. */

import { joinByTimes, joinTables, numberColumn, where } from "../data/index.ts";
import { InputError } from "../errors.ts";
import { type LeftOut, type PairedWeights, pairWeights } from "../inference/index.ts";
import type { Table } from "../tensor.ts";
import { columnsOf, conditionOf, labels, normalisedTable, splitRows } from "./table-rows.ts";

/** What the flags choose: which ends, which rows, which arrays. */
export interface PairSelection {
  readonly initial?: string;
  readonly final?: string;
  readonly group?: string;
  readonly cluster?: string;
  readonly where: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly repeat: readonly string[];
  /** Conditions of the rows that did not learn. */
  readonly control: readonly string[];
  /** Columns (or times, or files) of the weights measured without learning. */
  readonly controlInitial?: string;
  readonly controlFinal?: string;
  readonly normaliseBy?: string;
  readonly id?: string;
  readonly time?: string;
  readonly from?: string;
  readonly to?: string;
  readonly value?: string;
  readonly sheet?: string;
}

export type Unset<T> = { readonly [K in keyof T]: T[K] | undefined };

export interface FromFiles {
  readonly pairs: PairedWeights;
  readonly leftOut: readonly LeftOut[];
  /** Null where there is none, or where it is in files of its own. */
  readonly control: PairedWeights | null;
}

export function fromTable(table: Table, selection: PairSelection): FromFiles {
  const { learning, control } = splitRows(normalised(table, selection), selection);
  const load = (table: Table, chosen: PairSelection) =>
    chosen.time === undefined ? fromWideTable(table, chosen) : fromLongTable(table, chosen);
  const loaded = load(learning, selection);
  const { repeat: _, ...rest } = selection;
  const without = { ...rest, repeat: [] };
  if (control !== null) return { ...loaded, control: named(load(control, without).pairs, "the control") };
  const { controlInitial, controlFinal } = selection;
  if (controlInitial === undefined || controlFinal === undefined) return { ...loaded, control: null };
  const ends =
    selection.time === undefined
      ? { initial: controlInitial, final: controlFinal }
      : { from: controlInitial, to: controlFinal };
  const pairs = named(load(learning, { ...without, ...ends }).pairs, `${controlInitial} to ${controlFinal}`);
  return { ...loaded, control: pairs };
}

function named(pairs: PairedWeights, what: string): PairedWeights {
  return { ...pairs, source: `${pairs.source}, ${what}` };
}

/** Sizes over the median baseline of their group: the initial column, or all times up to the initial one. */
function normalised(table: Table, selection: PairSelection): Table {
  const { normaliseBy, time, from, value, initial, final, controlInitial, controlFinal, repeat } = selection;
  if (normaliseBy === undefined) return table;
  const groups = labels(table, normaliseBy, "--normalise-by");
  if (time === undefined) {
    const of = required(table, initial, "--initial");
    const sizes = [of, final, controlInitial, controlFinal, ...repeat].filter((name) => name !== undefined);
    return normalisedTable(table, [...new Set(sizes)], groups, { of, isBaseline: () => true });
  }
  const of = required(table, value, "--value");
  const times = labels(table, time, "--time");
  const isBaseline = (row: number) =>
    times[row] === from || Number(times[row]) <= Number(from === undefined ? Number.NaN : from);
  return normalisedTable(table, [of], groups, { of, isBaseline });
}

function fromWideTable(table: Table, selection: PairSelection) {
  refuseUnused(
    selection,
    ["id", "from", "to", "value", "include", "exclude"],
    "a table with a row a synapse",
  );
  const initial = required(table, selection.initial, "--initial");
  const final = required(table, selection.final, "--final");
  return { pairs: pairColumns(table, { initial, final }, selection), leftOut: [] };
}

function required(table: Table, name: string | undefined, flag: string): string {
  if (name !== undefined) return name;
  const names = table.columns.map((column) => column.name);
  throw new InputError({
    code: "no-column",
    message: `infer: expected ${flag} COLUMN for ${table.source}, got none; it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`,
  });
}

function pairColumns(
  table: Table,
  ends: { initial: string; final: string },
  selection: PairSelection,
): PairedWeights {
  const { group, cluster, repeat } = selection;
  return pairWeights(numberColumn(table, ends.initial), numberColumn(table, ends.final), {
    source: table.source,
    ...(group === undefined ? {} : { group: labels(table, group, "--group") }),
    ...(cluster === undefined ? {} : { cluster: labels(table, cluster, "--cluster") }),
    ...(repeat.length === 2
      ? { repeat: { first: numberColumn(table, repeat[0]), second: numberColumn(table, repeat[1]) } }
      : {}),
  });
}

function fromLongTable(table: Table, selection: PairSelection) {
  refuseUnused(selection, ["initial", "final", "include", "exclude"], "a long table (--time)");
  const { time, from, to, value, id, repeat } = selection;
  for (const [flag, given] of Object.entries({ "--from": from, "--to": to, "--value": value, "--id": id })) {
    if (given === undefined) {
      throw new InputError({
        code: "no-column",
        message: `infer: expected ${flag} beside --time ${time}, got none; a long table needs --id COLUMN[,COLUMN] --time COLUMN --from VALUE --to VALUE --value COLUMN`,
      });
    }
  }
  const [first, last] = [String(from), String(to)];
  const keep = [...columnsOf(selection.group, "--group"), ...columnsOf(selection.cluster, "--cluster")];
  const wide = joinByTimes(table, {
    id: columnsOf(id, "--id"),
    time: String(time),
    times: [...new Set([first, last, ...repeat])],
    value: String(value),
    keep: [...new Set(keep)],
  });
  const pairs = pairColumns(wide.table, { initial: first, final: last }, selection);
  const leftOut = [first, last].flatMap((when, k) =>
    wide.absent[k] === 0
      ? []
      : [{ name: `${time} ${when}`, reason: `${wide.absent[k]} ids have no row there and count as missing` }],
  );
  return { pairs, leftOut };
}

export function fromTwoTables(initialTable: Table, finalTable: Table, selection: PairSelection) {
  refuseUnused(
    selection,
    ["time", "from", "to", "value", "include", "exclude", "control", "normaliseBy"],
    "two tables",
  );
  const conditions = selection.where.map((text) => conditionOf(text, "--where"));
  const [before, after] = [where(initialTable, conditions), where(finalTable, conditions)];
  const initial = selection.initial ?? onlyNumberColumn(before, "--initial");
  const final = selection.final ?? selection.initial ?? onlyNumberColumn(after, "--final");
  const keep = [...columnsOf(selection.group, "--group"), ...columnsOf(selection.cluster, "--cluster")];
  if (selection.id !== undefined) {
    const id = columnsOf(selection.id, "--id");
    const joined = joinTables(before, after, { id, initial, final, keep: [...new Set(keep)] });
    const pairs = pairColumns(joined.table, { initial: "initial", final: "final" }, selection);
    const leftOut = [
      { name: before.source, reason: `${joined.unmatchedInitial} ids that the other table lacks` },
      { name: after.source, reason: `${joined.unmatchedFinal} ids that the other table lacks` },
    ].filter((_, k) => (k === 0 ? joined.unmatchedInitial : joined.unmatchedFinal) > 0);
    return { pairs, leftOut };
  }
  requireSameRows(before, after);
  const source = `${before.source} and ${after.source}`;
  const columns = [
    { name: "initial", kind: "number" as const, values: numberColumn(before, initial) },
    { name: "final", kind: "number" as const, values: numberColumn(after, final) },
    ...before.columns.filter(({ name }) => keep.includes(name)),
  ];
  const table = { source, rows: before.rows, lines: before.lines, columns };
  return { pairs: pairColumns(table, { initial: "initial", final: "final" }, selection), leftOut: [] };
}

/** @throws InputError `lengths-differ` */
export function requireSameRows(before: { readonly rows: number }, after: { readonly rows: number }): void {
  if (before.rows === after.rows) return;
  throw new InputError({
    code: "lengths-differ",
    message: `infer: expected two tables of as many rows, got ${before.rows} and ${after.rows}; name the columns that identify a synapse with --id`,
  });
}

function onlyNumberColumn(table: Table, flag: string): string {
  const numeric = table.columns.filter(({ kind }) => kind === "number");
  return numeric.length === 1 ? numeric[0].name : required(table, undefined, flag);
}

/** A flag that this kind of input has no use for is refused rather than ignored. */
export function refuseUnused(
  selection: Unset<PairSelection>,
  flags: readonly (keyof PairSelection)[],
  what: string,
): void {
  for (const flag of flags) {
    const value = selection[flag];
    if (value === undefined || value.length === 0) continue;
    throw new InputError({
      code: "unused-flag",
      message: `--${flagOf(flag)}: expected no such option for ${what}, got "${value}"; leave it out`,
    });
  }
}

/** `normaliseBy` as it is typed. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
