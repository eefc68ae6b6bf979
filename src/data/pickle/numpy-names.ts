/** What numpy writes into pickles: element types, arrays, single numbers, and bytes under protocol 2. */

import { InputError } from "../../errors.ts";
import { hostIsLittleEndian } from "../byte-order.ts";
import type { ByteSource } from "../byte-source.ts";
import { elementTypes } from "../readers/npy-header.ts";
import type { Call } from "./known-names.ts";
import {
  type Bytes,
  badPickle,
  countsOf,
  type ElementType,
  type EmptyArray,
  itemsOf,
  type NumpyType,
  type PickleValue,
  type StridedArray,
  showValue,
  valueCount,
} from "./values.ts";

/** `dtype("f4", align, copy)`; the order of bytes follows in its state. */
function numpyType(args: readonly PickleValue[], where: string): NumpyType {
  const [letters] = args;
  if (typeof letters !== "string")
    throw badPickle(where, "a numpy type such as 'f4'", showValue(letters ?? null, 1));
  return { kind: "numpy-type", letters, order: "|", hasFields: false };
}

/** State of a type: version, order of bytes, subarray, names, fields, size, alignment, flags. */
export function setTypeState(where: string, type: NumpyType, state: PickleValue): void {
  const items = itemsOf(state);
  const order = items?.[1];
  if (items === null || items.length < 5 || typeof order !== "string" || !/^[<>|=]$/.test(order)) {
    throw badPickle(where, "the state of a numpy type", showValue(state, 1));
  }
  type.order = order;
  type.hasFields = items[2] !== null || items[3] !== null || items[4] !== null;
}

function elementOf({ letters, order, hasFields }: NumpyType): ElementType {
  const dtype = hasFields ? undefined : elementTypes.get(letters);
  const name = `numpy ${order}${letters}${hasFields ? " with fields" : ""}`;
  return { name, dtype: dtype ?? null, itemSize: Number(letters.slice(1)) };
}

/** State of an array: version, shape, type, whether the first index runs fastest, values. */
export function setArrayState(where: string, array: EmptyArray, state: PickleValue): void {
  const items = itemsOf(state) ?? [];
  const [, sizes, type, isFortran, values] = items;
  if (items.length !== 5 || typeof isFortran !== "boolean") {
    throw badPickle(where, "the state of a numpy array", showValue(state, 1));
  }
  array.filled = arrayOf(where, type, sizes, isFortran, values);
}

function arrayOf(
  where: string,
  type: PickleValue,
  sizes: PickleValue,
  isFortran: boolean,
  values: PickleValue,
): NonNullable<EmptyArray["filled"]> {
  const shape = countsOf(sizes);
  const count = shape === null ? null : valueCount(shape);
  if (typeof type !== "object" || type?.kind !== "numpy-type" || shape === null || count === null) {
    throw badPickle(
      where,
      "the type and shape of a numpy array",
      `${showValue(type, 1)}, ${showValue(sizes, 1)}`,
    );
  }
  if (type.letters.startsWith("O")) {
    const items = itemsOf(values);
    if (items?.length === count) return { kind: "objects", shape, items };
    throw badPickle(where, `${count} objects for shape ${JSON.stringify(shape)}`, showValue(values, 1));
  }
  const source = contentOf(values);
  const element = elementOf(type);
  if (source === null || (element.dtype !== null && source.byteLength !== count * element.itemSize)) {
    const expected = `${count} values of ${element.name} for shape ${JSON.stringify(shape)}`;
    throw badPickle(where, expected, showValue(values, 1));
  }
  const littleEndian = type.order === "<" || (type.order !== ">" && hostIsLittleEndian);
  return {
    kind: "array",
    storage: { kind: "storage", open: async () => ({ element, source, littleEndian, isCompressed: false }) },
    element: null,
    offset: 0,
    shape,
    strides: isFortran ? stridesOf([...shape].reverse()).reverse() : stridesOf(shape),
  };
}

/** Strides of a row-major array. */
function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Bytes, or a text of Python 2 that stands for bytes; null for anything else. */
function contentOf(value: PickleValue): ByteSource | null {
  if (typeof value === "string") return latin1Source(value);
  return typeof value === "object" && value?.kind === "bytes" ? value.source : null;
}

function scalar(args: readonly PickleValue[], where: string): StridedArray {
  const [type, value] = args;
  const made = arrayOf(where, type, { kind: "tuple", items: [] }, false, value);
  if (made.kind === "array") return made;
  throw badPickle(where, "the bytes of a numpy number", showValue(value, 1));
}

/** How protocol 5 writes an array: values, type, shape, "C" or "F". */
function fromBuffer(args: readonly PickleValue[], where: string): PickleValue {
  const [values, type, sizes, order] = args;
  if (order === "C" || order === "F") return arrayOf(where, type, sizes, order === "F", values);
  throw badPickle(where, 'an array in order "C" or "F"', showValue(order, 1));
}

/**
 * Names that make bytes. Python 3 has none in protocol 2 and writes a text of one character a byte in their place.
 *
 * The same text gives the same bytes each time, so that a file cannot have a storage inside it looked at without end.
 */
export function byteNames(): readonly (readonly [string, Call])[] {
  const made = new Map<string, Bytes>();
  const encode: Call = (args, where) => {
    const [text, encoding] = args;
    if (typeof text !== "string" || (encoding !== "latin1" && encoding !== "latin-1")) {
      throw badPickle(where, "a text to encode in latin1", showValue({ kind: "tuple", items: [...args] }, 1));
    }
    const bytes: Bytes = made.get(text) ?? { kind: "bytes", source: latin1Source(text) };
    made.set(text, bytes);
    return bytes;
  };
  const bytes: Call = (args, where) => {
    const [content] = args;
    if (typeof content === "object" && content?.kind === "bytes") return content;
    return encode(args.length === 0 ? ["", "latin1"] : args, where);
  };
  return [
    ["_codecs.encode", encode],
    ["builtins.bytes", bytes],
    ["__builtin__.bytes", bytes],
    ["builtins.bytearray", bytes],
    ["__builtin__.bytearray", bytes],
  ];
}

function latin1Source(text: string): ByteSource {
  return {
    name: "text",
    byteLength: text.length,
    async slice(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let at = start; at < end; at++) {
        const code = text.charCodeAt(at);
        if (code > 255) {
          throw new InputError({
            code: "bad-pickle",
            message: `pickle: expected bytes as characters of at most 255, got ${code} (character ${at}); the file is damaged: copy or save it again`,
          });
        }
        bytes[at - start] = code;
      }
      return bytes;
    },
  };
}

const reconstruct: Call = () => ({ kind: "empty-array", filled: null });

/** numpy 2 moved `numpy.core` to `numpy._core`. */
export const numpyNames: readonly (readonly [string, Call | null])[] = [
  ["numpy.ndarray", null],
  ["numpy.dtype", numpyType],
  ...["numpy.core", "numpy._core"].flatMap((module): (readonly [string, Call | null])[] => [
    [`${module}.multiarray._reconstruct`, reconstruct],
    [`${module}.multiarray.scalar`, scalar],
    [`${module}.numeric._frombuffer`, fromBuffer],
  ]),
];
