/** Weights in files too large to hold: paired by name like others, read a block at a time. */

import { BLOCKS_MODULE, isPattern, openPathBlocks, type PathBlocks } from "../data/index.node.ts";
import { workerThreads } from "../inference/index.node.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  inferPopulation,
  pictureOfDraw,
  surveyBlocks,
} from "../inference/index.ts";
import { type BlockPairs, fitsBlocks, type PairSelection, pairBlocks } from "../pairing/index.ts";
import { endsOf } from "./load-pairs.node.ts";
import { interruption } from "./terminal.node.ts";

export interface StreamedPairs extends BlockPairs {
  close(): Promise<void>;
}

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
  const paths = await endsOf(given);
  if (!fitsBlocks(selection, paths.length)) return null;
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
    const reopening = (initial: readonly string[], final: readonly string[]) => ({
      module: BLOCKS_MODULE,
      initial: first.settingsOf(initial),
      final: last.settingsOf(final),
    });
    const isOpen = opened.length === paths.length;
    const streamed = isOpen ? pairBlocks(paths, [first, last], selection, { notice, reopening }) : null;
    if (streamed) return { ...streamed, close };
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return null;
}

/** The fit and, where it is asked for, what figures show; closes the files. @throws the signal's reason after Ctrl-C */
export async function inferStreamed(
  { blocks, close }: StreamedPairs,
  options: InferOptions,
  { threads, picture }: { readonly threads: number | undefined; readonly picture: boolean },
): Promise<{ readonly fit: GeometryFit; readonly picture: GeometryPicture | null }> {
  const { signal, release } = interruption();
  const shown = () => options.random.stream("picture");
  const {
    openLanes,
    beginLikelihood,
    close: closeThreads,
  } = workerThreads(threads === undefined ? {} : { threads });
  try {
    const survey = await surveyBlocks(blocks, {
      ...options,
      signal,
      openLanes,
      ...(picture ? { picture: shown() } : {}),
    }).finally(async () => {
      release();
      await close();
    });
    const fit = inferPopulation(survey.population, { ...options, beginLikelihood });
    return { fit, picture: survey.draw && pictureOfDraw(survey.draw, fit, shown()) };
  } finally {
    await closeThreads();
  }
}
