/** What a pickle can hold here: numbers, texts, containers, tensors and arrays. Nothing that runs. */

import { InputError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import type { ByteSource, SliceOptions } from "../byte-source.ts";

/** Integers beyond 2^53 are bigint; a Python float and a smaller integer are both numbers. */
export type PickleValue = null | boolean | number | bigint | string | PickleNode;

export type PickleNode =
  | Bytes
  | Sequence
  | Dict
  | Name
  | Text
  | Storage
  | StridedArray
  | ObjectArray
  | NumpyType
  | EmptyArray
  | Unsupported;

/** Bytes that are read when they are needed: a large array inside a pickle stays in the file. */
export interface Bytes {
  readonly kind: "bytes";
  readonly source: ByteSource;
}

export interface Sequence {
  readonly kind: "list" | "tuple" | "set";
  /** Grows while the pickle is read, as in Python. */
  readonly items: PickleValue[];
}

export interface Dict {
  readonly kind: "dict";
  /** By a text that is the same for keys that Python holds to be equal. */
  readonly entries: Map<string, { readonly key: PickleValue; readonly value: PickleValue }>;
}

/** An allowed name, not yet called. */
export interface Name {
  readonly kind: "name";
  readonly name: string;
}

/** Something small that is only ever shown, such as `torch.device("cpu")`. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
}

/** What the values of an array are; `dtype` is null for a kind that Syngeo does not hold. */
export interface ElementType {
  /** The word of the file's own library, such as `FloatStorage` or `<f4`. */
  readonly name: string;
  readonly dtype: DataType | null;
  /** Bytes of one value. */
  readonly itemSize: number;
}

/** A run of values in the file, which several tensors may share. */
export interface Storage {
  readonly kind: "storage";
  /** Finds the values and checks their length against the file; reads none of them. */
  open(options: SliceOptions | undefined): Promise<OpenStorage>;
}

export interface OpenStorage {
  readonly element: ElementType;
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** Whether a slice of the source inflates all of it. */
  readonly isCompressed: boolean;
}

/** A tensor or numeric array: value (i₀, i₁, …) is number offset + Σ iₖ·strideₖ of the storage. */
export interface StridedArray {
  readonly kind: "array";
  readonly storage: Storage;
  /** The type, where it is not the storage's own. */
  readonly element: ElementType | null;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A numpy array of Python objects, row-major. */
export interface ObjectArray {
  readonly kind: "objects";
  readonly shape: readonly number[];
  readonly items: readonly PickleValue[];
}

/** A numpy element type; its order of bytes is told after it is made. */
export interface NumpyType {
  readonly kind: "numpy-type";
  readonly letters: string;
  order: string;
  hasFields: boolean;
}

/** A numpy array before its contents are told. */
export interface EmptyArray {
  readonly kind: "empty-array";
  filled: StridedArray | ObjectArray | null;
}

/** A tensor of a kind that Syngeo does not hold, such as a sparse one. */
export interface Unsupported {
  readonly kind: "unsupported";
  readonly what: string;
}

const mostDimensions = 64;
const longestKey = 64;
const mostValues = 2 ** 50;

/** The error for a pickle that contradicts itself or ends early. */
export function badPickle(where: string, expected: string, got: string, cause?: unknown): InputError {
  return new InputError({
    code: "bad-pickle",
    message: `${where}: expected ${expected}, got ${got}; the file is damaged: copy or save it again`,
    cause,
  });
}

/** The key of a dict as text, equal for keys that Python holds to be equal; null for what Python cannot hash. */
export function keyOf(value: PickleValue): string | null {
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "object" && value !== null) {
    if (value.kind === "name") return `c${value.name}`;
    if (value.kind !== "tuple" || value.items.length > longestKey || !value.items.every(isScalar))
      return null;
    return `t${JSON.stringify(value.items.map(keyOf))}`;
  }
  return value === null ? "None" : `n${typeof value === "boolean" ? Number(value) : value}`;
}

export function isScalar(value: PickleValue): boolean {
  return value === null || typeof value !== "object";
}

/** Whether the value is a whole number ≥ 0, as sizes and places are. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The items of a tuple or list of at most 64 whole numbers ≥ 0, or null. */
export function countsOf(value: PickleValue | undefined): readonly number[] | null {
  const items = itemsOf(value);
  return items !== null && items.length <= mostDimensions && items.every(isCount) ? items : null;
}

export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | null {
  if (typeof value !== "object" || value === null) return null;
  return value.kind === "tuple" || value.kind === "list" ? value.items : null;
}

/** The product of the sizes, or null where it is too large to be an array's. */
export function valueCount(shape: readonly number[]): number | null {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, size) => product * size, 1);
  return count <= mostValues ? count : null;
}

const longestText = 120;
const mostShown = 6;

/** A value as Python would show it, shortened, in a sentence from `depth` 1 on; what is inside containers beyond the second level is not shown. */
export function showValue(value: PickleValue, depth = 0): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  // Within a sentence a text stays on its line.
  if (typeof value === "string")
    return depth === 0 ? shorten(value) : `'${JSON.stringify(shorten(value)).slice(1, -1)}'`;
  if (typeof value !== "object") return shorten(String(value));
  switch (value.kind) {
    case "list":
    case "tuple":
    case "set": {
      const [open, close] = { list: "[]", tuple: "()", set: "{}" }[value.kind];
      return `${open}${showItems(value.items, depth)}${close}`;
    }
    case "dict": {
      return `{${showEntries(value, depth)}}`;
    }
    case "name":
      return value.name;
    case "text":
      return value.text;
    case "bytes":
      return `${value.source.byteLength} bytes`;
    case "unsupported":
      return value.what;
    case "storage":
      return "a storage";
    case "numpy-type":
      return "a numpy type";
    default:
      return "an array";
  }
}

function showItems(items: readonly PickleValue[], depth: number): string {
  if (depth > 1 && items.length > 0) return "…";
  const first = items.slice(0, mostShown).map((item) => showValue(item, depth + 1));
  return `${first.join(", ")}${rest(items.length)}`;
}

function showEntries({ entries }: Dict, depth: number): string {
  if (depth > 1 && entries.size > 0) return "…";
  const first: string[] = [];
  for (const { key, value } of entries.values()) {
    if (first.length === mostShown) break;
    first.push(`${showValue(key, depth + 1)}: ${showValue(value, depth + 1)}`);
  }
  return `${first.join(", ")}${rest(entries.size)}`;
}

const rest = (count: number) => (count > mostShown ? `, … (${count} in all)` : "");

/** A name from the file, in quotes and on one line, for a sentence. */
export function quote(name: string): string {
  return JSON.stringify(shorten(name));
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
