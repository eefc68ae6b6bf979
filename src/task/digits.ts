/** Hand-written digits as a task: standardised pixels, and who learns from which. */

import { InputError } from "../errors.ts";
import type { Random } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import { type Examples, type FloatType, requireSize, type Task } from "./examples.ts";

/** Images of `rows` × `columns` pixels between 0 and 1, row by row, and the digit that each shows. */
export interface Digits {
  readonly rows: number;
  readonly columns: number;
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** Positions of the digits to learn from and of those to be judged by. */
export interface DigitSplit {
  readonly train: ArrayLike<number>;
  readonly heldOut: ArrayLike<number>;
}

/** Mean and standard deviation of the pixels of the 60 000 MNIST training digits. */
const pixelMean = Math.fround(0.1307);
const pixelDeviation = Math.fround(0.3081);

/**
 * Digits from the two arrays of the published MNIST files: images uint8 [n, rows, columns], labels uint8 [n].
 *
 * @throws InputError `not-digits`
 */
export function digitsOfTensors(images: Tensor, labels: Tensor): Digits {
  const [n, rows, columns, ...others] = images.shape;
  if (images.dtype !== "uint8" || columns === undefined || others.length > 0) {
    throw notDigits("images uint8 [n, rows, columns]", `${images.dtype} ${JSON.stringify(images.shape)}`);
  }
  if (labels.dtype !== "uint8" || labels.shape.length !== 1 || labels.shape[0] !== n) {
    throw notDigits(`labels uint8 [${n}]`, `${labels.dtype} ${JSON.stringify(labels.shape)}`);
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0) throw notDigits("labels from 0 to 9", `${labels.data[wrong]} (index ${wrong})`);
  const pixels = Float32Array.from(images.data, (value) => value / 255);
  return { rows, columns, pixels, labels: Int32Array.from(labels.data) };
}

function notDigits(expected: string, got: string): InputError {
  return new InputError({
    code: "not-digits",
    message: `digitsOfTensors: expected ${expected}, got ${got}; give the images file first, then its labels`,
  });
}

/**
 * The digits in random order (`random.stream("split")`): the first `train` to learn from, the last `heldOut` held out.
 *
 * @throws InputError `bad-size` where the digits are not enough
 */
export function splitDigits(
  digits: Digits,
  sizes: { readonly train: number; readonly heldOut: number },
  random: Random,
): DigitSplit {
  const n = digits.labels.length;
  requireSize("splitDigits", "heldOut", sizes.heldOut, 0, n);
  requireSize("splitDigits", "train", sizes.train, 1, n - sizes.heldOut);
  const order = random.stream("split").permutation(n);
  return { train: order.subarray(0, sizes.train), heldOut: order.subarray(n - sizes.heldOut) };
}

/**
 * The digits at these positions, in this order: inputs [n, rows, columns] of standardised pixels (x − 0.1307)/0.3081,
 * targets int32 [n], the digit. The arithmetic is float32 throughout, as PyTorch's transforms; float64 is that widened.
 *
 * @throws InputError `bad-index`
 */
export function digitExamples(
  name: string,
  digits: Digits,
  positions: ArrayLike<number>,
  options?: { readonly dtype?: FloatType },
): Examples {
  const { rows, columns, pixels, labels } = digits;
  const size = rows * columns;
  const data = new Float32Array(positions.length * size);
  const targets = new Int32Array(positions.length);
  for (let k = 0; k < positions.length; k++) {
    const position = positions[k];
    if (!(Number.isInteger(position) && position >= 0 && position < labels.length)) {
      throw new InputError({
        code: "bad-index",
        message: `digits "${name}": expected positions from 0 to ${labels.length - 1}, got ${position} (index ${k}); give positions of these digits`,
      });
    }
    targets[k] = labels[position];
    for (let i = 0; i < size; i++) {
      data[k * size + i] = Math.fround(pixels[position * size + i] - pixelMean) / pixelDeviation;
    }
  }
  const shape = [positions.length, rows, columns];
  return {
    name,
    inputs:
      options?.dtype === "float64"
        ? { dtype: "float64", shape, data: Float64Array.from(data) }
        : { dtype: "float32", shape, data },
    targets: { dtype: "int32", shape: [positions.length], data: targets },
  };
}

/**
 * Classifying digits: ten classes, images [n, rows, columns]; `reshapeInputs` makes vectors or channels of them,
 * `rowSequential` sequences.
 *
 * @throws InputError `bad-index`, `bad-size` for an empty training set
 */
export function digitTask(digits: Digits, split: DigitSplit, options?: { readonly dtype?: FloatType }): Task {
  requireSize("digitTask", "digits to learn from", split.train.length, 1, Number.MAX_SAFE_INTEGER);
  return {
    name: "digits",
    classes: 10,
    train: digitExamples("train", digits, split.train, options),
    validation: null,
    heldOut: split.heldOut.length === 0 ? null : digitExamples("held-out", digits, split.heldOut, options),
  };
}
