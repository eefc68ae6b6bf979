import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal } from "../../test/byte-sources.ts";
import { openFileSource } from "../data/index.node.ts";
import { readFile } from "../data/index.ts";
import { createRandom } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import { readIdxDigits, readPackagedDigits } from "./digit-files.node.ts";
import { type Digits, digitExamples, digitsOfTensors, digitTask, splitDigits } from "./digits.ts";
import { rowSequential } from "./row-sequential.ts";

const images: Tensor = {
  dtype: "uint8",
  shape: [3, 2, 2],
  data: Uint8Array.of(0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8),
};
const labels: Tensor = { dtype: "uint8", shape: [3], data: Uint8Array.of(9, 0, 4) };

describe("digitsOfTensors", () => {
  it("scales bytes to 0 … 1", () => {
    const digits = digitsOfTensors(images, labels);
    expect(digits).toMatchObject({ rows: 2, columns: 2, labels: Int32Array.of(9, 0, 4) });
    expect(digits.pixels.slice(0, 4)).toEqual(Float32Array.of(0, 1, 0.2, 0.4));
  });

  it.each([
    ["labels in place of images", labels, labels, "uint8 [3]"],
    ["images in place of labels", images, images, "uint8 [3,2,2]"],
    ["another number of labels", images, { ...labels, shape: [2] }, "uint8 [2]"],
    ["a label beyond 9", images, { ...labels, data: Uint8Array.of(1, 10, 2) }, "got 10 (index 1)"],
  ])("refuses %s", async (_, first, second, words) => {
    // Spreading loses the tie between dtype and data, which is kept.
    const error = await refusal(() => digitsOfTensors(first as Tensor, second as Tensor));
    expect(error).toMatchObject({ name: "InputError", code: "not-digits" });
    expect(error.message).toContain(words);
  });
});

describe("digitTask", () => {
  const digits = digitsOfTensors(images, labels);

  it("standardises pixels by mean 0.1307 and SD 0.3081 and keeps the order of the split", () => {
    const task = digitTask(digits, { train: [2, 0], heldOut: [1] }, { dtype: "float64" });
    expect(task).toMatchObject({ name: "digits", classes: 10, validation: null });
    expect([...task.train.targets.data]).toEqual([4, 9]);
    expect(task.train.inputs.shape).toEqual([2, 2, 2]);
    // The arithmetic is float32: one part in 1e7.
    expect(Number(task.train.inputs.data[4])).toBeCloseTo(-0.1307 / 0.3081, 6);
    expect(Number(task.train.inputs.data[5])).toBeCloseTo((1 - 0.1307) / 0.3081, 6);
    expect(task.heldOut?.targets.data).toEqual(Int32Array.of(0));
    expect(digitTask(digits, { train: [0], heldOut: [] }).heldOut).toBeNull();
  });

  it("refuses positions that are not there, and nothing to learn from", async () => {
    for (const position of [3, -1, 0.5]) {
      const attempt = () => digitTask(digits, { train: [0, position], heldOut: [] });
      expect((await refusal(attempt)).code).toBe("bad-index");
    }
    expect((await refusal(() => digitTask(digits, { train: [], heldOut: [1] }))).code).toBe("bad-size");
  });

  it("splits by a named stream: disjoint, and the held-out ones the same whatever the number to learn from", async () => {
    const many: Digits = { ...digits, labels: new Int32Array(100) };
    const split = splitDigits(many, { train: 80, heldOut: 20 }, createRandom(1));
    const all = [...Array.from(split.train), ...Array.from(split.heldOut)];
    expect(all.sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    const smaller = splitDigits(many, { train: 10, heldOut: 20 }, createRandom(1));
    expect(smaller.heldOut).toEqual(split.heldOut);
    expect(smaller.train).toEqual(Int32Array.from(split.train).slice(0, 10));
    const other = splitDigits(many, { train: 80, heldOut: 20 }, createRandom(2));
    expect(other.heldOut).not.toEqual(split.heldOut);
    const tooMany = () => splitDigits(many, { train: 81, heldOut: 20 }, createRandom(1));
    expect((await refusal(tooMany)).code).toBe("bad-size");
  });
});

describe("readIdxDigits", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngeo-"));
    const header = (type: number[], sizes: number[]) => [
      0,
      0,
      ...type,
      ...sizes.flatMap((size) => [0, 0, 0, size]),
    ];
    const idx = (tensor: Tensor) =>
      Uint8Array.from([
        ...header([8, tensor.shape.length], [...tensor.shape]),
        ...Array.from(tensor.data, Number),
      ]);
    await writeFile(join(folder, "images-idx3-ubyte"), idx(images));
    await writeFile(join(folder, "labels-idx1-ubyte.gz"), gzipSync(idx(labels)));
    await writeFile(join(folder, "labels.csv"), "label\n1\n");
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it("reads images and labels, compressed or not", async () => {
    const digits = await readIdxDigits(
      join(folder, "images-idx3-ubyte"),
      join(folder, "labels-idx1-ubyte.gz"),
    );
    expect(digits).toEqual(digitsOfTensors(images, labels));
  });

  it("refuses a table", async () => {
    const error = await refusal(readIdxDigits(join(folder, "images-idx3-ubyte"), join(folder, "labels.csv")));
    expect(error.message).toContain("got a table");
  });
});

describe("readPackagedDigits", () => {
  let digits: Digits;
  beforeAll(async () => {
    digits = await readPackagedDigits();
  });

  it("has 10 000 digits of 28 × 28, zeros first", () => {
    const counts = Array.from(
      { length: 10 },
      (_, label) => digits.labels.filter((each) => each === label).length,
    );
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect([...digits.labels]).toEqual([...digits.labels].sort());
    expect(digits.pixels).toHaveLength(10_000 * 784);
  });

  it("has pixels whose mean and deviation are those of MNIST, standardised to 0 and 1", () => {
    const { data } = digitExamples(
      "all",
      digits,
      digits.labels.map((_, i) => i),
    ).inputs;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < data.length; i++) {
      sum += Number(data[i]);
      squares += Number(data[i]) ** 2;
    }
    // 10 000 of the 70 000 digits: their mean differs from that of all by about one part in a hundred.
    expect(Math.abs(sum / data.length)).toBeLessThan(0.02);
    expect(Math.abs(squares / data.length - 1)).toBeLessThan(0.02);
  });

  const oracle = fileURLToPath(new URL("../../../shared/oracle/", import.meta.url));
  const isAbsent = !existsSync(oracle);
  if (isAbsent) console.warn(`skipped: the digits of the reference networks, which are not at ${oracle}`);

  async function tensor(file: string, name: string): Promise<Tensor> {
    const source = await openFileSource(`${oracle}${file}`);
    const contents = await readFile(source, { names: [name] }).finally(() => source.close());
    return contents.kind === "tensors" ? contents.tensors[0].tensor : expect.fail("expected tensors");
  }

  it.skipIf(isAbsent)("gives the reference's digits bit for bit, in its split and both types", async () => {
    const { data } = await tensor("F_digit_split.npz", "permutation");
    const permutation = Int32Array.from(data, Number);
    const split = { train: permutation.subarray(0, 9000), heldOut: permutation.subarray(9000) };
    for (const [dtype, suffix] of [
      ["float32", "f32"],
      ["float64", "f64"],
    ] as const) {
      const reference = await tensor("F_rnn_small_step.npz", `inputs_${suffix}`);
      const { train, heldOut } = digitTask(digits, split, { dtype });
      expect(rowSequential(train).inputs.data.subarray(0, 6 * 784)).toEqual(reference.data);
      expect(heldOut?.inputs.shape).toEqual([1000, 28, 28]);
      const referenceLabels = await tensor("F_rnn_small_step.npz", "labels");
      expect([...train.targets.data.subarray(0, 6)]).toEqual(Array.from(referenceLabels.data, Number));
    }
  });
});
