/** From what a person typed to PairedWeights: which files, which columns, which rows. */

import { join } from "node:path";
import { openFileSource } from "../data/index.node.ts";
import {
  type Condition,
  type FileContents,
  joinByTimes,
  joinTables,
  numberColumn,
  readFile,
  tensorTable,
  textColumn,
  where,
} from "../data/index.ts";
import { InputError, nearestName } from "../errors.ts";
import { isRunFolder, runFiles } from "../experiment/index.node.ts";
import { type LeftOut, type PairedWeights, pairTensors, pairWeights } from "../inference/index.ts";
import type { NamedTensor, Table } from "../tensor.ts";

export interface PairSelection {
  readonly initial?: string;
  readonly final?: string;
  readonly group?: string;
  readonly cluster?: string;
  readonly where: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly repeat: readonly string[];
  readonly id?: string;
  readonly time?: string;
  readonly from?: string;
  readonly to?: string;
  readonly value?: string;
}

export interface LoadedPairs {
  readonly pairs: PairedWeights;
  readonly leftOut: readonly LeftOut[];
  readonly files: readonly { readonly name: string; readonly description: string }[];
}

/** Reads one table or two files and pairs them. @throws InputError, UnsupportedError with the sentence to print */
export async function loadPairs(given: readonly string[], selection: PairSelection): Promise<LoadedPairs> {
  const paths = await endsOfRun(given);
  const contents = await Promise.all(paths.map(readOne));
  const files = contents.map((content, k) => ({ name: paths[k], description: describe(content) }));
  const [first, second] = contents;
  if (second === undefined) return { ...fromOneFile(paths[0], first, selection), files };
  if (first.kind !== second.kind) {
    throw new InputError({
      code: "kinds-differ",
      message: `infer: expected two files of one kind, got ${files[0].description} and ${files[1].description}; give two arrays or two tables`,
    });
  }
  if (first.kind === "tensors" && second.kind === "tensors" && selection.id === undefined) {
    return { ...fromTensors(paths, first.tensors, second.tensors, selection), files };
  }
  return { ...fromTwoTables(tableOf(first), tableOf(second), selection), files };
}

/** A run of `syngeo train` is its weights before and after. */
export async function endsOfRun(paths: readonly string[]): Promise<readonly string[]> {
  const [folder, ...others] = paths;
  if (others.length > 0 || !(await isRunFolder(folder))) return paths;
  return [join(folder, runFiles.initial), join(folder, runFiles.final)];
}

async function readOne(path: string): Promise<FileContents> {
  const source = await openFileSource(path);
  try {
    return await readFile(source);
  } finally {
    await source.close();
  }
}

function describe(content: FileContents): string {
  if (content.kind === "table") return `${content.format} table of ${content.table.rows} rows`;
  const tensors = content.tensors.map(({ name, tensor }) => ({ name, shape: tensor.shape }));
  return describeTensors(content.format, tensors);
}

/** What a report says of a file of tensors. */
export function describeTensors(
  format: string,
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): string {
  const shapes = tensors.slice(0, 3).map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  const more = tensors.length > 3 ? ` and ${tensors.length - 3} more` : "";
  return `${format} with ${shapes.join(", ")}${more}`;
}

function tableOf(content: FileContents): Table {
  if (content.kind === "table") return content.table;
  if (content.tensors.length === 1) return tensorTable(content.tensors[0]);
  throw new InputError({
    code: "not-a-table",
    message: `infer: expected a table or one matrix, got ${content.tensors.length} arrays; name two of them with --initial and --final`,
  });
}

function fromOneFile(path: string, content: FileContents, selection: PairSelection) {
  if (content.kind === "tensors" && content.tensors.some(({ name }) => name === selection.initial)) {
    const pick = (name: string | undefined, flag: string) => [tensorNamed(content.tensors, name, flag, path)];
    return fromTensors([path], pick(selection.initial, "--initial"), pick(selection.final, "--final"), {
      ...selection,
      initial: undefined,
      final: undefined,
    });
  }
  if (content.kind === "tensors" && content.tensors.length !== 1 && selection.initial !== undefined) {
    tensorNamed(content.tensors, selection.initial, "--initial", path);
  }
  const table = where(tableOf(content), selection.where.map(conditionOf));
  return selection.time === undefined ? fromWideTable(table, selection) : fromLongTable(table, selection);
}

/** The tensor that a flag names. @throws InputError `unknown-tensor` */
export function tensorNamed<T extends { readonly name: string }>(
  tensors: readonly T[],
  name: string | undefined,
  flag: string,
  path: string,
): T {
  const found = tensors.find((tensor) => tensor.name === name);
  if (found !== undefined) return found;
  const names = tensors.map((tensor) => tensor.name);
  const near = name === undefined ? null : nearestName(name, names);
  throw new InputError({
    code: "unknown-tensor",
    message: `${flag}: expected the name of an array in "${path}", got ${name === undefined ? "nothing" : `"${name}"`}; ${near ? `did you mean "${near}"? ` : ""}it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`,
  });
}

type Unset<T> = { readonly [K in keyof T]: T[K] | undefined };

function fromTensors(
  paths: readonly string[],
  initial: readonly NamedTensor[],
  final: readonly NamedTensor[],
  selection: Unset<PairSelection>,
) {
  for (const flag of ["group", "cluster", "time", "from", "to", "id", "value"] as const)
    refuseForArrays(flag, selection[flag]);
  for (const flag of ["where", "repeat"] as const) refuseForArrays(flag, selection[flag]?.[0]);
  const pick = (tensors: readonly NamedTensor[], name: string | undefined, flag: string, path: string) =>
    name === undefined ? tensors : [tensorNamed(tensors, name, flag, path)];
  const { include, exclude } = selection;
  const { pairs, leftOut } = pairTensors(
    pick(initial, selection.initial, "--initial", paths[0]),
    pick(final, selection.final, "--final", paths[paths.length - 1]),
    {
      source: sourceOf(paths),
      ...(include?.length ? { include } : {}),
      ...(exclude?.length ? { exclude } : {}),
    },
  );
  return { pairs, leftOut };
}

/** What the pairs of these files are called in messages. */
export const sourceOf = (paths: readonly string[]) => paths.map((path) => `"${path}"`).join(" and ");

/** A flag that this kind of input has no use for is refused rather than ignored. */
function refuseUnused(
  selection: Unset<PairSelection>,
  flags: readonly (keyof PairSelection)[],
  what: string,
): void {
  for (const flag of flags) {
    const value = selection[flag];
    if (value === undefined || value.length === 0) continue;
    throw new InputError({
      code: "unused-flag",
      message: `--${flag}: expected no such option for ${what}, got "${value}"; leave it out`,
    });
  }
}

function refuseForArrays(flag: string, value: string | undefined): void {
  if (value === undefined) return;
  throw new InputError({
    code: "not-a-table",
    message: `--${flag}: expected a table with columns, got arrays ("${value}" names no column); export a table, or leave --${flag} out`,
  });
}

function conditionOf(text: string): Condition {
  const place = text.indexOf("=");
  if (place > 0) return { column: text.slice(0, place), value: text.slice(place + 1) };
  throw new InputError({
    code: "bad-condition",
    message: `--where: expected COLUMN=VALUE, got "${text}"; such as --where condition=Control`,
  });
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

/** What a row without a label is called: a group of its own, not one without a name. */
const MISSING = "(missing)";

/** One label a row; of several columns, such as animal,cell, their values together. */
function labels(table: Table, list: string, flag: string): readonly string[] {
  const columns = columnsOf(list, flag).map((name) =>
    textColumn(table, name).map((value) => value || MISSING),
  );
  return columns.length === 1
    ? columns[0]
    : columns[0].map((_, row) => columns.map((values) => values[row]).join(" / "));
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

function columnsOf(list: string | undefined, flag: string): string[] {
  if (list === undefined) return [];
  const names = list.split(",").filter((name) => name !== "");
  if (names.length > 0) return names;
  throw new InputError({
    code: "no-column",
    message: `${flag}: expected the name of a column, got "${list}"; such as ${flag} dendrite or ${flag} animal,cell`,
  });
}

function fromTwoTables(initialTable: Table, finalTable: Table, selection: PairSelection) {
  refuseUnused(selection, ["time", "from", "to", "value", "include", "exclude"], "two tables");
  const conditions = selection.where.map(conditionOf);
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
  if (before.rows !== after.rows) {
    throw new InputError({
      code: "lengths-differ",
      message: `infer: expected two tables of as many rows, got ${before.rows} and ${after.rows}; name the columns that identify a synapse with --id`,
    });
  }
  const source = `${before.source} and ${after.source}`;
  const columns = [
    { name: "initial", kind: "number" as const, values: numberColumn(before, initial) },
    { name: "final", kind: "number" as const, values: numberColumn(after, final) },
    ...before.columns.filter(({ name }) => keep.includes(name)),
  ];
  const table = { source, rows: before.rows, lines: before.lines, columns };
  return { pairs: pairColumns(table, { initial: "initial", final: "final" }, selection), leftOut: [] };
}

function onlyNumberColumn(table: Table, flag: string): string {
  const numeric = table.columns.filter(({ kind }) => kind === "number");
  return numeric.length === 1 ? numeric[0].name : required(table, undefined, flag);
}
