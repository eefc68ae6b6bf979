/** Arrays too large to hold: paired by name like others, to be read a block at a time. */

import type { BlockFile, TensorBlocks } from "../data/index.ts";
import { matchTensors, type PairBlocks } from "../inference/index.ts";
import { describeTensors, type LoadedPairs, leftOutOf, sourceOf, tensorNamed } from "./pair-contents.ts";
import type { PairSelection } from "./table-pairs.ts";

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

/**
 * Pairs by name; null where the files are better read whole: small ones, and values in Fortran order or compressed, which
 * `notice` is told of.
 *
 * @param paths      of one file or two, as messages call them
 * @param ends       the file or files, opened
 * @param reopening  how another thread opens the tensors named; null where none can
 * @throws InputError `unknown-tensor`, and what `matchTensors` throws
 */
export function pairBlocks(
  paths: readonly string[],
  ends: readonly [BlockFile, BlockFile],
  { initial, final, include, exclude }: PairSelection,
  {
    notice,
    reopening,
  }: {
    notice(sentence: string): void;
    reopening(initial: readonly string[], final: readonly string[]): PairBlocks["reopening"];
  },
): BlockPairs | null {
  const sizes = ends.map(({ tensors }) => tensors.reduce((sum, { count }) => sum + count, 0));
  if (sizes[0] + sizes[1] < FEWEST_STREAMED) return null;
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
      source: sourceOf(paths),
      ...(include.length > 0 ? { include } : {}),
      ...(exclude.length > 0 ? { exclude } : {}),
    },
  );
  const obstacle = matched.flatMap((pair) => [pair.initial, pair.final]).find((tensor) => tensor.obstacle);
  if (obstacle) {
    notice(
      `${sourceOf(paths)}: read whole into memory, because "${obstacle.name}" is stored ${storedAs(obstacle)}`,
    );
    return null;
  }
  const names = (end: "initial" | "final") => matched.map((pair) => pair[end].name);
  return {
    blocks: {
      source: sourceOf(paths),
      parts: matched,
      reopening: reopening(names("initial"), names("final")),
    },
    leftOut: [...leftOutOf(ends), ...leftOut],
    files: paths.map((name, k) => ({ name, description: describeTensors(ends[k].format, ends[k].tensors) })),
  };
}

const storedAs = ({ obstacle }: TensorBlocks) => (obstacle === "compressed" ? obstacle : `in ${obstacle}`);
