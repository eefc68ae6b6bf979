/** Checkpoints written by hand, right or wrong; for tests. Pickles are texts of one character a byte. */

import { writeZip } from "../src/data/zip.ts";
import { latin1 } from "./byte-sources.ts";

/** A text of fewer than 256 bytes. */
export const text = (value: string) => `U${String.fromCharCode(value.length)}${value}`;

/** A whole number ≥ 0 below 2^31. */
export const integer = (value: number) =>
  `J${String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >> 24)}`;

export const tuple = (values: readonly number[]) => `(${values.map(integer).join("")}t`;

/** The persistent id of a storage, in place of it. */
export const storage = ({ type = "FloatStorage", key = "0", count = 6 } = {}) =>
  `(${text("storage")}ctorch\n${type}\n${text(key)}${text("cpu")}${integer(count)}tQ`;

interface View {
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly on?: string;
}

/** A call of `_rebuild_tensor_v2`. */
export const tensor = ({ offset = 0, shape = [2, 3], strides = [3, 1], on = storage() }: View = {}) =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${on}${integer(offset)}${tuple(shape)}${tuple(strides)}\x89}tR`;

/** A dict of values that are pickled already. */
export const dict = (entries: Readonly<Record<string, string>>) =>
  `}(${Object.entries(entries)
    .map(([key, value]) => `${text(key)}${value}`)
    .join("")}u`;

/** The values 0, 1, 2, … in float32. */
export const floats = (count: number) =>
  new Uint8Array(Float32Array.from({ length: count }, (_, k) => k).buffer);

/** A checkpoint as torch.save writes it since version 1.6. */
export function zipCheckpoint(
  pickle: string,
  storages: Readonly<Record<string, Uint8Array>> = { 0: floats(6) },
  others: Readonly<Record<string, string>> = {},
): Uint8Array {
  const files = new Map([["w/data.pkl", latin1(`\x80\x02${pickle}.`)]]);
  for (const [name, content] of Object.entries(others)) files.set(`w/${name}`, latin1(content));
  for (const [key, content] of Object.entries(storages)) files.set(`w/data/${key}`, content);
  return writeZip(files);
}

/** A checkpoint in the format before version 1.6, of storages in float32. */
export function legacyCheckpoint(
  pickle: string,
  storages: Readonly<Record<string, Uint8Array>> = { 0: floats(6) },
): Uint8Array {
  const keys = Object.keys(storages);
  const head = "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.";
  const pickles = latin1(`${head}\x80\x02${pickle}.\x80\x02](${keys.map(text).join("")}e.`);
  const values = keys.flatMap((key) => [
    new Uint8Array(BigUint64Array.of(BigInt(storages[key].length / 4)).buffer),
    storages[key],
  ]);
  return joined([pickles, ...values]);
}

/** Runs of bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
