/** The variables of a MATLAB 5 file, those within structures and cells under dotted names. */

import { UnsupportedError } from "../../errors.ts";
import type { DataType } from "../../tensor.ts";
import { badMat, elementAt, type MatElement, type MatSpan, matrixType, numbersOf } from "./mat-elements.ts";

/** An array, or why it is none. */
export type MatVariable = {
  readonly name: string;
  readonly shape: readonly number[];
} & (
  | { readonly dtype: DataType; readonly span: MatSpan; readonly values: MatElement }
  | { readonly dtype: null; readonly refusal: UnsupportedError }
);

interface MatrixHeader {
  readonly kind: number;
  readonly isLogical: boolean;
  readonly isComplex: boolean;
  readonly shape: readonly number[];
  readonly name: string;
  /** Where the contents begin. */
  readonly start: number;
  readonly end: number;
}

const cellClass = 1;
const structClass = 2;
const dataTypes: ReadonlyMap<number, DataType> = new Map([
  [6, "float64"],
  [7, "float32"],
  [8, "int8"],
  [9, "uint8"],
  [10, "int16"],
  [11, "uint16"],
  [12, "int32"],
  [13, "uint32"],
  [14, "int64"],
  [15, "uint64"],
]);
const otherClasses: ReadonlyMap<number, readonly [what: string, attempt: string]> = new Map([
  [3, ["an object", "save its properties as a structure, with struct(x)"]],
  [4, ["text", "leave it out, or save numbers in its place"]],
  [5, ["a sparse matrix", "save it whole, with full(x)"]],
  [16, ["a function", "leave it out"]],
  [17, ["an object", "save its properties as a structure, with struct(x)"]],
]);
/** Structures within structures; deeper ones are hostile. */
const deepest = 64;

/** All arrays of a matrix element, itself or within it. `name` replaces the name that fields and cells lack. */
export async function variablesOf(
  span: MatSpan,
  element: MatElement,
  name: string | null,
  depth = 0,
): Promise<readonly MatVariable[]> {
  if (depth > deepest) {
    throw badMat(
      span.where,
      `structures at most ${deepest} deep`,
      `deeper ones ("${String(name).slice(0, 60)}…")`,
    );
  }
  // An empty cell may be written as an element without contents.
  if (element.start === element.end) return [];
  const header = await headerOf(span, element, name);
  const dtype = header.isLogical ? "bool" : dataTypes.get(header.kind);
  const refusal = (what: string, attempt: string) => ({
    name: header.name,
    shape: header.shape,
    dtype: null,
    refusal: new UnsupportedError({
      code: "element-type",
      message: `${span.where}: expected an array of numbers, got ${what} ("${header.name}"); ${attempt}`,
    }),
  });
  if (header.kind === cellClass) return cellsOf(span, header, depth);
  if (header.kind === structClass) return fieldsOf(span, header, depth);
  const other = otherClasses.get(header.kind);
  if (other !== undefined) return [refusal(...other)];
  if (dtype === undefined)
    throw badMat(span.where, `a class from 1 to 17 for "${header.name}"`, String(header.kind));
  if (header.isComplex) return [refusal("complex numbers", "save the real part, or abs(x)")];
  const values = await elementAt(span, header.start, header.end);
  return [{ name: header.name, shape: header.shape, dtype, span, values }];
}

async function headerOf(span: MatSpan, element: MatElement, given: string | null): Promise<MatrixHeader> {
  const flags = await elementAt(span, element.start, element.end);
  const words = await numbersOf(span, flags);
  if (words.length !== 2) throw badMat(span.where, "two numbers of flags", String(words.length));
  const word = Number(words[0]);
  const kind = word & 0xff;
  const rest = { kind, isComplex: (word & 0x800) !== 0, isLogical: (word & 0x200) !== 0 && kind === 9 };
  const { end } = element;
  if (kind === 17) {
    // An opaque object has no sizes: its name comes next.
    const name = given ?? (await textOf(span, await elementAt(span, flags.next, end)));
    return { ...rest, shape: [], name, start: end, end };
  }
  const sizes = await elementAt(span, flags.next, end);
  const shape = Array.from(await numbersOf(span, sizes), Number);
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 8);
  if (
    shape.length < 2 ||
    shape.length > 64 ||
    !shape.every((size) => Number.isInteger(size) && size >= 0) ||
    !Number.isSafeInteger(count)
  ) {
    throw badMat(span.where, "2 to 64 sizes with a product below 2^50", `[${shape.slice(0, 8)}]`);
  }
  const name = await elementAt(span, sizes.next, end);
  return { ...rest, shape, name: given ?? (await textOf(span, name)), start: name.next, end };
}

async function textOf(span: MatSpan, { start, end }: MatElement): Promise<string> {
  if (end - start > 4096) throw badMat(span.where, "names of at most 4096 bytes", `${end - start} bytes`);
  const bytes = await span.source.slice(start, end, span.options);
  return new TextDecoder().decode(bytes);
}

function countOf(span: MatSpan, { shape, start, end, name }: MatrixHeader, fields: number): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * fields * 8 > end - start) {
    throw badMat(span.where, `${count * fields} elements in "${name}"`, `${end - start} bytes`);
  }
  return count;
}

async function cellsOf(span: MatSpan, header: MatrixHeader, depth: number): Promise<readonly MatVariable[]> {
  const count = countOf(span, header, 1);
  const names = Array.from({ length: count }, (_, k) => `${header.name}.${k + 1}`);
  return membersOf(span, names, header.start, header.end, depth);
}

async function fieldsOf(span: MatSpan, header: MatrixHeader, depth: number): Promise<readonly MatVariable[]> {
  const width = await elementAt(span, header.start, header.end);
  const [nameBytes] = Array.from(await numbersOf(span, width), Number);
  const names = await elementAt(span, width.next, header.end);
  const length = names.end - names.start;
  if (!Number.isInteger(nameBytes) || nameBytes < 1 || length % nameBytes !== 0) {
    throw badMat(span.where, `names of ${nameBytes} bytes in "${header.name}"`, `${length} bytes`);
  }
  const bytes = await span.source.slice(names.start, names.end, span.options);
  const fields = Array.from({ length: length / nameBytes }, (_, k) => {
    const name = bytes.subarray(k * nameBytes, (k + 1) * nameBytes);
    return new TextDecoder().decode(name.subarray(0, name.includes(0) ? name.indexOf(0) : name.length));
  });
  if (fields.length === 0) return [];
  const count = countOf(span, { ...header, start: names.next }, fields.length);
  // One structure needs no number; of several each has its own, counted from 1 as MATLAB does.
  const members = Array.from({ length: count }, (_, k) =>
    fields.map((field) => `${header.name}.${count === 1 ? "" : `${k + 1}.`}${field}`),
  );
  return membersOf(span, members.flat(), names.next, header.end, depth);
}

async function membersOf(
  span: MatSpan,
  names: readonly string[],
  start: number,
  end: number,
  depth: number,
): Promise<readonly MatVariable[]> {
  const variables: MatVariable[] = [];
  let at = start;
  for (const name of names) {
    const element = await elementAt(span, at, end);
    if (element.type !== matrixType)
      throw badMat(span.where, `an array as "${name}"`, `type ${element.type}`);
    for (const variable of await variablesOf(span, element, name, depth + 1)) variables.push(variable);
    at = element.next;
  }
  return variables;
}
