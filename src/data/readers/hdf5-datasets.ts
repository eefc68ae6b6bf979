/** The arrays of an HDF5 file by name, and what else is in it. */

import { UnsupportedError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import type { Hdf5File, Metadata } from "./hdf5-library.ts";

export interface Hdf5Dataset {
  /** The name under which it is read; `path` is where it lies. */
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[];
  /** null for what is no array of numbers; then `refusal` says why. */
  readonly dtype: DataType | null;
  readonly refusal: UnsupportedError | null;
  /** Stored by columns with its sizes reversed, as MATLAB does. */
  readonly isMatlab: boolean;
  /** MATLAB keeps the sizes of an empty array as its values. */
  readonly isEmpty: boolean;
}

interface Walk {
  readonly where: string;
  readonly file: Hdf5File;
  readonly isMatlab: boolean;
  readonly found: Hdf5Dataset[];
}

/** Groups within groups; deeper ones, and files with more arrays, are hostile or go in circles. */
const deepest = 64;
const mostDatasets = 100_000;

/** HDF5's numbers of the classes of types. */
const [integers, floats, references, enumerations] = [0, 1, 7, 8];
const otherClasses: ReadonlyMap<number, string> = new Map([
  [2, "times"],
  [3, "text"],
  [4, "fields of bits"],
  [5, "raw bytes"],
  [6, "records of several fields"],
  [references, "references"],
  [enumerations, "words by number"],
  [9, "lists of different lengths"],
  [10, "arrays within an array"],
]);
/** MATLAB's words for types that its storage does not show: logical arrays are bytes, empty ones are their sizes. */
const matlabTypes: ReadonlyMap<unknown, DataType> = new Map([
  ["double", "float64"],
  ["single", "float32"],
  ["logical", "bool"],
  ["int8", "int8"],
  ["int16", "int16"],
  ["int32", "int32"],
  ["int64", "int64"],
  ["uint8", "uint8"],
  ["uint16", "uint16"],
  ["uint32", "uint32"],
  ["uint64", "uint64"],
]);

/** Filters that the library holds: deflate, shuffle, Fletcher's checksum, n bits, scale and offset. */
const knownFilters: readonly number[] = [1, 2, 3, 5, 6];

/** Every dataset of the file, in the order of the library. Throws what the library throws. */
export function datasetsOf(where: string, file: Hdf5File, isMatlab: boolean): readonly Hdf5Dataset[] {
  const walk = { where, file, isMatlab, found: [] };
  walkGroup(walk, "", "", 0);
  return walk.found;
}

function walkGroup(walk: Walk, path: string, name: string, depth: number): void {
  if (depth > deepest) throw new RangeError(`groups more than ${deepest} deep`);
  if (walk.isMatlab && depth > 0 && walk.file.attribute(path, "MATLAB_sparse") !== null) {
    refuse(walk, path, name, "a sparse matrix", "save it whole, with full(x)");
    return;
  }
  for (const member of walk.file.names(path === "" ? "/" : path)) {
    // MATLAB keeps what cells refer to, and what objects share, beside the variables.
    if (walk.isMatlab && depth === 0 && member.startsWith("#")) continue;
    walkObject(walk, `${path}/${member}`, joined(walk, name, member), depth + 1);
  }
}

const joined = (walk: Walk, name: string, member: string) =>
  name === "" ? member : `${name}${walk.isMatlab ? "." : "/"}${member}`;

function walkObject(walk: Walk, path: string, name: string, depth: number): void {
  if (walk.found.length >= mostDatasets) throw new RangeError(`more than ${mostDatasets} arrays`);
  switch (walk.file.kindOf(path)) {
    case "group":
      walkGroup(walk, path, name, depth);
      break;
    case "dataset":
      walkDataset(walk, path, name, depth);
      break;
    case "elsewhere":
      refuse(walk, path, name, "a link into another file", "copy what it points to into this one");
      break;
    case "broken":
      refuse(walk, path, name, "a link to nothing", "leave it out");
      break;
    case "type":
      refuse(walk, path, name, "a named type", "leave it out");
  }
}

function walkDataset(walk: Walk, path: string, name: string, depth: number): void {
  const metadata = walk.file.metadata(path);
  const matlabClass = walk.isMatlab ? walk.file.attribute(path, "MATLAB_class") : null;
  const isEmpty = walk.isMatlab && walk.file.attribute(path, "MATLAB_empty") === 1;
  if (walk.isMatlab && metadata.type === references && !isEmpty) {
    walkReferences(walk, path, name, matlabClass === "cell", depth);
    return;
  }
  const named = isEmpty || matlabClass === "logical" ? matlabTypes.get(matlabClass ?? "") : undefined;
  const dtype = named ?? dataTypeOf(metadata);
  const reason = matlabClass === "char" ? "text" : whyNoArray(walk, path, metadata, dtype);
  if (dtype === null || reason !== null) {
    refuse(walk, path, name, reason ?? "another type", "save it as an array of numbers", metadata.shape);
    return;
  }
  const { shape } = metadata;
  walk.found.push({
    name,
    path,
    dtype,
    shape: walk.isMatlab && !isEmpty ? [...(shape ?? [])].reverse() : (shape ?? []),
    refusal: null,
    isMatlab: walk.isMatlab,
    isEmpty,
  });
}

/** A cell array is `cell.1`, `cell.2`, …; a field of several structures is `structure.1.field`, ….  */
function walkReferences(walk: Walk, path: string, name: string, isCell: boolean, depth: number): void {
  if (depth > deepest) throw new RangeError(`cells more than ${deepest} deep`);
  const bytes = walk.file.bytes(path);
  const size = walk.file.metadata(path).size;
  const end = name.lastIndexOf(".");
  for (let at = 0; at < bytes.length; at += size) {
    const target = walk.file.target(bytes.slice(at, at + size));
    const number = at / size + 1;
    const member =
      isCell || end < 0 ? `${name}.${number}` : `${name.slice(0, end)}.${number}${name.slice(end)}`;
    walkObject(walk, target, member, depth + 1);
  }
}

const numberTypes = (["float16", ...new Set(matlabTypes.values())] as const).filter(
  (dtype) => dtype !== "bool",
);

function dataTypeOf({ type, size, signed, enum_type: members }: Metadata): DataType | null {
  const names = Object.keys(members?.members ?? {});
  // numpy's booleans are an enumeration of FALSE and TRUE.
  if (type === enumerations && names.length === 2 && names.includes("FALSE") && names.includes("TRUE")) {
    return size === 1 ? "bool" : null;
  }
  const word = type === floats ? "float" : signed ? "int" : "uint";
  if (type !== floats && type !== integers) return null;
  const name = `${word}${size * 8}`;
  return numberTypes.find((dtype) => dtype === name) ?? null;
}

function whyNoArray(walk: Walk, path: string, metadata: Metadata, dtype: DataType | null): string | null {
  const { type, shape, size } = metadata;
  if (dtype === null) return otherClasses.get(type) ?? `numbers of ${size} bytes (class ${type})`;
  if (shape === null) return "an array without a shape";
  if (metadata.virtual_sources !== undefined) return "parts of other files";
  const filter = walk.file.filters(path).find((each) => !knownFilters.includes(each));
  return filter === undefined ? null : `values compressed by filter ${filter}, which is not at hand here`;
}

function refuse(
  walk: Walk,
  path: string,
  name: string,
  what: string,
  attempt: string,
  shape: readonly number[] | null = [],
): void {
  const refusal = new UnsupportedError({
    code: "element-type",
    message: `${walk.where}: expected an array of numbers, got ${what} ("${name}"); ${attempt}`,
  });
  const rest = { isMatlab: walk.isMatlab, isEmpty: false };
  walk.found.push({ name, path, shape: shape ?? [], dtype: null, refusal, ...rest });
}
