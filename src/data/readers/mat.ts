/** Arrays saved by MATLAB (versions 5 to 7.2 of its files), Octave and scipy.io.savemat. */

import { InputError, UnsupportedError } from "../../errors.ts";
import type { DataType, NamedTensor, Tensor, TensorArrays } from "../../tensor.ts";
import type { ByteSource } from "../byte-source.ts";
import { chooseTensors } from "../choose-tensors.ts";
import type { FileReader, LeftOut, ReadOptions } from "../file-contents.ts";
import { describeFirstBytes, firstBytesLength, startsWith } from "../first-bytes.ts";
import { orDamaged } from "../foreign-errors.ts";
import { tensorOfNativeBytes } from "../tensor-bytes.ts";
import { rowMajorFromFortran } from "./fortran-order.ts";
import {
  badMat,
  compressedType,
  elementAt,
  inflatedSpan,
  type MatSpan,
  matrixType,
  numbersOf,
  type StoredNumbers,
} from "./mat-elements.ts";
import { type MatVariable, variablesOf } from "./mat-variables.ts";

type MatArray = Extract<MatVariable, { dtype: DataType }>;

/**
 * Reads the arrays named, or all: of plain variables only the heads are looked at before, structures whole.
 *
 * Fields are named `structure.field`, those of several structures `structure.2.field` and the cells of a cell array
 * `cell.2`, counted from 1 down the columns. Logical arrays become `bool`. All keep MATLAB's shape of two or more sizes,
 * row-major. Text, sparse matrices, complex numbers, functions and objects are left out, or refused where asked for by name.
 *
 * @throws InputError `bad-mat`, `bad-zlib`, `truncated-file`, `wrong-magic`, `unknown-name`, `duplicate-name`;
 *   UnsupportedError `element-type`, `mat-version`, `too-large`
 * @see MathWorks, MAT-File Format (R2023a), chapter 1
 */
export const matReader: FileReader = {
  async read(source, options) {
    const { chosen, leftOut } = await contentsOf(source, options);
    const tensors: NamedTensor[] = [];
    for (const variable of chosen) {
      const { name, dtype, shape } = variable;
      const expected = `${dtype} ${JSON.stringify(shape)} in "${name}"`;
      const damage = { code: "bad-mat", where: whereOf(source), expected };
      tensors.push({ name, tensor: await orDamaged(damage, options, () => valuesOf(variable)) });
    }
    return { kind: "tensors", format: "mat", tensors, leftOut };
  },
  async inspect(source, options) {
    const { chosen, leftOut } = await contentsOf(source, options);
    const tensors = chosen.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return { kind: "tensors", format: "mat", tensors, leftOut };
  },
};

const whereOf = (source: ByteSource) => `mat "${source.name}"`;
const headerBytes = 128;

async function contentsOf(source: ByteSource, options: ReadOptions | undefined) {
  const span = await readHeader(source, options);
  const variables: MatVariable[] = [];
  const others: LeftOut[] = [];
  for (let at = headerBytes; at < source.byteLength; ) {
    const element = await elementAt(span, at, source.byteLength);
    at = element.next;
    const isCompressed = element.type === compressedType;
    const inner = isCompressed ? await inflatedSpan(span, element) : span;
    const matrix = isCompressed ? await elementAt(inner, 0, inner.source.byteLength) : element;
    if (matrix.type !== matrixType)
      throw badMat(span.where, "arrays only", `an element of type ${matrix.type}`);
    for (const variable of await variablesOf(inner, matrix, null)) {
      // MATLAB keeps what its objects share in a last variable without name.
      if (variable.name === "") others.push({ name: "(unnamed)", reason: "MATLAB's own data on objects" });
      else variables.push(variable);
    }
  }
  const { chosen, leftOut } = chooseTensors<MatVariable, MatArray>(
    span.where,
    variables,
    options,
    (variable) => (variable.dtype === null ? variable.refusal : variable),
  );
  return { chosen, leftOut: options?.names === undefined ? [...leftOut, ...others] : leftOut };
}

async function readHeader(source: ByteSource, options: ReadOptions | undefined): Promise<MatSpan> {
  const where = whereOf(source);
  const header = await source.slice(0, Math.min(headerBytes, source.byteLength), options);
  const first = header.subarray(0, firstBytesLength);
  // Files of version 4 begin with the type of their first matrix, whose bytes are not all letters.
  if (first.length >= 4 && first.subarray(0, 4).includes(0)) {
    throw new UnsupportedError({
      code: "mat-version",
      message: `${where}: expected a MATLAB file of version 5 or later, got one of version 4, or another file; save it with -v7`,
    });
  }
  if (!startsWith(first, "MATLAB 5.0 MAT-file".slice(0, first.length))) {
    throw new InputError({
      code: "wrong-magic",
      message: `${where}: expected a file that begins with "MATLAB 5.0 MAT-file", got ${describeFirstBytes(first)}; check that the file is what its name says`,
    });
  }
  if (header.length < headerBytes) {
    throw new InputError({
      code: "truncated-file",
      message: `${where}: expected a header of ${headerBytes} bytes, got ${header.length}; the file is cut short: copy or save it again`,
    });
  }
  const order = String.fromCharCode(header[126], header[127]);
  if (order !== "IM" && order !== "MI")
    throw badMat(where, 'the order of bytes "IM" or "MI"', JSON.stringify(order));
  return { source, isLittleEndian: order === "IM", options, where };
}

/** Copying from one typed array to another is tens of times faster than a value at a time. */
function plain(stored: StoredNumbers): ArrayLike<number> {
  const isBig = stored instanceof BigInt64Array || stored instanceof BigUint64Array;
  return isBig ? Array.from(stored, Number) : stored;
}

const arrays: { readonly [D in DataType]?: (stored: StoredNumbers) => TensorArrays[D] } = {
  float64: (stored) => new Float64Array(plain(stored)),
  float32: (stored) => new Float32Array(plain(stored)),
  int64: (stored) => BigInt64Array.from(stored, BigInt),
  uint64: (stored) => BigUint64Array.from(stored, BigInt),
  int32: (stored) => new Int32Array(plain(stored)),
  uint32: (stored) => new Uint32Array(plain(stored)),
  int16: (stored) => new Int16Array(plain(stored)),
  uint16: (stored) => new Uint16Array(plain(stored)),
  int8: (stored) => new Int8Array(plain(stored)),
  uint8: (stored) => new Uint8Array(plain(stored)),
  bool: (stored) => new Uint8Array(plain(stored)),
};

/** MATLAB stores whole numbers in the narrowest type that holds them, whatever the type of the array. */
async function valuesOf({ name, dtype, shape, span, values }: MatArray): Promise<Tensor> {
  const count = shape.reduce((product, size) => product * size, 1);
  const stored = await numbersOf(span, values);
  if (stored.length !== count) throw badMat(span.where, `${count} numbers in "${name}"`, `${stored.length}`);
  const make = arrays[dtype];
  if (make === undefined) throw badMat(span.where, "a type of MATLAB's", dtype);
  const data = make(stored);
  requireSame(span, name, stored, data);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return tensorOfNativeBytes(dtype, shape, rowMajorFromFortran(bytes, data.BYTES_PER_ELEMENT, shape));
}

function requireSame(span: MatSpan, name: string, stored: StoredNumbers, data: TensorArrays[DataType]): void {
  if (data.constructor === stored.constructor || data instanceof Float32Array) return;
  for (let i = 0; i < data.length; i++) {
    const [from, to] = [stored[i], data[i]];
    // biome-ignore lint/suspicious/noDoubleEquals: a number and a BigInt of one value are only loosely equal
    if (from == to || Number.isNaN(from)) continue;
    throw badMat(span.where, `numbers that fit the type of "${name}"`, String(from));
  }
}
