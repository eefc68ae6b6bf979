/**
 * The instructions of Python's pickles, protocols 0 to 5.
 *
 * @see Python's standard library, module pickletools; Python enhancement proposals 307 (2003), 3154 (2011), 574 (2018)
 */

export type NumberForm = "uint8" | "uint16" | "uint32" | "int32" | "uint64" | "float64";
export type RunForm = "utf-8" | "latin-1" | "integer" | "bytes";

/** What follows an instruction: nothing, a number, lines of text, or a run of bytes with its length before it. */
export type Argument =
  | { readonly kind: "none" }
  | { readonly kind: "number"; readonly form: NumberForm }
  | { readonly kind: "lines"; readonly count: 1 | 2 }
  | { readonly kind: "run"; readonly length: "uint8" | "uint32" | "uint64"; readonly form: RunForm };

const none: Argument = { kind: "none" };
const number = (form: NumberForm): Argument => ({ kind: "number", form });
const lines = (count: 1 | 2): Argument => ({ kind: "lines", count });
const run = (length: "uint8" | "uint32" | "uint64", form: RunForm): Argument => ({
  kind: "run",
  length,
  form,
});

/** Code, argument; under the names of the standard library. */
export const opcodes = {
  MARK: [0x28, none],
  STOP: [0x2e, none],
  POP: [0x30, none],
  POP_MARK: [0x31, none],
  DUP: [0x32, none],
  FLOAT: [0x46, lines(1)],
  INT: [0x49, lines(1)],
  BININT: [0x4a, number("int32")],
  BININT1: [0x4b, number("uint8")],
  LONG: [0x4c, lines(1)],
  BININT2: [0x4d, number("uint16")],
  NONE: [0x4e, none],
  PERSID: [0x50, lines(1)],
  BINPERSID: [0x51, none],
  REDUCE: [0x52, none],
  STRING: [0x53, lines(1)],
  BINSTRING: [0x54, run("uint32", "latin-1")],
  SHORT_BINSTRING: [0x55, run("uint8", "latin-1")],
  UNICODE: [0x56, lines(1)],
  BINUNICODE: [0x58, run("uint32", "utf-8")],
  APPEND: [0x61, none],
  BUILD: [0x62, none],
  GLOBAL: [0x63, lines(2)],
  DICT: [0x64, none],
  EMPTY_DICT: [0x7d, none],
  APPENDS: [0x65, none],
  GET: [0x67, lines(1)],
  BINGET: [0x68, number("uint8")],
  INST: [0x69, lines(2)],
  LONG_BINGET: [0x6a, number("uint32")],
  LIST: [0x6c, none],
  EMPTY_LIST: [0x5d, none],
  OBJ: [0x6f, none],
  PUT: [0x70, lines(1)],
  BINPUT: [0x71, number("uint8")],
  LONG_BINPUT: [0x72, number("uint32")],
  SETITEM: [0x73, none],
  TUPLE: [0x74, none],
  EMPTY_TUPLE: [0x29, none],
  SETITEMS: [0x75, none],
  BINFLOAT: [0x47, number("float64")],
  PROTO: [0x80, number("uint8")],
  NEWOBJ: [0x81, none],
  EXT1: [0x82, number("uint8")],
  EXT2: [0x83, number("uint16")],
  EXT4: [0x84, number("int32")],
  TUPLE1: [0x85, none],
  TUPLE2: [0x86, none],
  TUPLE3: [0x87, none],
  NEWTRUE: [0x88, none],
  NEWFALSE: [0x89, none],
  LONG1: [0x8a, run("uint8", "integer")],
  LONG4: [0x8b, run("uint32", "integer")],
  BINBYTES: [0x42, run("uint32", "bytes")],
  SHORT_BINBYTES: [0x43, run("uint8", "bytes")],
  SHORT_BINUNICODE: [0x8c, run("uint8", "utf-8")],
  BINUNICODE8: [0x8d, run("uint64", "utf-8")],
  BINBYTES8: [0x8e, run("uint64", "bytes")],
  EMPTY_SET: [0x8f, none],
  ADDITEMS: [0x90, none],
  FROZENSET: [0x91, none],
  NEWOBJ_EX: [0x92, none],
  STACK_GLOBAL: [0x93, none],
  MEMOIZE: [0x94, none],
  FRAME: [0x95, number("uint64")],
  BYTEARRAY8: [0x96, run("uint64", "bytes")],
  NEXT_BUFFER: [0x97, none],
  READONLY_BUFFER: [0x98, none],
} as const satisfies Readonly<Record<string, readonly [code: number, argument: Argument]>>;

export type Opcode = keyof typeof opcodes;

interface Instruction {
  readonly opcode: Opcode;
  readonly argument: Argument;
}

/** By code; undefined for a byte that is no instruction. */
export const instructions: readonly (Instruction | undefined)[] = instructionsByCode();

function instructionsByCode(): (Instruction | undefined)[] {
  const found = new Array<Instruction | undefined>(256).fill(undefined);
  for (const [opcode, [code, argument]] of Object.entries(opcodes)) {
    // Object.entries forgets that the keys are opcodes.
    found[code] = { opcode: opcode as Opcode, argument };
  }
  return found;
}
