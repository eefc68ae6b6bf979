/** Folders of checkpoints on the command line: paired by file name, or one after the other. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz, encodeSafetensors } from "../src/data/index.ts";
import { createRandom } from "../src/random.ts";
import { zipCheckpoint } from "./checkpoints.ts";
import { expectRefusal, runCommand } from "./command.ts";

const root = mkdtempSync(join(tmpdir(), "syngeo-folders-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const matrix = (values: Float64Array, rows: number) =>
  ({ dtype: "float64", shape: [rows, values.length / rows], data: values }) as const;

/** Sizes that learn by exponentiated gradient, a step of it after each of `count` checkpoints. */
function learned(seed: number, count: number, length = 600): readonly Float64Array[] {
  const random = createRandom(seed).stream("weights");
  let weights = Float64Array.from({ length }, () => Math.exp(0.8 * random.normal()));
  return Array.from({ length: count }, () => {
    const now = weights;
    weights = weights.map((weight) => weight * Math.exp(0.1 * random.normal()));
    return now;
  });
}

beforeAll(() => {
  const [a, b] = [learned(1, 4), learned(2, 4)];
  for (const [k, epoch] of ["1", "2", "10", "11"].entries()) {
    write(`series/epoch${epoch}.npz`, encodeNpz([{ name: "w", tensor: matrix(a[k], 20) }]));
  }
  write("series/notes.md", "the learning rate was 0.1");
  for (const [folder, k] of [
    ["before", 0],
    ["after", 3],
  ] as const) {
    write(`${folder}/a.npy`, encodeNpy(matrix(a[k], 20)));
    write(`${folder}/sub/b.npz`, encodeNpz([{ name: "w", tensor: matrix(b[k], 30) }]));
    write(`${folder}/.hidden.npy`, "not read");
    write(`${folder}/README.md`, "what lies here");
  }
  write("before/only.npy", encodeNpy(matrix(a[0], 20)));
  write("after/broken.npz", "PK\u0003\u0004 cut short");
  write("after/rows.csv", "a,b\n1,2\n");
});

const json = (words: readonly string[]) => {
  const { stdout, stderr, status } = runCommand(root, [...words, "--json"]);
  expect(stderr).toBe("");
  return { status, ...JSON.parse(stdout) };
};

describe("two folders", () => {
  it("are paired by the paths of their files; what does not pair is listed with its reason", () => {
    const fit = json(["infer", "before", "after"]);
    expect(fit.groups.map(({ name, pairs }: { name: string; pairs: number }) => [name, pairs])).toEqual([
      ["a.npy", 600],
      ["sub/b.npz/w", 600],
    ]);
    expect(fit.verdict).toMatchObject({ status: "decided", potential: "negative-entropy" });
    const reasons = Object.fromEntries(
      fit.leftOut.map(({ name, reason }: { name: string; reason: string }) => [name, reason]),
    );
    expect(reasons).toMatchObject({
      "only.npy": "only in the initial file",
      "README.md": "no format that is read",
      "rows.csv": "a table; give it by itself",
      "broken.npz": expect.stringContaining('"after/broken.npz"'),
    });
    expect(reasons).not.toHaveProperty(".hidden.npy");
  });

  it("give the same answer as their files one by one", () => {
    const { exponent } = json(["infer", "before", "after", "--include", "a.npy"]);
    expect(exponent).toEqual(json(["infer", "before/a.npy", "after/a.npy"]).exponent);
  });

  it("of large files are read a block at a time, with the answer that reading them whole gives", () => {
    const [initial, final] = learned(3, 2, 600_000);
    for (const [folder, values] of [
      ["big0", initial],
      ["big1", final],
    ] as const) {
      const half = values.length / 2;
      const parts = [values.subarray(0, half), values.subarray(half)].map((part) => matrix(part, 1000));
      write(`${folder}/a.npy`, encodeNpy(parts[0]));
      write(`${folder}/b.safetensors`, encodeSafetensors([{ name: "w", tensor: parts[1] }], {}));
    }
    const streamed = json(["infer", "big0", "big1", "--threads", "2"]);
    expect(streamed.groups.map(({ name }: { name: string }) => name)).toEqual(["a.npy", "b.safetensors/w"]);
    // A checkpoint of PyTorch beside them can only be read whole.
    for (const folder of ["big0", "big1"]) write(`${folder}/c.pt`, zipCheckpoint("}", {}));
    const whole = json(["infer", "big0", "big1"]);
    expect(streamed.pairs).toEqual(whole.pairs);
    expect(streamed.verdict.status).toBe(whole.verdict.status);
    // Different samples of 100,000 pairs: SE of λ̂ is 0.003 in each.
    expect(Math.abs(streamed.exponent.estimate - whole.exponent.estimate)).toBeLessThan(0.03);
  });

  it("are refused in one sentence where nothing pairs", () => {
    mkdirSync(join(root, "empty"));
    expectRefusal(
      root,
      ["infer", "before", "empty"],
      /folder "empty": expected files of arrays in it, got no files/,
    );
    expectRefusal(root, ["infer", "before", "series"], /expected tensors of one name and shape at both ends/);
    write("one0/x.npy", encodeNpy(matrix(learned(1, 1)[0], 20)));
    write("one1/y.npy", encodeNpy(matrix(learned(2, 1)[0], 20)));
    expectRefusal(root, ["infer", "one0", "one1"], /x\.npy: only in the initial file/);
    write("texts/a.md", "words");
    expectRefusal(root, ["infer", "texts", "before"], /got a\.md \(no format that is read\); name a folder/);
  });
});

describe("--snapshots", () => {
  it("gives each step in the natural order of names, then first to last", () => {
    const { schema, steps, whole, leftOut, status } = json(["infer", "series", "--snapshots"]);
    expect(schema).toBe("syngeo.snapshots/1");
    expect(steps.map(({ initial, final }: { initial: string; final: string }) => [initial, final])).toEqual([
      ["epoch1.npz", "epoch2.npz"],
      ["epoch2.npz", "epoch10.npz"],
      ["epoch10.npz", "epoch11.npz"],
    ]);
    expect(whole).toMatchObject({ initial: "epoch1.npz", final: "epoch11.npz" });
    expect(whole.fit.verdict.potential).toBe("negative-entropy");
    expect(leftOut).toEqual([{ name: "notes.md", reason: "no format that is read" }]);
    expect(status).toBe(0);
    const pair = json(["infer", "series/epoch2.npz", "series/epoch10.npz"]);
    expect(steps[1].fit.exponent).toEqual(pair.exponent);
  });

  it("takes files in the order given, and draws the steps", () => {
    const files = ["1", "2", "10"].map((epoch) => `series/epoch${epoch}.npz`);
    const { stdout, status } = runCommand(root, ["infer", ...files, "--snapshots", "--figures", "drawn"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^step +pairs +λ +interval +verdict\nseries\/epoch1\.npz → series\/epoch2\.npz +600/,
    );
    expect(stdout).toContain("From series/epoch1.npz to series/epoch10.npz:");
    expect(readFileSync(join(root, "drawn/steps.svg"), "utf8")).toContain("Exponent λ of each step");
  });

  it("prints the steps that are done where it is stopped, and ends with 130", async () => {
    const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");
    const many = learned(4, 60, 5000);
    for (const [k, values] of many.entries()) write(`long/${k}.npy`, encodeNpy(matrix(values, 50)));
    const child = spawn(process.execPath, [main, "infer", "long", "--snapshots", "--json"], { cwd: root });
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    setTimeout(() => child.kill("SIGINT"), 2500);
    const code = await new Promise((done) => child.on("close", done));
    const { steps, whole } = JSON.parse(out);
    expect(code).toBe(130);
    expect(whole).toBe(null);
    expect(steps.length).toBeLessThan(59);
    for (const [k, { initial }] of steps.entries()) expect(initial).toBe(`${k}.npy`);
  });

  it("takes folders for checkpoints where all files lie in them", () => {
    const layers = [learned(5, 2), learned(6, 2)];
    for (const [k, epoch] of ["2", "10"].entries()) {
      for (const [layer, weights] of layers.entries())
        write(`epochs/epoch${epoch}/${layer}.npy`, encodeNpy(matrix(weights[k], 20)));
    }
    const { steps } = json(["infer", "epochs", "--snapshots"]);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ initial: "epoch2", final: "epoch10", fit: { pairs: { used: 1200 } } });
  });

  it("gives the reason in place of a step without an answer, and goes on", () => {
    const [a, b] = learned(7, 2);
    for (const [k, weights] of [a, a, b].entries()) write(`twice/${k}.npy`, encodeNpy(matrix(weights, 20)));
    const { steps, whole, status } = json(["infer", "twice", "--snapshots"]);
    expect(steps[0]).toMatchObject({ fit: null, reason: expect.stringContaining("weights that change") });
    expect(steps[1]).toMatchObject({ reason: null, fit: { pairs: { used: 600 } } });
    expect(whole.fit.pairs.used).toBe(600);
    expect(status).toBe(0);
    expectRefusal(root, ["infer", "twice/0.npy", "twice/1.npy", "--snapshots"], /weights that change/);
    expectRefusal(root, ["infer", "twice/0.npy", "twice/9.npy", "--snapshots"], /"twice\/9\.npy".*got none/);
  });

  it("refuses a single checkpoint", () => {
    write("one/a.npy", encodeNpy(matrix(learned(1, 1)[0], 20)));
    const sentence =
      /--snapshots: expected a folder of two checkpoints or more, or the files in order, got 1/;
    expectRefusal(root, ["infer", "one", "--snapshots"], sentence);
    expectRefusal(root, ["infer", "one/a.npy", "--snapshots"], sentence);
  });
});

it("inspect lists the arrays of all files of a folder", () => {
  const { stdout } = runCommand(root, ["inspect", "after"]);
  expect(stdout).toMatch(/^after: folder of 2 files, 2 arrays\n/);
  expect(stdout).toContain("sub/b.npz/w");
  expect(stdout).toContain("left out README.md: no format that is read");
});
