import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changed,
  tinyDigits,
  tinyPerceptron,
  tinyRegression,
  tinyROfK,
} from "../../test/tiny-experiments.ts";
import { InputError } from "../errors.ts";
import { type RunCalls, readMetrics, readRecord, readTensors, runExperiment } from "./index.node.ts";
import { type Experiment, presets, type RunRecord } from "./index.ts";

const versions = { syngeo: "1.2.3", node: "v20" };
let folder = "";
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-runs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fresh = () => join(folder, `run-${++count}`);
const run = (experiment: Experiment | null, path: string, calls?: RunCalls): Promise<RunRecord> =>
  runExperiment({ folder: path, experiment, versions }, calls);
const bytes = (path: string, name: string) => readFileSync(join(path, name));
const json = (path: string) => JSON.parse(readFileSync(join(path, "run.json"), "utf8"));
const stopAfter = (steps: number): RunCalls => {
  const stop = new AbortController();
  return { signal: stop.signal, onProgress: ({ done }) => done === steps && stop.abort() };
};

/** The files that a run of the same settings is made of, but for times. */
function expectSameRun(path: string, other: string): void {
  for (const name of ["initial.safetensors", "final.safetensors", "state.safetensors"]) {
    expect(bytes(path, name).equals(bytes(other, name)), name).toBe(true);
  }
  const timeless = (text: string) => text.replace(/"seconds":[\d.e-]+/g, "");
  expect(timeless(bytes(path, "metrics.jsonl").toString())).toBe(
    timeless(bytes(other, "metrics.jsonl").toString()),
  );
  const { seconds: _, started: __, ...record } = json(path);
  const { seconds: ___, started: ____, ...wanted } = json(other);
  expect(record).toEqual(wanted);
}

/** An IDX file of bytes. */
const idx = (sizes: readonly number[], values: ArrayLike<number>) =>
  Uint8Array.from([
    0,
    0,
    8,
    sizes.length,
    ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255]),
    ...Array.from(values),
  ]);

/** The four files of digits, with these endings. */
function writeDigits(path: string, ending: string, pack = (file: Uint8Array) => file): void {
  mkdirSync(path);
  for (const [part, size] of [
    ["train", 40],
    ["t10k", 20],
  ] as const) {
    const { pixels, labels, rows, columns } = tinyDigits(size);
    const levels = Array.from(pixels, (value) => Math.round(255 * value));
    writeFileSync(
      join(path, `${part}-images${ending.replace("#", "3")}`),
      pack(idx([size, rows, columns], levels)),
    );
    writeFileSync(join(path, `${part}-labels${ending.replace("#", "1")}`), pack(idx([size], labels)));
  }
}

const ofFolder = (path: string) =>
  changed(tinyPerceptron, { task: { name: "digits", folder: path, samples: null, samplesFrom: "train" } });

describe("the folder of a run", () => {
  let path = "";
  let record: RunRecord;
  const experiment: Experiment = { ...tinyROfK, snapshots: 2 };
  beforeAll(async () => {
    path = fresh();
    record = await run(experiment, path);
  });

  it("has a record, metrics, weights before and after, the state, and snapshots", () => {
    expect(readdirSync(path).sort()).toEqual([
      "final.safetensors",
      "initial.safetensors",
      "metrics.jsonl",
      "run.json",
      "snapshots",
      "state.safetensors",
    ]);
    expect(readdirSync(join(path, "snapshots"))).toEqual(["pass-00002.safetensors"]);
  });

  it("keeps every setting, versions and results in its record", async () => {
    expect(json(path)).toEqual(JSON.parse(JSON.stringify(record)));
    expect(await readRecord(path)).toEqual(record);
    expect(record).toMatchObject({ schema: "syngeo.run/1", experiment, versions, status: "done", passes: 3 });
    expect(record.results?.loss).toBeGreaterThan(0);
    expect(record.results?.heldOutAccuracy).toBeGreaterThan(0.4);
    expect(Date.parse(record.started)).toBeLessThanOrEqual(Date.now());
    expect(record.seconds).toBeGreaterThan(0);
  });

  it("has a line of metrics a pass", async () => {
    const metrics = await readMetrics(path);
    expect(metrics.map(({ pass, steps }) => [pass, steps])).toEqual([
      [0, 4],
      [1, 8],
      [2, 12],
    ]);
    expect(bytes(path, "metrics.jsonl").toString().trim().split("\n")).toHaveLength(3);
  });

  it("holds weights under PyTorch's names, snapshots from between", async () => {
    const [initial, snapshot, final] = await Promise.all(
      ["initial", "snapshots/pass-00002", "final"].map((name) =>
        readTensors(join(path, `${name}.safetensors`)),
      ),
    );
    for (const tensors of [initial, snapshot, final]) {
      expect(Object.keys(tensors)).toEqual(["weight"]);
      expect(tensors.weight).toMatchObject({ dtype: "float32", shape: [1, 40] });
    }
    expect(initial.weight.data.every((value) => value === Math.fround(5 / 20))).toBe(true);
    expect(snapshot).not.toEqual(initial);
    expect(snapshot).not.toEqual(final);
  });

  it("is not written over", async () => {
    const before = bytes(path, "run.json");
    await expect(run(tinyROfK, path)).rejects.toThrow(
      /^--out: expected a new or empty folder, got ".*" with final\.safetensors, initial\.safetensors, metrics\.jsonl; choose another, or go on with --resume/,
    );
    expect(bytes(path, "run.json")).toEqual(before);
  });

  it("is the same for the same settings", async () => {
    const again = fresh();
    mkdirSync(again);
    await run(experiment, again);
    expectSameRun(again, path);
  });

  it("is not run again once it has ended, whatever the end", async () => {
    expect(await run(null, path)).toEqual(record);
    const lost = fresh();
    const diverged = await run(changed(tinyRegression, { learning: { learningRate: 1e30 } }), lost);
    expect(diverged.status).toBe("diverged");
    expect(await run(null, lost)).toEqual(diverged);
  });

  it("starts from the final weights of a pretrained run", async () => {
    const next = fresh();
    await run({ ...tinyROfK, pretrained: path }, next);
    expect(bytes(next, "initial.safetensors")).toEqual(bytes(path, "final.safetensors"));
    await expect(run({ ...tinyROfK, pretrained: join(folder, "none") }, fresh())).rejects.toThrow(
      /^run ".*none": expected run\.json in it, got none that can be read/,
    );
  });
});

describe("a pretrained run", () => {
  const digitsOf = (settings: object, seed = 1): Experiment =>
    changed(tinyPerceptron, {
      task: { name: "digits", heldOut: 9990, ...settings },
      learning: { passes: 1, batch: 5, learningRate: 0.01 },
      seed,
    });
  const drawn = { samples: 5, samplesFrom: "held-out" };

  it.each<[string, object, object, number, RegExp]>([
    [
      "another division",
      {},
      { ...drawn, heldOut: 9995 },
      1,
      /run's 9990 held-out digits of the package, got 9995/,
    ],
    [
      "its own samples of another seed",
      drawn,
      drawn,
      2,
      /run's 5 held-out digits of seed 1, got 5 of seed 2; some/,
    ],
    ["other digits after held-out ones", drawn, {}, 1, /run's 5 held-out digits of seed 1, got others; some/],
  ])("is refused where it has learned what is held out: %s", async (_, before, after, seed, sentence) => {
    const path = fresh();
    await run(digitsOf(before), path);
    const next = run({ ...digitsOf(after, seed), pretrained: path }, fresh());
    await expect(next).rejects.toThrow(sentence);
  });

  it("may hold out the same digits", async () => {
    const path = fresh();
    await run(digitsOf({}), path);
    const next = fresh();
    await run({ ...digitsOf(drawn, 7), pretrained: path }, next);
    expect(bytes(next, "initial.safetensors")).toEqual(bytes(path, "final.safetensors"));
    await run({ ...digitsOf(drawn, 7), pretrained: next }, fresh());
  });

  it("is refused where it did not end well", async () => {
    const lost = fresh();
    await run(changed(tinyRegression, { learning: { learningRate: 1e30 } }), lost);
    await expect(run({ ...tinyRegression, pretrained: lost }, fresh())).rejects.toThrow(
      /^--pretrained: expected a run that is done, got one that is diverged \(".*"\); lower its rate$/,
    );
    const stopped = fresh();
    await run(tinyRegression, stopped, stopAfter(2));
    await expect(run({ ...tinyRegression, pretrained: stopped }, fresh())).rejects.toThrow(
      /got one that is interrupted \(".*"\); end it with --resume /,
    );
  });
});

describe("a run that stopped", () => {
  /** Four batches a pass, the last one smaller. */
  const experiment = changed(tinyROfK, { optimiser: { momentum: 0.9 } });

  it.each([0, 1, 4, 5, 8, 10])("after %i steps goes on to the same bytes", async (steps) => {
    const [whole, parts] = [fresh(), fresh()];
    await run(experiment, whole);
    const stop = new AbortController();
    stop.abort();
    const calls = steps === 0 ? { signal: stop.signal } : stopAfter(steps);
    const first = await run(experiment, parts, calls);
    expect(first.status).toBe("interrupted");
    expect(existsSync(join(parts, "final.safetensors"))).toBe(true);
    expect((await run(null, parts)).status).toBe("done");
    expectSameRun(parts, whole);
  });

  it("may stop twice", async () => {
    const [whole, parts] = [fresh(), fresh()];
    await run(experiment, whole);
    await run(experiment, parts, stopAfter(2));
    expect((await run(null, parts, stopAfter(7))).status).toBe("interrupted");
    await run(null, parts);
    expectSameRun(parts, whole);
  });

  it("while it searched a rate goes on to the same bytes", async () => {
    const searching = changed(tinyRegression, { learning: { learningRate: { search: [1e-4, 1e-3] } } });
    const [whole, parts] = [fresh(), fresh()];
    await run(searching, whole);
    const first = await run(searching, parts, stopAfter(2));
    expect(first).toMatchObject({ status: "interrupted", position: null, learningRate: null });
    await run(null, parts);
    expectSameRun(parts, whole);
  });

  it("because it was killed goes on from where it was last saved, and its metrics with it", async () => {
    const [whole, killed] = [fresh(), fresh()];
    await run(experiment, whole);
    // What is on disk within the third pass is what a kill would leave.
    let kept = false;
    await run(experiment, fresh(), {
      onProgress: ({ done }) => {
        if (done !== 9 || kept) return;
        kept = true;
        cpSync(join(folder, `run-${count}`), killed, { recursive: true });
      },
    });
    expect(json(killed)).toMatchObject({ status: "running", position: { pass: 1, batches: 0 } });
    expect(await readMetrics(killed)).toHaveLength(2);
    expect((await run(null, killed)).status).toBe("done");
    expectSameRun(killed, whole);
  });
});

describe("what does not fit leaves no folder behind", () => {
  const rows: readonly [string, Experiment][] = [
    ["a potential", changed(tinyRegression, { geometry: { potential: "entrop" } })],
    ["a domain", changed(tinyRegression, { geometry: { potential: "logit:1" } })],
    ["a glob", changed(tinyRegression, { geometry: { parameters: [{ glob: "x", potential: "2-norm" }] } })],
    ["a size", changed(tinyROfK, { task: { name: "r-of-k", relevant: 50 } })],
    ["a folder of digits", ofFolder("none")],
    ["a pretrained run", { ...tinyROfK, pretrained: "none" }],
  ];
  it.each(rows)("%s", async (_, experiment) => {
    const path = fresh();
    await expect(run(experiment, path)).rejects.toBeInstanceOf(InputError);
    expect(existsSync(path)).toBe(false);
  });

  it("says so where the folder cannot be made", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(run(tinyROfK, file)).rejects.toThrow(
      /^train: expected to write ".*file", got ENOTDIR; choose/,
    );
    await expect(run(tinyROfK, join(file, "run"))).rejects.toThrow(/got ENOTDIR; choose/);
  });

  it("says so where a folder to go on with holds no run", async () => {
    const path = fresh();
    mkdirSync(path);
    await expect(run(null, path)).rejects.toThrow(/expected run\.json in it, got none that can be read/);
    writeFileSync(join(path, "run.json"), "{");
    await expect(run(null, path)).rejects.toThrow(/got text that is not JSON/);
    writeFileSync(join(path, "run.json"), '{"schema":"syngeo.run/2"}');
    await expect(run(null, path)).rejects.toThrow(
      /expected a run of the schema syngeo\.run\/1, got "syngeo\.run\/2"/,
    );
  });
});

describe("digits from a folder", () => {
  it("are the same as published, unpacked, and in the other spelling", async () => {
    const endings: readonly [string, string, (file: Uint8Array) => Uint8Array][] = [
      ["published", "-idx#-ubyte.gz", (file) => gzipSync(file)],
      ["unpacked", "-idx#-ubyte", (file) => file],
      ["spelt", ".idx#-ubyte", (file) => file],
    ];
    const finals: Buffer[] = [];
    for (const [name, ending, pack] of endings) {
      const files = join(folder, name);
      writeDigits(files, ending, pack);
      const path = fresh();
      const { results } = await run(ofFolder(files), path);
      expect((20 * Number(results?.heldOutAccuracy)) % 1).toBeCloseTo(0, 9); // rounding of a product
      finals.push(bytes(path, "final.safetensors"));
    }
    expect(finals[1]).toEqual(finals[0]);
    expect(finals[2]).toEqual(finals[0]);
  });

  it("are refused by the name of a file that is missing", async () => {
    const files = join(folder, "three");
    writeDigits(files, "-idx#-ubyte");
    rmSync(join(files, "t10k-labels-idx1-ubyte"));
    await expect(run(ofFolder(files), fresh())).rejects.toThrow(
      `digits: expected t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz in "${files}", got neither; give`,
    );
    await expect(run(ofFolder(join(folder, "no")), fresh())).rejects.toThrow(
      /^digits: expected a folder with the four MNIST files, got none that can be read at ".*no"; give/,
    );
  });

  it("come from the package mnist without one", async () => {
    const { experiment } = presets["mnist-mlp"];
    const small = changed(experiment, {
      task: { name: "digits", samples: 50 },
      model: { name: "mlp", hidden: [4] },
      learning: { passes: 1, batch: 50 },
    });
    const { status, results } = await run(small, fresh());
    expect(status).toBe("done");
    expect((1000 * Number(results?.heldOutAccuracy)) % 1).toBeCloseTo(0, 6); // rounding of a product
  });
});

/** The thread is a file of the built package, as its users have it. */
describe("startRun", () => {
  const package_ = resolve(import.meta.dirname, "../..");
  const script = (body: string) =>
    spawnSync(process.execPath, ["--input-type=module", "-e", body], { cwd: package_, encoding: "utf8" });
  const request = (path: string, experiment: Experiment | null) =>
    JSON.stringify({ folder: path, experiment, versions });

  it("gives the bytes of runExperiment from a thread, with progress, and leaves the caller responsive", async () => {
    const [here, there] = [fresh(), fresh()];
    const experiment = changed(tinyPerceptron, {
      task: { name: "digits", folder: join(folder, "unpacked") },
      learning: { passes: 300 },
    });
    await run(experiment, here);
    const { stdout, stderr } = script(`
      import { startRun } from "syngeo/experiment/node";
      let [ticks, events, last] = [0, 0, null];
      const clock = setInterval(() => ticks++, 1);
      const record = await startRun(${request(there, experiment)}, {
        onProgress: (event) => { events++; last = event; },
      });
      clearInterval(clock);
      console.log(JSON.stringify({ ticks, events, last, status: record.status }));
    `);
    expect(stderr).toBe("");
    const { ticks, events, last, status } = JSON.parse(stdout);
    expect(status).toBe("done");
    expect(ticks).toBeGreaterThan(10);
    expect(last).toMatchObject({ done: 900, total: 900 });
    // Messages are for people: not one for each of the 900 steps.
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(900);
    expectSameRun(there, here);
  });

  it("saves where it is aborted, refuses with errors of our kind, and goes on", () => {
    const path = fresh();
    const experiment = changed(tinyPerceptron, {
      task: { name: "digits", folder: join(folder, "unpacked") },
      learning: { passes: 100_000 },
    });
    const { stdout, stderr } = script(`
      import { startRun, readRecord } from "syngeo/experiment/node";
      const stop = new AbortController();
      const first = await startRun(${request(path, experiment)}, {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      const again = await startRun(${request(path, null)}, { signal: AbortSignal.abort() });
      const refused = await startRun(${request(path, experiment)}).catch((error) => error);
      console.log(JSON.stringify({
        statuses: [first.status, again.status, (await readRecord(${JSON.stringify(path)})).status],
        refused: [refused.name, refused.code, refused.message],
      }));
    `);
    expect(stderr).toBe("");
    const { statuses, refused } = JSON.parse(stdout);
    expect(statuses).toEqual(["interrupted", "interrupted", "interrupted"]);
    expect(refused.slice(0, 2)).toEqual(["InputError", "not-empty"]);
    expect(refused[2]).toMatch(/^--out: expected a new or empty folder, got /);
  });
});
