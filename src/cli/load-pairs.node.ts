/** From what a person typed to PairedWeights: which files, which columns, which rows. */

import { join } from "node:path";
import { readPath } from "../data/index.node.ts";
import {
  type FileContents,
  joinByTimes,
  joinTables,
  numberColumn,
  tensorTable,
  vectorTable,
  where,
} from "../data/index.ts";
import { InputError, nearestName } from "../errors.ts";
import { isRunFolder, runFiles } from "../experiment/index.node.ts";
import { type LeftOut, type PairedWeights, pairTensors, pairWeights } from "../inference/index.ts";
import type { NamedTensor, Table } from "../tensor.ts";
import { columnsOf, conditionOf, labels, normalisedTable, splitRows } from "./table-rows.node.ts";

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

export interface LoadedPairs {
  readonly pairs: PairedWeights;
  /** The same without learning; null where none was named. */
  readonly control: PairedWeights | null;
  readonly leftOut: readonly LeftOut[];
  readonly files: readonly { readonly name: string; readonly description: string }[];
}

/** Reads one table or two files and pairs them. @throws InputError, UnsupportedError with the sentence to print */
export async function loadPairs(given: readonly string[], selection: PairSelection): Promise<LoadedPairs> {
  const paths = await endsOfRun(given);
  const contents = await Promise.all(paths.map((path) => readPath(path, { sheet: selection.sheet })));
  checkControl(selection);
  const { pairs, leftOut, control } = fromFiles(paths, contents, selection);
  const files = contents.map((content, k) => ({ name: paths[k], description: describe(content) }));
  return {
    pairs,
    control: control ?? (await controlFiles(paths, selection)),
    leftOut: [...leftOutOf(contents), ...leftOut],
    files,
  };
}

interface FromFiles {
  readonly pairs: PairedWeights;
  readonly leftOut: readonly LeftOut[];
  /** Null where there is none, or where it is in files of its own. */
  readonly control: PairedWeights | null;
}

function fromFiles(
  paths: readonly string[],
  [first, second]: readonly FileContents[],
  selection: PairSelection,
): FromFiles {
  if (second === undefined) return fromOneFile(paths[0], first, selection);
  if (first.kind !== second.kind) {
    throw new InputError({
      code: "kinds-differ",
      message: `infer: expected two files of one kind, got ${describe(first)} and ${describe(second)}; give two arrays or two tables`,
    });
  }
  if (first.kind === "tensors" && second.kind === "tensors" && selection.id === undefined) {
    return { ...fromTensors(paths, first.tensors, second.tensors, selection), control: null };
  }
  return { ...fromTwoTables(tableOf(first), tableOf(second), selection), control: null };
}

/** Beside two files --control-initial and --control-final are two more, read in the same way. */
async function controlFiles(
  paths: readonly string[],
  selection: PairSelection,
): Promise<PairedWeights | null> {
  const { controlInitial, controlFinal, ...rest } = selection;
  if (paths.length < 2 || controlInitial === undefined || controlFinal === undefined) return null;
  const { pairs } = await loadPairs([controlInitial, controlFinal], { ...rest, repeat: [] });
  return pairs;
}

function checkControl({ control, controlInitial, controlFinal }: PairSelection): void {
  if ((controlInitial === undefined) !== (controlFinal === undefined)) {
    throw new InputError({
      code: "half-control",
      message: `${controlInitial === undefined ? "--control-final" : "--control-initial"}: expected both ends of the control, got only "${controlInitial ?? controlFinal}"; give --control-initial and --control-final`,
    });
  }
  if (control.length > 0 && controlInitial !== undefined) {
    throw new InputError({
      code: "two-controls",
      message: `--control: expected one way to name the control, got --control "${control[0]}" and --control-initial "${controlInitial}"; give one of them`,
    });
  }
}

/** What the readers could not read; the same of both files is said once. */
function leftOutOf(contents: readonly FileContents[]): readonly LeftOut[] {
  const parts = contents.flatMap(({ leftOut = [] }) => leftOut);
  return [...new Map(parts.map((part) => [`${part.name}: ${part.reason}`, part])).values()];
}

/** A run of `syngeo train` is its weights before and after. */
async function endsOfRun(paths: readonly string[]): Promise<readonly string[]> {
  const [folder, ...others] = paths;
  if (others.length > 0 || !(await isRunFolder(folder))) return paths;
  return [join(folder, runFiles.initial), join(folder, runFiles.final)];
}

/** The table in a file. @throws InputError `not-a-table` */
export async function tableFrom(path: string): Promise<Table> {
  return tableOf(await readPath(path));
}

function describe(content: FileContents): string {
  if (content.kind === "table") return `${content.format} table of ${content.table.rows} rows`;
  const shapes = content.tensors
    .slice(0, 3)
    .map(({ name, tensor }) => `${name} [${tensor.shape.join(", ")}]`);
  const more = content.tensors.length > 3 ? ` and ${content.tensors.length - 3} more` : "";
  return `${content.format} with ${shapes.join(", ")}${more}`;
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
  const column = selection.time === undefined ? selection.initial : selection.value;
  if (content.kind === "tensors" && content.tensors.some(({ name }) => name === column)) {
    const table = columnTable(path, content.tensors, String(column), selection);
    if (table !== null) return fromTable(table, selection);
  }
  if (content.kind === "tensors" && content.tensors.some(({ name }) => name === selection.initial)) {
    const pick = (name: string | undefined, flag: string) => [tensorNamed(content.tensors, name, flag, path)];
    const { controlInitial, controlFinal, ...named } = selection;
    const rest = { ...named, initial: undefined, final: undefined };
    const of = (initial: string | undefined, final: string | undefined, flags: readonly [string, string]) =>
      fromTensors([path], pick(initial, flags[0]), pick(final, flags[1]), rest);
    const control =
      controlInitial === undefined
        ? null
        : of(controlInitial, controlFinal, ["--control-initial", "--control-final"]).pairs;
    return { ...of(selection.initial, selection.final, ["--initial", "--final"]), control };
  }
  if (content.kind === "tensors" && content.tensors.length !== 1 && selection.initial !== undefined) {
    tensorNamed(content.tensors, selection.initial, "--initial", path);
  }
  return fromTable(tableOf(content), selection);
}

/** Vectors as the columns of a table, where an option needs columns; null where none does. */
function columnTable(path: string, tensors: readonly NamedTensor[], name: string, selection: PairSelection) {
  const { group, cluster, time } = selection;
  const needsColumns = [group, cluster, time, selection.where[0], selection.repeat[0]].some(
    (flag) => flag !== undefined,
  );
  return needsColumns ? vectorTable(`file "${path}"`, tensors, name) : null;
}

function fromTable(table: Table, selection: PairSelection): FromFiles {
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

function tensorNamed(tensors: readonly NamedTensor[], name: string | undefined, flag: string, path: string) {
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
  for (const flag of ["group", "cluster", "time", "from", "to", "id", "value", "normaliseBy"] as const)
    refuseForArrays(flag, selection[flag]);
  for (const flag of ["where", "repeat", "control"] as const) refuseForArrays(flag, selection[flag]?.[0]);
  const pick = (tensors: readonly NamedTensor[], name: string | undefined, flag: string, path: string) =>
    name === undefined ? tensors : [tensorNamed(tensors, name, flag, path)];
  const { include, exclude } = selection;
  const { pairs, leftOut } = pairTensors(
    pick(initial, selection.initial, "--initial", paths[0]),
    pick(final, selection.final, "--final", paths[paths.length - 1]),
    {
      source: paths.map((path) => `"${path}"`).join(" and "),
      ...(include?.length ? { include } : {}),
      ...(exclude?.length ? { exclude } : {}),
    },
  );
  return { pairs, leftOut };
}

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
      message: `--${flagOf(flag)}: expected no such option for ${what}, got "${value}"; leave it out`,
    });
  }
}

/** `normaliseBy` as it is typed. */
function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function refuseForArrays(name: string, value: string | undefined): void {
  if (value === undefined) return;
  const flag = flagOf(name);
  throw new InputError({
    code: "not-a-table",
    message: `--${flag}: expected a table with columns, got arrays ("${value}" names no column); export a table, or leave --${flag} out`,
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

function fromTwoTables(initialTable: Table, finalTable: Table, selection: PairSelection) {
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
