/** From what files hold to PairedWeights: which arrays, which columns, which rows a person chose. */

import { type FileContents, tensorTable, vectorTable } from "../data/index.ts";
import { InputError, nearestName } from "../errors.ts";
import { type LeftOut, type PairedWeights, type PairTensorOptions, pairTensors } from "../inference/index.ts";
import type { NamedTensor, Table } from "../tensor.ts";
import {
  type FromFiles,
  flagOf,
  fromTable,
  fromTwoTables,
  type PairSelection,
  type Unset,
} from "./table-pairs.ts";

export interface LoadedPairs {
  readonly pairs: PairedWeights;
  /** The same without learning; null where none was named. */
  readonly control: PairedWeights | null;
  readonly leftOut: readonly LeftOut[];
  readonly files: readonly { readonly name: string; readonly description: string }[];
}

/**
 * Pairs what one table or two files hold.
 *
 * @param names  of the files, as messages call them
 * @throws InputError, UnsupportedError with the sentence to show
 */
export function pairContents(
  names: readonly string[],
  contents: readonly FileContents[],
  selection: PairSelection,
): LoadedPairs {
  checkControl(selection);
  const { pairs, leftOut, control } = fromFiles(names, contents, selection);
  const files = contents.map((content, k) => ({ name: names[k], description: describe(content) }));
  return { pairs, control, leftOut: [...leftOutOf(contents), ...leftOut], files };
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
    const isFolder = first.isFolder || second.isFolder;
    const options = byNameOf(isFolder, selection);
    return { ...fromTensors(paths, first.tensors, second.tensors, selection, options), control: null };
  }
  return { ...fromTwoTables(tableOf(first), tableOf(second), selection), control: null };
}

/** @throws InputError `too-many-files` */
export function requireOneOrTwo(files: readonly string[]): void {
  if (files.length > 2) {
    throw new InputError({
      code: "too-many-files",
      message: `infer: expected one table or two files, got ${files.length} ("${files.join('", "')}"); give INITIAL FINAL, a pattern of tables in quotes ("runs/*.csv"), or --snapshots for a series`,
    });
  }
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
export function leftOutOf(
  contents: readonly { readonly leftOut?: readonly LeftOut[] }[],
): readonly LeftOut[] {
  const parts = contents.flatMap(({ leftOut = [] }) => leftOut);
  return [...new Map(parts.map((part) => [`${part.name}: ${part.reason}`, part])).values()];
}

function describe(content: FileContents): string {
  if (content.kind === "table") return describeTable(content.format, content.table.rows);
  const tensors = content.tensors.map(({ name, tensor }) => ({ name, shape: tensor.shape }));
  return describeTensors(content.format, tensors);
}

/** What a report says of a table. */
export const describeTable = (format: string, rows: number) => `${format} table of ${rows} rows`;

/** What a report says of a file of tensors. */
export function describeTensors(
  format: string,
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
): string {
  const shapes = tensors.slice(0, 3).map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  const more = tensors.length > 3 ? ` and ${tensors.length - 3} more` : "";
  return `${format} with ${shapes.join(", ")}${more}`;
}

/** The table in what a file holds. @throws InputError `not-a-table` */
export function tableOf(content: FileContents): Table {
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

function fromTensors(
  paths: readonly string[],
  initial: readonly NamedTensor[],
  final: readonly NamedTensor[],
  selection: Unset<PairSelection>,
  options: Pick<PairTensorOptions, "byName"> = {},
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
      ...options,
      source: sourceOf(paths),
      ...(include?.length ? { include } : {}),
      ...(exclude?.length ? { exclude } : {}),
    },
  );
  return { pairs, leftOut };
}

/** Files of folders pair by name, unless two arrays are named. */
export const byNameOf = (
  isFolder: boolean | undefined,
  { initial, final }: Unset<PairSelection>,
): Pick<PairTensorOptions, "byName"> => ({
  byName: isFolder === true && initial === undefined && final === undefined,
});

/** What the pairs of these files are called in messages. */
export const sourceOf = (paths: readonly string[]) => paths.map((path) => `"${path}"`).join(" and ");

function refuseForArrays(name: string, value: string | undefined): void {
  if (value === undefined) return;
  const flag = flagOf(name);
  throw new InputError({
    code: "not-a-table",
    message: `--${flag}: expected a table with columns, got arrays ("${value}" names no column); export a table, or leave --${flag} out`,
  });
}
