/** Reads, pairs and infers away from the page, by the same functions as `syngeo infer`. */

import { parsePotentials } from "../../geometry/index.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  infer,
  inferPopulation,
  pictureOf,
  pictureOfDraw,
  surveyBlocks,
} from "../../inference/index.ts";
import { chosenNoise, fitsBlocks, type LoadedPairs, pairBlocks, pairFiles } from "../../pairing/index.ts";
import { createRandom } from "../../random.ts";
import { answerCalls } from "../worker-answers.ts";
import type { Question } from "./infer-choice.ts";
import { accessTo, type GivenFiles } from "./infer-files.ts";
import { type Offer, offerOf } from "./infer-offer.ts";
import { pairsCsv } from "./infer-pairs.ts";

export type InferRequest =
  | { readonly kind: "offer"; readonly files: GivenFiles; readonly sheet: string }
  | { readonly kind: "infer" | "pairs"; readonly files: GivenFiles; readonly question: Question };

export interface InferAnswer extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly fit: GeometryFit;
  readonly picture: GeometryPicture;
  /** Whether the pairs were too many to be held, so that they are not written as a table. */
  readonly streamed: boolean;
}

export interface InferProgress {
  readonly done: number;
  readonly total: number;
  readonly label: string;
}

type Report = (progress: InferProgress) => void;

answerCalls<InferRequest, Offer | InferAnswer | Blob, InferProgress>(async (request, report) => {
  if (request.kind === "offer") return offerOf(request.files, request.sheet);
  const { files, question } = request;
  if (request.kind === "pairs") {
    const { pairs } = await load(files, question);
    return pairsCsv(pairs, question.potentials);
  }
  return answerOf(files, question, report);
});

function optionsOf(
  { selection, noise, potentials, level, resamples, seed, sensitivity }: Question,
  report: Report,
): InferOptions {
  const levels = chosenNoise({ ...noise, repeat: selection.repeat });
  return {
    random: createRandom(seed),
    seed,
    level,
    resamples,
    sensitivity,
    onProgress: report,
    ...(levels === null ? {} : { noise: levels }),
    ...(potentials === "" ? {} : { potentials: parsePotentials(potentials, "--potentials") }),
  };
}

async function answerOf(files: GivenFiles, question: Question, report: Report): Promise<InferAnswer> {
  const options = optionsOf(question, report);
  const streamed = await openedBlocks(files, question);
  const shown = () => options.random.stream("picture");
  if (streamed !== null) {
    const { blocks, ...rest } = streamed;
    const { population, draw } = await surveyBlocks(blocks, { ...options, picture: shown() });
    const fit = inferPopulation(population, options);
    if (draw === null) throw new Error("infer: the pairs of the picture were asked for and not drawn");
    return { ...rest, fit, picture: pictureOfDraw(draw, fit, shown()), streamed: true };
  }
  report({ done: 0, total: 0, label: "reading" });
  const { pairs, control, ...rest } = await load(files, question);
  const fit = infer(pairs, control === null ? options : { ...options, control, sensitivity: false });
  return { ...rest, fit, picture: pictureOf(pairs, fit, shown(), control), streamed: false };
}

const namesOf = ({ ends }: GivenFiles) => ends.map(({ name }) => name);

const load = (files: GivenFiles, { selection }: Question): Promise<LoadedPairs> =>
  pairFiles(namesOf(files), selection, accessTo(files, selection.sheet));

/** Null for what is read whole. */
async function openedBlocks(files: GivenFiles, { selection }: Question) {
  const access = accessTo(files, undefined);
  const names = await access.ends(namesOf(files));
  if (!fitsBlocks(selection, names.length)) return null;
  const ends = await Promise.all(names.map(access.open));
  const [first, last] = [ends[0], ends[ends.length - 1]];
  // A file chosen in a browser can be read by the thread it was handed to.
  const reading = { notice: () => {}, reopening: () => null };
  return first && last && pairBlocks(names, [first, last], selection, reading);
}
