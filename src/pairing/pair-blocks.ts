/** Arrays and tables too large to hold: paired by name like others, to be read a block at a time. */

import { type BlockFile, columnNamed, type TensorBlocks } from "../data/index.ts";
import { matchTensors, type PairBlocks } from "../inference/index.ts";
import {
  byNameOf,
  describeTable,
  describeTensors,
  type LoadedPairs,
  leftOutOf,
  sourceOf,
  tensorNamed,
} from "./pair-contents.ts";
import { type PairSelection, refuseUnused, requireSameRows } from "./table-pairs.ts";

/** Weights of both ends together below which files are read whole: sooner done than threads are started. */
const FEWEST_STREAMED = 2 ** 21;

export interface BlockPairs extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly blocks: PairBlocks;
}

/** Flags that only tables have a use for; a new flag has to be added here or to those of arrays. */
const TABLE_FLAGS: {
  readonly [F in Exclude<keyof PairSelection, "initial" | "final" | "include" | "exclude">]: true;
} = {
  group: true,
  cluster: true,
  where: true,
  repeat: true,
  id: true,
  time: true,
  from: true,
  to: true,
  value: true,
  sheet: true,
  control: true,
  controlInitial: true,
  controlFinal: true,
  normaliseBy: true,
};

/** Whether the selection asks for nothing that needs the columns of a table, so that files may be read a block at a time. */
export function fitsBlocks(selection: PairSelection, files: number): boolean {
  // Object.keys forgets that the keys are flags.
  const flags = Object.keys(TABLE_FLAGS) as (keyof typeof TABLE_FLAGS)[];
  if (flags.some((flag) => (selection[flag]?.length ?? 0) > 0)) return false;
  return files > 1 || (selection.initial !== undefined && selection.final !== undefined);
}

/** What pairing by blocks may call. */
interface BlockCalls {
  /** Hears why files are read whole. */
  notice(sentence: string): void;
  /** How another thread opens the arrays or columns named; null where none can. */
  reopening(initial: readonly string[], final: readonly string[]): PairBlocks["reopening"];
}

/**
 * Pairs arrays by name, or two columns of tables; null where the files are better read whole: small ones, and values that
 * cannot be read by range, which `notice` is told of.
 *
 * @param paths  of one file or two, as messages call them
 * @param ends   the file or files, opened
 * @throws InputError `unknown-tensor`, `unknown-column`, `lengths-differ`, and what `matchTensors` throws
 */
export function pairBlocks(
  paths: readonly string[],
  ends: readonly [BlockFile, BlockFile],
  selection: PairSelection,
  calls: BlockCalls,
): BlockPairs | null {
  if (ends[0].kind !== ends[1].kind || !isLarge(ends)) return null;
  return ends[0].kind === "table"
    ? pairColumns(paths, ends, selection, calls)
    : pairArrays(paths, ends, selection, calls);
}

/** Of a table one column is read at each end. */
const isLarge = (ends: readonly BlockFile[]) =>
  ends
    .flatMap(({ kind, tensors }) => (kind === "table" ? tensors.slice(0, 1) : tensors))
    .reduce((sum, { count }) => sum + count, 0) >= FEWEST_STREAMED;

/** Two columns of one table, or one of each of two, whose rows are in the same order; null where they are better read whole. */
function pairColumns(
  paths: readonly string[],
  ends: readonly [BlockFile, BlockFile],
  selection: PairSelection,
  { notice, reopening }: BlockCalls,
): BlockPairs | null {
  const isOne = paths.length === 1;
  refuseUnused(selection, ["include", "exclude"], isOne ? "a table with a row a synapse" : "two tables");
  const tables = [paths[0], paths[paths.length - 1]].map((path, k) => ({
    source: `table "${path}"`,
    rows: ends[k].tensors[0].count,
    columns: ends[k].tensors,
  }));
  const initial = columnOf(tables[0], selection.initial);
  const final = columnOf(tables[1], selection.final ?? selection.initial);
  if (initial === null || final === null) return null;
  const source = isOne ? tables[0].source : tables.map((table) => table.source).join(" and ");
  if (isReadWhole(source, [initial, final], notice)) return null;
  requireSameRows(tables[0], tables[1]);
  const part = { name: `${initial.name} and ${final.name}`, initial, final };
  return {
    blocks: { source, parts: [part], reopening: reopeningOf([part], reopening) },
    leftOut: leftOutOf(ends),
    files: paths.map((name, k) => ({ name, description: describeTable(ends[k].format, tables[k].rows) })),
  };
}

/** The column named, or the only one of numbers; null where the whole table says what is missing. */
function columnOf(table: { source: string; columns: readonly TensorBlocks[] }, name: string | undefined) {
  if (name !== undefined) return columnNamed(table, name);
  const ofNumbers = table.columns.filter(({ obstacle }) => obstacle !== "text");
  return ofNumbers.length === 1 ? ofNumbers[0] : null;
}

/** Pairs by name, or null where the files are better read whole. */
function pairArrays(
  paths: readonly string[],
  ends: readonly [BlockFile, BlockFile],
  selection: PairSelection,
  { notice, reopening }: BlockCalls,
): BlockPairs | null {
  const { initial, final, include, exclude } = selection;
  // A single matrix is a table whose columns are named.
  if (paths.length === 1 && !ends[0].tensors.some(({ name }) => name === initial)) return null;
  const [before, after] = [paths[0], paths[paths.length - 1]];
  const pick = ({ tensors }: BlockFile, name: string | undefined, flag: string, path: string) =>
    (name === undefined ? tensors : [tensorNamed(tensors, name, flag, path)]).map((tensor) => ({
      name: tensor.name,
      tensor,
    }));
  const { matched, leftOut } = matchTensors<TensorBlocks>(
    pick(ends[0], initial, "--initial", before),
    pick(ends[1], final, "--final", after),
    {
      ...byNameOf(ends[0].isFolder || ends[1].isFolder, selection),
      source: sourceOf(paths),
      ...(include.length > 0 ? { include } : {}),
      ...(exclude.length > 0 ? { exclude } : {}),
    },
  );
  const asked = matched.flatMap((pair) => [pair.initial, pair.final]);
  if (isReadWhole(sourceOf(paths), asked, notice)) return null;
  return {
    blocks: { source: sourceOf(paths), parts: matched, reopening: reopeningOf(matched, reopening) },
    leftOut: [...leftOutOf(ends), ...leftOut],
    files: paths.map((name, k) => ({ name, description: describeTensors(ends[k].format, ends[k].tensors) })),
  };
}

/** Whether something stands in the way of reading by range, of which `notice` is told. */
function isReadWhole(
  source: string,
  asked: readonly TensorBlocks[],
  notice: (sentence: string) => void,
): boolean {
  const found = asked.find(({ obstacle }) => obstacle !== null);
  if (found === undefined) return false;
  const { name, obstacle } = found;
  const stored = obstacle === "compressed" ? obstacle : obstacle === "text" ? "as text" : `in ${obstacle}`;
  notice(`${source}: read whole into memory, because "${name}" is stored ${stored}`);
  return true;
}

const reopeningOf = (
  parts: readonly { readonly initial: TensorBlocks; readonly final: TensorBlocks }[],
  reopening: BlockCalls["reopening"],
) =>
  reopening(
    parts.map(({ initial }) => initial.name),
    parts.map(({ final }) => final.name),
  );
