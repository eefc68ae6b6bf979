import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../../test/byte-sources.ts";
import {
  dict,
  floats,
  integer,
  joined,
  legacyCheckpoint,
  storage,
  tensor,
  text,
  tuple,
  zipCheckpoint,
} from "../../../test/checkpoints.ts";
import {
  expectedCheckpoint,
  readCheckpoint,
  torchFixture,
  torchFixtures,
} from "../../../test/torch-fixtures.ts";
import { type ByteSource, bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";
import { writeZip } from "../zip.ts";

describe("readFile", () => {
  it.each(torchFixtures)("reads %s as torch.load and numpy.load do", async (name) => {
    const { tensors, leftOut, metadata, order } = await readCheckpoint(name, torchFixture(name));
    const expected = expectedCheckpoint(name);
    expect(tensors).toEqual(expected.tensors);
    expect([...order].sort()).toEqual(Object.keys(expected.tensors).sort());
    expect(leftOut.map((each) => each.name).sort()).toEqual([...expected.leftOut].sort());
    expect(metadata ?? {}).toEqual(expected.metadata);
  });

  it.each(torchFixtures)("inspects %s alike", async (name) => {
    const description = await inspectFile(bytesSource(name, torchFixture(name)));
    const { tensors, ...contents } = await readCheckpoint(name, torchFixture(name));
    const shapes = contents.order.map((key) => ({
      name: key,
      dtype: tensors[key].dtype,
      shape: tensors[key].shape,
    }));
    const { leftOut, metadata } = contents;
    expect(description).toMatchObject({
      kind: "tensors",
      tensors: shapes,
      leftOut,
      ...(metadata && { metadata }),
    });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });
});

const open = (bytes: Uint8Array, name = "run/w.pt") => bytesSource(name, bytes);
const values = async (bytes: Uint8Array, names?: readonly string[]) => {
  const { tensors } = await readCheckpoint("w.pt", bytes, names);
  return Object.fromEntries(Object.entries(tensors).map(([name, each]) => [name, [each.shape, each.values]]));
};

describe("what an optimiser remembers", () => {
  it("is left out with a reason, and read when it is named", async () => {
    const { leftOut } = await readCheckpoint("checkpoint.pt", torchFixture("checkpoint.pt"));
    expect(leftOut).toEqual([
      {
        name: "optimizer",
        reason:
          'what an optimiser remembers (15 arrays), no weights; read when named, such as "optimizer.state.0.step"',
      },
    ]);
    const { named } = expectedCheckpoint("checkpoint.pt");
    const names = Object.keys(named);
    const { tensors } = await readCheckpoint("checkpoint.pt", torchFixture("checkpoint.pt"), names);
    expect(tensors).toEqual(named);
    expect(names.length).toBe(15);
  });
});

describe("names", () => {
  it("choose tensors, in their order; of the others no byte is read", async () => {
    const [a, b, c] = ["a", "b", "c"].map((key) =>
      tensor({ on: storage({ key, count: 5000 }), shape: [5000], strides: [1] }),
    );
    const bytes = zipCheckpoint(dict({ a, b, c }), { a: floats(5000), b: floats(5000), c: floats(5000) });
    const { source, reads } = recordingSource("w.pt", bytes);
    const { signal } = new AbortController();
    const contents = await readFile(source, { names: ["c", "a"], signal });
    expect(contents).toMatchObject({ tensors: [{ name: "c" }, { name: "a" }] });
    expect(reads.reduce((sum, read) => sum + read.end - read.start, 0)).toBeLessThan(2 * 20_000 + 3000);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("choose one tensor of five gigabytes, of which a few kilobytes are read", async () => {
    const count = 2 ** 29;
    const entries = Object.fromEntries(
      ["a", "b", "c"].map((key) => [
        key,
        tensor({ on: storage({ key, count }), offset: 7, shape: [3], strides: [1] }),
      ]),
    );
    const head = legacyCheckpoint(dict(entries), { a: floats(0), b: floats(0), c: floats(0) }).slice(0, -24);
    const size = 8 + count * 4;
    let bytesRead = 0;
    const source: ByteSource = {
      name: "large.pt",
      byteLength: head.length + 3 * size,
      async slice(start, end) {
        bytesRead += end - start;
        const bytes = new Uint8Array(end - start);
        bytes.set(head.subarray(start, end));
        // Each storage begins with its count; all values are zero.
        for (let k = 0; k < 3; k++) {
          const at = head.length + k * size + 3 - start;
          if (at >= 0 && at < bytes.length) bytes[at] = count >> 24;
        }
        return bytes;
      },
    };
    const contents = await readFile(source, { names: ["b"] });
    expect(contents).toMatchObject({ tensors: [{ name: "b", tensor: { data: new Float32Array(3) } }] });
    expect(source.byteLength).toBeGreaterThan(5e9);
    // Each of the five pickles at the head is read ahead by 64 KiB.
    expect(bytesRead).toBeLessThan(2 ** 20);
  });

  it("that are not there are answered with the nearest", async () => {
    const error = await refusal(
      readFile(open(zipCheckpoint(dict({ weight: tensor() }))), { names: ["wieght"] }),
    );
    expect(error.message).toContain('got "wieght"; did you mean "weight"? it has weight');
    const sparse = await refusal(readCheckpoint("w.pt", torchFixture("unheld.pt"), ["sparse"]));
    expect(sparse).toMatchObject({ name: "UnsupportedError", code: "element-type" });
  });

  it("are that of the file for a tensor alone", async () => {
    expect(await inspectFile(open(zipCheckpoint(tensor())))).toMatchObject({ tensors: [{ name: "w" }] });
  });

  it("may not be the same for two tensors", async () => {
    const bytes = zipCheckpoint(dict({ "a.b": tensor(), a: dict({ b: tensor() }) }));
    expect((await refusal(readFile(open(bytes)))).code).toBe("duplicate-name");
  });
});

describe("views", () => {
  it("are laid out row by row, whatever their strides", async () => {
    const view = (offset: number, shape: number[], strides: number[]) => tensor({ offset, shape, strides });
    const bytes = zipCheckpoint(
      dict({
        t: view(0, [3, 2], [1, 3]),
        tail: view(4, [2], [1]),
        same: view(1, [2, 2], [0, 1]),
        one: view(5, [], []),
      }),
    );
    expect(await values(bytes)).toEqual({
      t: [
        [3, 2],
        [0, 3, 1, 4, 2, 5],
      ],
      tail: [[2], [4, 5]],
      same: [
        [2, 2],
        [1, 2, 1, 2],
      ],
      one: [[], [5]],
    });
  });

  it("of the older format may be of views on a storage", async () => {
    const part = storage().replace("tQ", `(${text("part")}${integer(2)}${integer(3)}ttQ`);
    const bytes = legacyCheckpoint(dict({ w: tensor({ on: part, shape: [3], strides: [1] }) }));
    expect(await values(bytes)).toEqual({ w: [[3], [2, 3, 4]] });
  });

  it.each([
    ["beyond the storage", { offset: 1 }, "outside-storage"],
    ["of huge strides", { strides: [2 ** 30, 1] }, "outside-storage"],
    ["with more strides than sizes", { strides: [6, 3, 1] }, "bad-pickle"],
    ["of 65 axes", { shape: new Array(65).fill(1), strides: new Array(65).fill(1) }, "bad-pickle"],
    ["of too many values", { shape: [2 ** 30, 2 ** 30], strides: [0, 0] }, "bad-pickle"],
  ])("%s are refused", async (_, view, code) => {
    for (const write of [zipCheckpoint, legacyCheckpoint]) {
      const error = await refusal(readFile(open(write(dict({ w: tensor(view) })))));
      expect(error).toMatchObject({ name: "InputError", code });
    }
  });

  it("that repeat a few values without end are refused before memory is taken", async () => {
    const wide = tensor({ shape: [2 ** 15, 2 ** 15], strides: [0, 0] });
    expect(await refusal(readFile(open(zipCheckpoint(wide))))).toMatchObject({ code: "too-large" });
    const views = Object.fromEntries(
      Array.from({ length: 200 }, (_, k) => [k, tensor({ shape: [1000, 1000], strides: [0, 0] })]),
    );
    expect(await refusal(readFile(open(zipCheckpoint(dict(views)))))).toMatchObject({ code: "too-large" });
    // One of them alone is no danger.
    expect((await values(zipCheckpoint(dict(views)), ["7"]))["7"][0]).toEqual([1000, 1000]);
  });
});

describe("names that newer versions write", () => {
  const call = (name: string, args: string) => `c${name.replace(/\.(?=[^.]*$)/, "\n")}\n(${args}tR`;
  const untyped = storage({ type: "UntypedStorage", count: 24 });
  const rest = `${integer(0)}${tuple([2])}${tuple([1])}\x89}`;

  it.each([
    [
      "_rebuild_tensor_v3 of its own type",
      call("torch._utils._rebuild_tensor_v3", `${untyped}${rest}ctorch\nint16\n`),
      [0, 0],
    ],
    [
      "_rebuild_tensor_v3 of float32",
      call(
        "torch._utils._rebuild_tensor_v3",
        `${untyped}${integer(4)}${tuple([2])}${tuple([1])}\x89}ctorch\nfloat32\n`,
      ),
      [4, 5],
    ],
    [
      "_rebuild_tensor_v2 with no metadata",
      call("torch._utils._rebuild_tensor_v2", `${storage()}${rest}N`),
      [0, 1],
    ],
    [
      "_rebuild_parameter_with_state",
      call("torch._utils._rebuild_parameter_with_state", `${tensor({ shape: [2], strides: [1] })}\x88}}`),
      [0, 1],
    ],
    [
      "_rebuild_from_type_v2",
      call(
        "torch._tensor._rebuild_from_type_v2",
        `ctorch._utils\n_rebuild_tensor_v2\nctorch.nn.parameter\nParameter\n(${storage()}${rest}t}`,
      ),
      [0, 1],
    ],
  ])("%s", async (_, pickle, expected) => {
    expect(await values(zipCheckpoint(dict({ w: pickle })))).toEqual({ w: [[2], expected] });
  });

  it("say of a tensor that it is conjugated: it is left out", async () => {
    const bytes = zipCheckpoint(
      dict({
        w: tensor(),
        c: call("torch._utils._rebuild_tensor_v2", `${storage()}${rest}${dict({ conj: "\x88" })}`),
      }),
    );
    const { leftOut } = await readCheckpoint("w.pt", bytes);
    expect(leftOut).toEqual([{ name: "c", reason: expect.stringContaining("conjugate or negative") }]);
  });

  it("call a class of tensors that is not torch's own: refused by that name", async () => {
    const own = call(
      "torch._tensor._rebuild_from_type_v2",
      `ctorch._utils\n_rebuild_tensor_v2\ncmy.lab\nSpikes\n(${storage()}${rest}t}`,
    );
    expect((await refusal(readFile(open(zipCheckpoint(own))))).message).toContain(
      'got the name "my.lab.Spikes"',
    );
    const inner = call(
      "torch._tensor._rebuild_from_type_v2",
      "ccollections\nOrderedDict\nctorch\nTensor\n)}",
    );
    expect((await refusal(readFile(open(zipCheckpoint(inner))))).message).toContain(
      '"collections.OrderedDict()"',
    );
  });
});

describe("a checkpoint that contradicts itself", () => {
  it.each([
    ["a storage that is missing", zipCheckpoint(tensor(), {}), "bad-storage", "got none"],
    [
      "a storage of another length",
      zipCheckpoint(tensor(), { 0: floats(5) }),
      "bad-storage",
      "expected 24 bytes",
    ],
    [
      "an unknown order of bytes",
      zipCheckpoint(tensor(), undefined, { byteorder: "middle" }),
      "bad-storage",
      '"middle"',
    ],
    ["bytes after the pickle", zipCheckpoint(`${tensor()}.N`), "trailing-bytes", "2 bytes more"],
    [
      "a count of values that no file has",
      zipCheckpoint(tensor({ on: storage({ count: -1 }) })),
      "bad-pickle",
      "persistent id",
    ],
    ["an id of another kind", zipCheckpoint(`(${text("module")}K\x01tQ`), "bad-pickle", "('module', 1)"],
    ["an id that is no tuple", zipCheckpoint(`${text("0")}Q`), "bad-pickle", "got '0'"],
    [
      "a storage of no known class",
      zipCheckpoint(tensor({ on: storage({ type: "Tensor" }) })),
      "bad-pickle",
      "torch.Tensor",
    ],
    ["a storage that is not in the file", legacyCheckpoint(tensor(), {}), "bad-pickle", "none of that key"],
    [
      "a storage that no tensor has",
      legacyCheckpoint(tensor(), { 0: floats(6), 1: floats(1) }),
      "bad-pickle",
      "got '1'",
    ],
    [
      "another count beside the values",
      legacyCheckpoint(tensor(), { 0: floats(5) }),
      "truncated-file",
      "32 bytes",
    ],
    [
      "another count beside the values",
      legacyCheckpoint(tensor(), { 0: floats(7) }),
      "bad-pickle",
      "a count of 7",
    ],
    [
      "bytes after the values",
      joined([legacyCheckpoint(tensor()), Uint8Array.of(1)]),
      "trailing-bytes",
      "1 bytes more",
    ],
    [
      "two archives in one",
      writeZip(
        new Map([
          ["a/data.pkl", latin1("N.")],
          ["b/data.pkl", latin1("N.")],
        ]),
      ),
      "wrong-magic",
      "got 2 among 2",
    ],
  ])("%s", async (_, bytes, code, words) => {
    for (const read of [readFile, inspectFile]) {
      const error = await refusal(read(open(bytes)));
      expect(error).toMatchObject({ name: "InputError", code });
      expect(error.message).toContain(words);
    }
  });

  it.each([
    ["a TorchScript program", zipCheckpoint(tensor(), undefined, { "constants.pkl": "" }), "torchscript"],
    ["a checkpoint without tensors", zipCheckpoint(dict({ epoch: "K\x05" })), "no-arrays"],
    [
      "complex numbers only",
      zipCheckpoint(
        tensor({ on: storage({ type: "ComplexFloatStorage", count: 3 }), shape: [3], strides: [1] }),
      ),
      "element-type",
    ],
    ["another version", latin1("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02K\x01."), "torch-version"],
    ["a call of os.system", zipCheckpoint("cos\nsystem\nU\x02ls\x85R"), "pickle-name"],
    [
      "a call of os.system, in the older format",
      legacyCheckpoint("cos\nsystem\nU\x02ls\x85R"),
      "pickle-name",
    ],
  ])("%s is not read", async (_, bytes, code) => {
    expect(await refusal(readFile(open(bytes)))).toMatchObject({ name: "UnsupportedError", code });
  });

  it.each([
    ["empty", "", "truncated-file", "got 0 bytes"],
    ["text", "hello", "wrong-magic", 'text that begins "hello"'],
    ["another pickle", "\x80\x02K\x01.", "wrong-magic", "a Python pickle"],
  ])("a file that is %s is refused as what it is", async (_, content, code, words) => {
    const error = await refusal(readFile(open(latin1(content))));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(words);
  });
});
