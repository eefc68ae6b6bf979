import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { latin1, recordingSource, refusal } from "../../../test/byte-sources.ts";
import {
  describedTensors,
  expectedTensors,
  fixtureBytes,
  fixtureNames,
} from "../../../test/fixture-files.ts";
import type { NamedTensor } from "../../tensor.ts";
import { bytesSource } from "../byte-source.ts";
import { inspectFile, readFile } from "../readers.ts";

const folder = "mat";
const names = fixtureNames(".mat", folder);
const open = (bytes: Uint8Array) => bytesSource("run.mat", bytes);
const fixture = (name: string) => open(fixtureBytes(`${name}.mat`, folder));

const words = (...values: readonly number[]) => [...new Uint8Array(Int32Array.from(values).buffer)];
const element = (type: number, content: readonly number[]) => [
  ...words(type, content.length),
  ...content,
  ...new Array((8 - (content.length % 8)) % 8).fill(0),
];
/** A matrix element: class, sizes, name, and its contents. */
const matrix = (kind: number, sizes: readonly number[], name: string, content: readonly number[]) =>
  element(14, [
    ...element(6, words(kind, 0)),
    ...element(5, words(...sizes)),
    ...element(1, [...latin1(name)]),
    ...content,
  ]);
const file = (...elements: readonly (readonly number[])[]) =>
  open(Uint8Array.from([...latin1("MATLAB 5.0 MAT-file".padEnd(124)), 0, 1, 73, 77, ...elements.flat()]));

describe("reading MATLAB files", () => {
  it.each(names)("reads the fixture %s", async (name) => {
    const contents = await readFile(fixture(name));
    expect(describedTensors(contents)).toEqual(expectedTensors(name, folder));
    const { tensors, leftOut } = Object(contents);
    const shapes = tensors.map(({ name, tensor: { dtype, shape } }: NamedTensor) => ({ name, dtype, shape }));
    expect(await inspectFile(fixture(name))).toMatchObject({ tensors: shapes, leftOut });
  });

  it("leaves out text, sparse matrices and complex numbers, unless they are asked for", async () => {
    const contents = await readFile(fixture("others"));
    expect(contents).toMatchObject({
      leftOut: [
        { name: "label", reason: expect.stringContaining("got text") },
        { name: "sparse", reason: expect.stringContaining("got a sparse matrix") },
        { name: "wave", reason: expect.stringContaining("got complex numbers") },
      ],
    });
    const error = await refusal(readFile(fixture("others"), { names: ["sparse"] }));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "element-type" });
    expect(error.message).toContain("save it whole, with full(x)");
  });

  it("reads the arrays named, in that order, and of plain variables only the bytes of those", async () => {
    const bytes = fixtureBytes("every-type.mat", folder);
    const { source, reads } = recordingSource("e.mat", bytes);
    const { signal } = new AbortController();
    const contents = await readFile(source, { names: ["x_uint64", "x_int8"], signal });
    expect(contents).toMatchObject({ tensors: [{ name: "x_uint64" }, { name: "x_int8" }], leftOut: [] });
    const longest = Math.max(...reads.slice(2).map(({ start, end }) => end - start));
    expect(longest).toBe(48);
    expect(reads.every((read) => read.signal === signal)).toBe(true);
  });

  it("refuses version 4, other files, and names that are not there", async () => {
    const four = open(Uint8Array.from([...words(0, 1, 1, 0, 2), 120, 0, ...new Array(8).fill(0)]));
    expect((await refusal(readFile(four))).code).toBe("mat-version");
    expect((await refusal(readFile(open(latin1("initial,final\n"))))).code).toBe("wrong-magic");
    const error = await refusal(readFile(fixture("nested"), { names: ["net.layer.1.weight"] }));
    expect(error.message).toContain('did you mean "net.layers.1.weight"?');
  });

  const half = [0, 0, 0, 0, 0, 0, 224, 63]; // 0.5
  const eight = [...element(9, new Array(8).fill(0))];
  let deep = matrix(6, [1, 1], "", eight);
  for (let k = 0; k < 70; k++) deep = matrix(1, [1, 1], k === 69 ? "c" : "", deep);
  const compressed = (content: readonly number[]) => {
    const bytes = zlibSync(Uint8Array.from(content));
    return [...words(15, bytes.length), ...bytes];
  };
  const flipped = compressed(matrix(6, [1, 1], "w", eight));
  flipped[flipped.length - 1] ^= 1;
  it.each([
    ["fewer numbers than the sizes", file(matrix(6, [2, 1], "w", eight)), "bad-mat", '2 numbers in "w"'],
    ["a size below 0", file(matrix(6, [-1, 1], "w", eight)), "bad-mat", "[-1,1]"],
    ["sizes that overflow", file(matrix(6, [2 ** 30, 2 ** 30], "w", eight)), "bad-mat", "below 2^50"],
    ["more cells than bytes", file(matrix(1, [2 ** 20, 1], "c", eight)), "bad-mat", "1048576 elements"],
    [
      "a fraction as size",
      file(element(14, [...element(6, words(6, 0)), ...element(9, [...half, ...half])])),
      "bad-mat",
      "[0.5,0.5]",
    ],
    [
      "a fraction as length of names",
      file(matrix(2, [1, 1], "s", [...element(9, half), ...element(1, [97])])),
      "bad-mat",
      "names of 0.5 bytes",
    ],
    [
      "more structures than bytes",
      file(matrix(2, [2 ** 28, 1], "s", [...element(5, words(1)), ...element(1, [97])])),
      "bad-mat",
      "268435456 elements",
    ],
    ["an unknown class", file(matrix(77, [1, 1], "w", eight)), "bad-mat", "a class from 1 to 17"],
    ["an element beyond the file", file(words(14, 2 ** 20)), "bad-mat", "an element of 1048576 bytes"],
    ["an element that is no array", file(element(9, [])), "bad-mat", "an element of type 9"],
    [
      "one name twice",
      file(matrix(6, [1, 1], "w", eight), matrix(6, [1, 1], "w", eight)),
      "duplicate-name",
      '"w" twice',
    ],
    ["cells within cells without end", file(deep), "bad-mat", "at most 64 deep"],
    [
      "a fraction in an array of integers",
      file(matrix(8, [1, 1], "w", element(9, half))),
      "bad-mat",
      "got 0.5",
    ],
    [
      "a number too large for its array",
      file(matrix(8, [1, 1], "w", element(4, [255, 0]))),
      "bad-mat",
      "got 255",
    ],
    ["compressed bytes with another checksum", file(flipped), "bad-zlib", "another checksum"],
    [
      "compressed bytes that hold more than they say",
      file(compressed([...matrix(6, [1, 1], "w", eight), 0, 0])),
      "bad-zlib",
      "got more",
    ],
    [
      "a length that no compression reaches",
      file(compressed(words(14, 2 ** 30))),
      "bad-mat",
      "got 1073741832",
    ],
  ])("refuses %s", async (_, source, code, text) => {
    const error = await refusal(readFile(source));
    expect(error).toMatchObject({ name: "InputError", code });
    expect(error.message).toContain(text);
  });
});
