/** Images read as sequences, a row at a time. */

import { InputError } from "../errors.ts";
import { type Examples, type FloatTensor, reshapeInputs } from "./examples.ts";

/**
 * Images [n, rows, columns] or [n, 1, rows, columns] as sequences [n, steps, width]: `rows` steps, each a row of
 * `columns` pixels, top first. The values stay where they are.
 *
 * @throws InputError `not-images`
 */
export function rowSequential(examples: Examples): Examples {
  const [, ...image] = examples.inputs.shape;
  const size = image.length === 3 && image[0] === 1 ? image.slice(1) : image;
  if (size.length !== 2) {
    throw new InputError({
      code: "not-images",
      message: `rowSequential "${examples.name}": expected inputs of shape [n, rows, columns], got ${JSON.stringify(examples.inputs.shape)}; reshape them with reshapeInputs`,
    });
  }
  return reshapeInputs(examples, size);
}

/**
 * A batch of sequences [n, steps, width] with time first, [steps, n, width], so that each step is one block of memory.
 *
 * @throws InputError `not-sequences`
 */
export function timeFirst(inputs: FloatTensor): FloatTensor {
  const [n, steps, width, ...others] = inputs.shape;
  if (width === undefined || others.length > 0) {
    throw new InputError({
      code: "not-sequences",
      message: `timeFirst: expected sequences [n, steps, width], got ${JSON.stringify(inputs.shape)}; see rowSequential`,
    });
  }
  const shape = [steps, n, width];
  if (inputs.dtype === "float32") {
    return {
      dtype: "float32",
      shape,
      data: swapped(inputs.data, new Float32Array(inputs.data.length), shape),
    };
  }
  return { dtype: "float64", shape, data: swapped(inputs.data, new Float64Array(inputs.data.length), shape) };
}

function swapped<T extends Float32Array | Float64Array>(
  from: T,
  to: T,
  [steps, n, width]: readonly number[],
): T {
  for (let step = 0; step < steps; step++) {
    for (let k = 0; k < n; k++) {
      const start = (k * steps + step) * width;
      to.set(from.subarray(start, start + width), (step * n + k) * width);
    }
  }
  return to;
}
