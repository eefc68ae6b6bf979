import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../../test/byte-sources.ts";
import { bytesSource } from "../byte-source.ts";
import { checkpointNames } from "../readers/torch-legacy.ts";
import { readPickle } from "./machine.ts";
import { opcodes } from "./opcodes.ts";
import type { PickleValue } from "./values.ts";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url), "utf8"));

const rules = { where: 'torch "w.pt"', names: checkpointNames() };
const run = (pickle: string | Uint8Array) =>
  readPickle(bytesSource("w.pt", typeof pickle === "string" ? latin1(pickle) : pickle), 0, rules, undefined);
const unpickled = async (pickle: string | Uint8Array) => (await run(pickle)).value;

/** A value in the form of the JSON that Python wrote. */
async function encoded(value: PickleValue): Promise<unknown> {
  if (typeof value === "bigint") return { integer: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { float: value > 0 ? "inf" : "-inf" };
  if (value === null || typeof value !== "object") return value;
  switch (value.kind) {
    case "bytes":
      return { bytes: Buffer.from(await value.source.slice(0, value.source.byteLength)).toString("base64") };
    case "dict": {
      const pairs = Array.from(value.entries.values(), async ({ key, value: item }) => [
        await encoded(key),
        await encoded(item),
      ]);
      return { dict: await Promise.all(pairs) };
    }
    case "list":
    case "tuple":
    case "set":
      return { [value.kind]: await Promise.all(value.items.map(encoded)) };
    default:
      return expect.fail(`unexpected ${value.kind}`);
  }
}

describe("opcodes", () => {
  it("are those of Python's own list, each with the argument that it has there", () => {
    const meanings: Readonly<Record<string, unknown>> = {
      null: { kind: "none" },
      uint1: { kind: "number", form: "uint8" },
      uint2: { kind: "number", form: "uint16" },
      uint4: { kind: "number", form: "uint32" },
      uint8: { kind: "number", form: "uint64" },
      int4: { kind: "number", form: "int32" },
      float8: { kind: "number", form: "float64" },
      ...Object.fromEntries(
        [
          "decimalnl_short",
          "decimalnl_long",
          "floatnl",
          "stringnl",
          "unicodestringnl",
          "stringnl_noescape",
        ].map((name) => [name, { kind: "lines", count: 1 }]),
      ),
      stringnl_noescape_pair: { kind: "lines", count: 2 },
      string1: { kind: "run", length: "uint8", form: "latin-1" },
      string4: { kind: "run", length: "uint32", form: "latin-1" },
      unicodestring1: { kind: "run", length: "uint8", form: "utf-8" },
      unicodestring4: { kind: "run", length: "uint32", form: "utf-8" },
      unicodestring8: { kind: "run", length: "uint64", form: "utf-8" },
      bytes1: { kind: "run", length: "uint8", form: "bytes" },
      bytes4: { kind: "run", length: "uint32", form: "bytes" },
      bytes8: { kind: "run", length: "uint64", form: "bytes" },
      bytearray8: { kind: "run", length: "uint64", form: "bytes" },
      long1: { kind: "run", length: "uint8", form: "integer" },
      long4: { kind: "run", length: "uint32", form: "integer" },
    };
    const python: Record<string, { code: number; argument: string | null }> = fixture("pickle-opcodes.json");
    const expected = Object.entries(python).map(([name, { code, argument }]) => [
      name,
      [code, meanings[String(argument)]],
    ]);
    expect(opcodes).toEqual(Object.fromEntries(expected));
  });
});

describe("readPickle", () => {
  const cases: { value: unknown; pickles: string[] }[] = fixture("pickle-values.json");
  const pickles = cases.flatMap(({ value, pickles }, k) =>
    pickles.map((pickle, protocol) => [protocol, k, { pickle, value }] as const),
  );
  it.each(pickles)("reads what Python writes in protocol %i, case %i", async (_, __, { pickle, value }) => {
    const bytes = Uint8Array.from(Buffer.from(pickle, "base64"));
    const { value: read, end } = await run(bytes);
    expect(await encoded(read)).toEqual(value);
    expect(end).toBe(bytes.length);
    for (let length = 0; length < bytes.length; length += bytes.length > 300 ? 97 : 1) {
      expect((await refusal(run(bytes.subarray(0, length)))).name).toBe("InputError");
    }
  });

  it("reads the texts, integers and ordered dicts of Python 2", async () => {
    expect(await encoded(await unpickled("(lp0\nS'a\\xe9'\np1\naI01\naI00\naL5L\na."))).toEqual({
      list: ["aé", true, false, 5],
    });
    const ordered = "ccollections\nOrderedDict\n(]]U\x01aK\x01eatR.".replace("]]", "](");
    expect((await refusal(run(ordered))).code).toBe("bad-pickle");
    expect(await encoded(await unpickled("ccollections\nOrderedDict\n(](]U\x01aaK\x01aetR."))).toEqual({
      dict: [["a", 1]],
    });
  });

  it("keeps one list for all that refer to it, also for itself", async () => {
    const value = await unpickled("]q\x00h\x00a.");
    expect(value).toMatchObject({ kind: "list" });
    if (typeof value === "object" && value?.kind === "list") expect(value.items[0]).toBe(value);
  });

  it("keeps the place and first spelling of a key that is set again, as Python does", async () => {
    const dict = await encoded(await unpickled("}(K\x01U\x01aU\x01bK\x02\x88K\x03u."));
    expect(dict).toEqual({
      dict: [
        [1, 3],
        ["b", 2],
      ],
    });
  });

  it("makes the same bytes of the same text, however often it is asked", async () => {
    const bytes = "c_codecs\nencode\nh\x00U\x06latin1\x86R";
    const value = await unpickled(
      `U\x02\xff\x00q\x000${bytes}${bytes}cbuiltins\nbytearray\nh\x00U\x07latin-1\x86R\x87.`,
    );
    expect(await encoded(value)).toEqual({
      tuple: [{ bytes: "/wA=" }, { bytes: "/wA=" }, { bytes: "/wA=" }],
    });
    const items = typeof value === "object" && value?.kind === "tuple" ? value.items : [];
    expect(new Set(items).size).toBe(1);
  });

  it("does not read the bytes of an array that it passes over, and hands on the signal", async () => {
    const blob = 300_000;
    const size = [blob & 255, (blob >> 8) & 255, blob >> 16, 0];
    const bytes = new Uint8Array(blob + 20);
    bytes.set([0x80, 3, 0x42, ...size]);
    bytes.set(latin1("K\x07\x86."), 7 + blob);
    const { source, reads } = recordingSource("w.pt", bytes.subarray(0, 7 + blob + 4));
    const { signal } = new AbortController();
    const { value } = await readPickle(source, 0, rules, { signal });
    expect(value).toMatchObject({ kind: "tuple", items: [{ kind: "bytes" }, 7] });
    expect(reads.reduce((sum, read) => sum + read.end - read.start, 0)).toBeLessThan(70_000);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });
});

describe("readPickle refuses by name", () => {
  const global = (module: string, name: string) => `c${module}\n${name}\n`;
  const stackGlobal = (module: string, name: string) =>
    `\x8c${String.fromCharCode(module.length)}${module}\x8c${String.fromCharCode(name.length)}${name}\x93`;

  it.each([
    ["os.system", `${global("os", "system")}(S'true'\ntR.`],
    ["posix.system", `\x80\x02${global("posix", "system")}X\x04\x00\x00\x00true\x85R.`],
    ["builtins.eval", `\x80\x04${stackGlobal("builtins", "eval")}\x8c\x011\x85R.`],
    ["builtins.exec", `\x80\x04${stackGlobal("builtins", "exec")}\x8c\x011\x85R.`],
    ["builtins.getattr", `${global("builtins", "getattr")}.`],
    ["__builtin__.__import__", `${global("__builtin__", "__import__")}.`],
    ["subprocess.Popen", `(isubprocess\nPopen\n.`],
    ["cloudpickle.cloudpickle._make_function", `${global("cloudpickle.cloudpickle", "_make_function")}.`],
    ["dill._dill._create_function", `${global("dill._dill", "_create_function")}.`],
    ["types.FunctionType", `\x80\x04${stackGlobal("types", "FunctionType")}.`],
    ["torch.load", `${global("torch", "load")}.`],
    ["torch.hub.load", `${global("torch.hub", "load")}.`],
    ["torch.jit.load", `${global("torch.jit", "load")}.`],
    ["torch._utils._import_dotted_name", `${global("torch._utils", "_import_dotted_name")}.`],
    ["torch.nn.modules.linear.Linear", `${global("torch.nn.modules.linear", "Linear")})\x81}b.`],
    ["__main__.Net", `${global("__main__", "Net")})\x81}b.`],
    ["copyreg._reconstructor", `${global("copyreg", "_reconstructor")}.`],
    ["collections.OrderedDict.__class__", `${global("collections", "OrderedDict.__class__")}.`],
    ["numpy.load", `${global("numpy", "load")}.`],
    ["toString", `\x80\x04\x8c\x00\x8c\x08toString\x93.`],
    ["torch.FloatStorage()", `${global("torch", "FloatStorage")}K\x05\x85R.`],
    ["builtins.list()", `${global("builtins", "list")})R.`],
  ])("%s", async (name, pickle) => {
    const error = await refusal(run(pickle));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "pickle-name" });
    // A name without module is one text with a dot before it.
    expect(error.message).toContain(
      `got the name "${name === "toString" ? ".toString" : name}", which is never`,
    );
  });

  const dict = global("collections", "OrderedDict");
  it.each([
    ["a new object of collections.OrderedDict (NEWOBJ)", `\x80\x02${dict})\x81.`],
    ["a new object of collections.OrderedDict (NEWOBJ_EX)", `\x80\x04${dict})}\x92.`],
    ["a new object of collections.OrderedDict (OBJ)", `(${dict}K\x01o.`],
    ["a name by its registered number (EXT1)", "\x80\x02\x82\x01."],
    ["a name by its registered number (EXT2)", "\x80\x02\x83\x01\x01."],
    ["a name by its registered number (EXT4)", "\x80\x02\x84\x01\x00\x00\x00."],
    ["values kept outside the file (NEXT_BUFFER)", "\x80\x05\x97."],
    ["values kept outside the file (READONLY_BUFFER)", "\x80\x05N\x98."],
    ["the persistent id 'whatever'", "Pwhatever\n."],
    ["the persistent id ('module', 1)", "(U\x06moduleK\x01tQ."],
    ["a state to set on [] (BUILD)", "]}b."],
    ["a state to set on {} (BUILD)", "}](K\x01eb."],
    ["a state to set on torch.Tensor (BUILD)", `${global("torch", "Tensor")}}b.`],
    ["protocol 0 to 5, got 6", "\x80\x06."],
  ])("%s", async (words, pickle) => {
    const error = await refusal(run(pickle));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "pickle-instruction" });
    expect(error.message).toContain(words);
  });
});

describe("readPickle refuses in a sentence", () => {
  it.each([
    ["an empty file", "", "expected 1 more bytes of its pickle, got 0"],
    ["no instruction", "\x00", "got the byte 0x00 (byte 0 of the pickle)"],
    ["an empty stack", ".", "a value on the stack, got none"],
    ["too few values", "N\x86.", "2 values on the stack, got 1"],
    ["values below a mark", "N(\x85.", "1 values on the stack, got 0"],
    ["no mark", "Nt.", "a mark on the stack, got none"],
    ["a note that was never made", "h\x05.", "number 5, which is not"],
    ["an item for a tuple", ")Na.", "a list to add to, got ()"],
    ["an item for a set that is a list", "](N\x90.", "a set to add to, got []"],
    ["a key for a list", "]NNs.", "a dict to set items of, got []"],
    ["a key without value", "}(Nu.", "a value for every key"],
    ["a list as key", "}]Ns.", "as keys of a dict, got []"],
    ["a call of a number", "K\x05)R.", "a name and a tuple of at most 16 arguments to call, got 5 and ()"],
    ["a call without a tuple", "ccollections\nOrderedDict\n]R.", "a tuple of at most 16 arguments"],
    ["an integer in words", "Ifive\n.", "an integer of at most 400 digits, got 'five'"],
    ["a float in words", "F1.5.5\n.", "a number, got '1.5.5'"],
    ["a text without quotes", "Sabc\n.", "a text in quotes, got 'abc'"],
    ["a text in broken UTF-8", "X\x01\x00\x00\x00\xff.", "texts in UTF-8"],
    ["names that are no texts", "NN\x93.", "two texts before a name, got None and None"],
    [
      "a text longer than the file",
      "X\xff\xff\xff\xff",
      "expected 4294967295 more bytes of its pickle, got 0",
    ],
    [
      "bytes longer than the file",
      "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
      "more bytes of its pickle, got 1",
    ],
    ["a tensor on nothing", "ctorch._utils\n_rebuild_tensor\n(NK\x00))tR.", "a storage and a place in it"],
    ["a type of no text", "cnumpy\ndtype\nK\x05\x85R.", "a numpy type such as 'f4', got 5"],
    ["a set of a number", "cbuiltins\nset\nK\x05\x85R.", "a list of the members of a set, got 5"],
    [
      "an order of bytes beyond two",
      "cnumpy\ndtype\nU\x02f4\x85R(K\x03U\x01?NNNtb.",
      "the state of a numpy type",
    ],
    [
      "a numpy array without a type",
      "cnumpy.core.multiarray\n_reconstruct\n)R(K\x01)NI00\nU\x00tb.",
      "the type and shape of a numpy array, got None, ()",
    ],
  ])("%s", async (_, pickle, words) => {
    const error = await refusal(run(pickle));
    expect(error.name).toBe("InputError");
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("\n");
  });

  it("integers of more than a thousand bytes, which take ever longer to convert", async () => {
    const bytes = new Uint8Array(2006).fill(1);
    bytes.set([0x8b, 0xd0, 0x07, 0, 0]);
    bytes[2005] = 0x2e;
    expect(await refusal(run(bytes))).toMatchObject({ name: "UnsupportedError", code: "too-large" });
  });

  it("a million lists within each other are read without exhausting the stack", async () => {
    const bytes = new Uint8Array(2e6).fill(0x5d, 0, 1e6).fill(0x61, 1e6);
    bytes[bytes.length - 1] = 0x2e;
    expect(await unpickled(bytes)).toMatchObject({ kind: "list" });
  });

  it("more than two million instructions, and as many steps inside calls", async () => {
    const many = new Uint8Array(2.1e6).fill(0x4e);
    expect((await refusal(run(many))).code).toBe("too-large");
    // A list of 100,000 pairs that is noted once and given to a hundred calls.
    const pair = latin1("K\x01K\x01\x86a");
    const head = latin1("]q\x00");
    const bytes = new Uint8Array(head.length + 1e5 * pair.length + 100 * 30 + 1);
    bytes.set(head);
    let at = head.length;
    for (let k = 0; k < 1e5; k++, at += pair.length) bytes.set(pair, at);
    const call = latin1("ccollections\nOrderedDict\nh\x00\x85R");
    const whole = Uint8Array.from([
      ...bytes.subarray(0, at),
      ...Array.from({ length: 100 }, () => [...call]).flat(),
      0x2e,
    ]);
    expect((await refusal(run(whole))).code).toBe("too-large");
  });
});
