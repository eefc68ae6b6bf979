/** Weights in files too large to hold: paired by name like others, read a block at a time. */

import { BLOCKS_MODULE, isPattern, openPathBlocks, type PathBlocks } from "../data/index.node.ts";
import type { TensorBlocks } from "../data/index.ts";
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
  describeTensors,
  endsOfRun,
  type LoadedPairs,
  leftOutOf,
  type PairSelection,
  sourceOf,
  tensorNamed,
} from "./load-pairs.node.ts";
import { interruption } from "./terminal.node.ts";

/** Weights of both ends together below which files are read whole: sooner done than threads are started. */
const FEWEST_STREAMED = 2 ** 21;

export interface StreamedPairs extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly blocks: PairBlocks;
  close(): Promise<void>;
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

/**
 * The pairs of two files of tensors, or of two tensors of one file, without reading them.
 *
 * null for what is read whole: tables, small files, and values in Fortran order or compressed, which `notice` is told of.
 *
 * @throws as `loadPairs`
 */
export async function openPairBlocks(
  given: readonly string[],
  selection: PairSelection,
  notice: (sentence: string) => void,
): Promise<StreamedPairs | null> {
  // Object.keys forgets that the keys are flags.
  const flags = Object.keys(TABLE_FLAGS) as (keyof typeof TABLE_FLAGS)[];
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
    const streamed = opened.length === paths.length && pairFiles(paths, [first, last], selection, notice);
    if (streamed) return { ...streamed, close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return null;
}

/** Pairs by name, or null where the files are better read whole. */
function pairFiles(
  paths: readonly string[],
  ends: readonly [PathBlocks, PathBlocks],
  { initial, final, include, exclude }: PairSelection,
  notice: (sentence: string) => void,
): Omit<StreamedPairs, "close"> | null {
  const sizes = ends.map(({ tensors }) => tensors.reduce((sum, { count }) => sum + count, 0));
  if (sizes[0] + sizes[1] < FEWEST_STREAMED) return null;
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
      reopening: {
        module: BLOCKS_MODULE,
        initial: ends[0].settingsOf(names("initial")),
        final: ends[1].settingsOf(names("final")),
      },
    },
    leftOut: [...leftOutOf(ends), ...leftOut],
    files: paths.map((name, k) => ({ name, description: describeTensors(ends[k].format, ends[k].tensors) })),
  };
}

const storedAs = ({ obstacle }: TensorBlocks) => (obstacle === "compressed" ? obstacle : `in ${obstacle}`);

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
