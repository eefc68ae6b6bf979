/** Weights in files too large to hold: paired by name like others, read a block at a time. */

import { BLOCKS_MODULE, isPattern, openPathBlocks, type PathBlocks } from "../data/index.node.ts";
import { columnNamed, type TensorBlocks } from "../data/index.ts";
import { workerLanes } from "../inference/index.node.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  inferPopulation,
  matchTensors,
  type PairBlocks,
  pictureOfDraw,
  surveyBlocks,
} from "../inference/index.ts";
import {
  describeTable,
  describeTensors,
  endsOfRun,
  type LoadedPairs,
  leftOutOf,
  type PairSelection,
  sourceOf,
  tensorNamed,
} from "./load-pairs.node.ts";
import { refuseUnused, requireSameRows } from "./table-pairs.node.ts";
import { interruption } from "./terminal.node.ts";

/** Weights of both ends together below which files are read whole: sooner done than threads are started. */
const FEWEST_STREAMED = 2 ** 21;

export interface StreamedPairs extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly blocks: PairBlocks;
  close(): Promise<void>;
}

/** Flags that need whole columns; a new flag has to be added here or to those of arrays. */
const COLUMN_FLAGS: {
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

/**
 * The pairs of two files of tensors or tables, or of two tensors or columns of one file, without reading them.
 *
 * null for what is read whole: other tables than Parquet, small files, and values in Fortran order or compressed, which
 * `notice` is told of.
 *
 * @throws as `loadPairs`
 */
export async function openPairBlocks(
  given: readonly string[],
  selection: PairSelection,
  notice: (sentence: string) => void,
): Promise<StreamedPairs | null> {
  // Object.keys forgets that the keys are flags.
  const flags = Object.keys(COLUMN_FLAGS) as (keyof typeof COLUMN_FLAGS)[];
  if (flags.some((flag) => (selection[flag]?.length ?? 0) > 0)) return null;
  const paths = await endsOfRun(given);
  if (paths.length === 1 && (selection.initial === undefined || selection.final === undefined)) return null;
  for (const path of paths) if (await isPattern(path)) return null;
  const opened: PathBlocks[] = [];
  const close = async () => {
    for (const end of opened) await end.close();
  };
  try {
    for (const path of paths) {
      const end = await openPathBlocks(path);
      if (end === null) break;
      opened.push(end);
    }
    const [first, last] = [opened[0], opened[opened.length - 1]];
    if (opened.length === paths.length && first.kind === last.kind && isLarge(first, last)) {
      const pair = first.kind === "table" ? pairColumns : pairFiles;
      const streamed = pair(paths, [first, last], selection, notice);
      if (streamed) return { ...streamed, close };
    }
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return null;
}

/** Of a table one column is read at each end. */
const isLarge = (...ends: readonly PathBlocks[]) =>
  ends
    .flatMap(({ kind, tensors }) => (kind === "table" ? tensors.slice(0, 1) : tensors))
    .reduce((sum, { count }) => sum + count, 0) >= FEWEST_STREAMED;

type Unclosed = Omit<StreamedPairs, "close">;

/** Two columns of one table, or one of each of two, whose rows are in the same order; null where they are better read whole. */
function pairColumns(
  paths: readonly string[],
  ends: readonly [PathBlocks, PathBlocks],
  selection: PairSelection,
  notice: (sentence: string) => void,
): Unclosed | null {
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
    blocks: { source, parts: [part], reopening: reopeningOf(ends, [part]) },
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
function pairFiles(
  paths: readonly string[],
  ends: readonly [PathBlocks, PathBlocks],
  { initial, final, include, exclude }: PairSelection,
  notice: (sentence: string) => void,
): Unclosed | null {
  // A single matrix is a table whose columns are named.
  if (paths.length === 1 && !ends[0].tensors.some(({ name }) => name === initial)) return null;
  const [before, after] = [paths[0], paths[paths.length - 1]];
  const pick = ({ tensors }: PathBlocks, name: string | undefined, flag: string, path: string) =>
    (name === undefined ? tensors : [tensorNamed(tensors, name, flag, path)]).map((tensor) => ({
      name: tensor.name,
      tensor,
    }));
  const { matched, leftOut } = matchTensors<TensorBlocks>(
    pick(ends[0], initial, "--initial", before),
    pick(ends[1], final, "--final", after),
    {
      source: sourceOf(paths),
      ...(include.length > 0 ? { include } : {}),
      ...(exclude.length > 0 ? { exclude } : {}),
    },
  );
  const asked = matched.flatMap((pair) => [pair.initial, pair.final]);
  if (isReadWhole(sourceOf(paths), asked, notice)) return null;
  return {
    blocks: { source: sourceOf(paths), parts: matched, reopening: reopeningOf(ends, matched) },
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

function reopeningOf(
  ends: readonly [PathBlocks, PathBlocks],
  parts: readonly { readonly initial: TensorBlocks; readonly final: TensorBlocks }[],
): PairBlocks["reopening"] {
  return {
    module: BLOCKS_MODULE,
    initial: ends[0].settingsOf(parts.map(({ initial }) => initial.name)),
    final: ends[1].settingsOf(parts.map(({ final }) => final.name)),
  };
}

/** The fit and, where it is asked for, what figures show; closes the files. @throws the signal's reason after Ctrl-C */
export async function inferStreamed(
  { blocks, close }: StreamedPairs,
  options: InferOptions,
  { threads, picture }: { readonly threads: number | undefined; readonly picture: boolean },
): Promise<{ readonly fit: GeometryFit; readonly picture: GeometryPicture | null }> {
  const { signal, release } = interruption();
  const shown = () => options.random.stream("picture");
  const survey = await surveyBlocks(blocks, {
    ...options,
    signal,
    openLanes: workerLanes(threads === undefined ? {} : { threads }),
    ...(picture ? { picture: shown() } : {}),
  }).finally(async () => {
    release();
    await close();
  });
  const fit = inferPopulation(survey.population, options);
  return { fit, picture: survey.draw && pictureOfDraw(survey.draw, fit, shown()) };
}
