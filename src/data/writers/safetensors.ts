/** Tensors written in the safetensors format. */

import { InputError } from "../../errors.ts";
import type { NamedTensor } from "../../tensor.ts";
import type { FileMetadata } from "../file-contents.ts";
import { storedTypes } from "../readers/safetensors-header.ts";
import { littleEndianBytes, requireValuesOfShape } from "../tensor-bytes.ts";

/**
 * The bytes of a safetensors file, names and values in the order given; the same bytes every time.
 *
 * The header is padded with blanks so that the values start at a multiple of 8, as the reference library pads it. That
 * library also sorts by type and name; give the tensors in such an order where every value must lie aligned in the file.
 * float16 and bfloat16 values are rounded to the nearest number of that type.
 *
 * @param metadata  free text under free keys, such as `{ format: "pt" }`, without which PyTorch's loaders refuse a file
 * @throws InputError `duplicate-name`, `shape-mismatch`, `reserved-name` for a tensor called `__metadata__`
 * @example encodeSafetensors([{ name: "w", tensor: { dtype: "float32", shape: [1], data: Float32Array.of(2) } }])
 * @see https://huggingface.co/docs/safetensors, the description of the format
 */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata?: FileMetadata): Uint8Array {
  requireNames(tensors);
  const header: string[] = metadata === undefined ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  const values: Uint8Array[] = [];
  let end = 0;
  for (const { name, tensor } of tensors) {
    requireValuesOfShape(`encodeSafetensors "${name}"`, tensor);
    const bytes = littleEndianBytes(tensor);
    const description = {
      dtype: storedTypes[tensor.dtype],
      shape: tensor.shape,
      data_offsets: [end, end + bytes.length],
    };
    // Joined by hand: an object would move names such as "0" before all others.
    header.push(`${JSON.stringify(name)}:${JSON.stringify(description)}`);
    values.push(bytes);
    end += bytes.length;
  }
  const text = new TextEncoder().encode(`{${header.join(",")}}`);
  const dataStart = 8 + Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(dataStart + end).fill(0x20, 8, dataStart);
  new DataView(out.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  out.set(text, 8);
  let at = dataStart;
  for (const bytes of values) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

function requireNames(tensors: readonly NamedTensor[]): void {
  const seen = new Set<string>();
  for (const { name } of tensors) {
    if (name === "__metadata__") {
      throw new InputError({
        code: "reserved-name",
        message: `encodeSafetensors: expected names of tensors, got "${name}", which the format keeps for itself; rename it`,
      });
    }
    if (seen.has(name)) {
      throw new InputError({
        code: "duplicate-name",
        message: `encodeSafetensors: expected every name once, got "${name}" twice; rename one`,
      });
    }
    seen.add(name);
  }
}
