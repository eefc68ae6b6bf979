/** Tables in Parquet read a page at a time, in one thread and several: the same answers as read whole. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BLOCKS_MODULE, openReaders } from "../src/data/index.node.ts";
import { bytesSource, numberColumn, openBlocks, readFile } from "../src/data/index.ts";
import { workerLanes } from "../src/inference/index.node.ts";
import { type GeometryFit, infer, inferBlocks, pairWeights } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import { fixtureBytes, fixtureNames } from "./fixture-files.ts";
import { type ParquetColumnData, type ParquetOptions, writeParquet } from "./parquet-tables.ts";

const ROWS = 150_000;
let folder = "";
const at = (name: string) => join(folder, name);

/** Sizes of synapses before and after, some of them absent, not numbers, negative or missing. */
function sizes(rows: number): { readonly initial: (number | null)[]; readonly final: (number | null)[] } {
  const random = createRandom(3);
  const initial: (number | null)[] = [];
  const final: (number | null)[] = [];
  for (let row = 0; row < rows; row++) {
    const before = (random.uniform() < 0.1 ? -0.5 : 0.5) * Math.exp(0.8 * random.normal());
    const after = before * Math.exp(0.3 * random.normal());
    const kind = random.integer(100);
    initial.push(kind === 0 ? 0 : kind === 1 ? null : before);
    final.push(kind === 2 ? Number.NaN : kind === 3 ? null : kind === 4 ? before : after);
  }
  return { initial, final };
}

const dense = (values: readonly (number | null)[]) =>
  Float32Array.from(values, (value) => value ?? Number.NaN);

/** The columns of a table by the type of the weights. */
const KINDS = {
  "float32 without missing values": () => {
    const { initial, final } = sizes(ROWS);
    return [
      { name: "a", type: "FLOAT", data: dense(initial) },
      { name: "b", type: "FLOAT", data: dense(final) },
    ];
  },
  "float64 with missing values": () => {
    const { initial, final } = sizes(ROWS);
    return [
      { name: "a", type: "DOUBLE", data: initial },
      { name: "b", type: "DOUBLE", data: final },
    ];
  },
  // Few values, which are written as indices into a dictionary.
  "integers beside float32": () => {
    const { initial, final } = sizes(ROWS);
    const whole = (value: number | null) => value && Math.round(value * 10);
    return [
      { name: "a", type: "INT32", data: initial.map(whole) },
      { name: "note", type: "BYTE_ARRAY", data: initial.map((_, row) => `synapse ${row % 50}`) },
      { name: "b", type: "FLOAT", data: final.map((value) => value && Math.fround(value * 10)) },
    ];
  },
} satisfies Record<string, () => ParquetColumnData[]>;
type Kind = keyof typeof KINDS;

const LAYOUTS: readonly (readonly [name: string, options: ParquetOptions])[] = [
  ["small groups", { rowGroupSize: [777, 1000, 3001] }],
  ["groups of a block, Snappy", { rowGroupSize: 65_536, codec: "SNAPPY" }],
  ["one group in small pages, gzip", { rowGroupSize: ROWS, pageSize: 10_000, codec: "GZIP" }],
];

const cases = (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
  LAYOUTS.map(([layout, options]) => ({ kind, layout, options, path: `${kind}, ${layout}.parquet` })),
);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "syngeo-tables-"));
  for (const { kind, options, path } of cases) writeParquet(at(path), [KINDS[kind]()], options);
});

afterAll(() => rmSync(folder, { recursive: true }));

const fits = new Map<Kind, GeometryFit>();

/** The fit of a table that was read whole. */
async function wholeFit(kind: Kind): Promise<GeometryFit> {
  const path = cases.find((each) => each.kind === kind)?.path ?? "";
  const contents = await readFile(bytesSource(path, new Uint8Array(readFileSync(at(path)))));
  if (contents.kind !== "table") throw new Error(`${path}: expected a table`);
  const ends = ["a", "b"].map((name) => numberColumn(contents.table, name));
  const fit =
    fits.get(kind) ?? infer(pairWeights(ends[0], ends[1], { source: "table" }), { random: createRandom(1) });
  fits.set(kind, fit);
  return fit;
}

async function streamed(path: string, threads: number, blockPairs: number): Promise<GeometryFit> {
  const settings = { initial: [{ path, names: ["a"] }], final: [{ path, names: ["b"] }] };
  const [first, last] = [await openReaders(settings.initial), await openReaders(settings.final)];
  const parts = [{ name: "a and b", initial: first.readers[0], final: last.readers[0] }];
  const blocks = {
    source: "table",
    parts,
    reopening: { module: BLOCKS_MODULE, ...settings },
  };
  return inferBlocks(blocks, {
    random: createRandom(1),
    openLanes: workerLanes({ threads }),
    blockPairs,
  }).finally(async () => {
    await first.close();
    await last.close();
  });
}

describe("tables in Parquet read a page at a time", () => {
  it.each(cases)(
    "$path: the exponent of the whole table bit for bit, ΔCDF to one weight's cell",
    async ({ kind, path }) => {
      const { potentials: wholeScores, ...whole } = await wholeFit(kind);
      expect(whole.pairs.used).toBeLessThan(ROWS);
      for (const [threads, blockPairs] of [
        [1, 65_536],
        [2, 65_536],
        [1, 262_144],
      ]) {
        const { potentials, ...rest } = await streamed(at(path), threads, blockPairs);
        expect(rest).toEqual(whole);
        // A weight that rounding moves across a point of the grid changes ΔCDF by 0.01/n.
        for (const [k, { deltaCdf }] of potentials.entries()) {
          const own = wholeScores[k].deltaCdf;
          if (own === null || deltaCdf === null) expect(deltaCdf).toBe(own);
          else expect(Math.abs(deltaCdf - own)).toBeLessThan(0.05 / whole.pairs.used);
        }
      }
    },
  );

  it.each(fixtureNames(".parquet", "parquet"))(
    "%s in pieces has the numbers that it has as a whole",
    async (name) => {
      const source = bytesSource(`${name}.parquet`, fixtureBytes(`${name}.parquet`, "parquet"));
      const file = await openBlocks(source);
      const contents = await readFile(source);
      if (file === null || contents.kind !== "table") throw new Error(`${name}: expected a table`);
      expect(file.leftOut).toEqual(contents.leftOut ?? []);
      expect(file.tensors.map((column) => column.name)).toEqual(
        contents.table.columns.map((column) => column.name),
      );
      let compared = 0;
      for (const [k, column] of file.tensors.entries()) {
        const whole = contents.table.columns[k];
        if (column.obstacle === "text") expect(whole.kind).toBe("text");
        else if (whole.kind === "text")
          await expect(column.read(0, column.count)).rejects.toThrow("more digits");
        else {
          const pieces: number[] = [];
          for (let start = 0; start < column.count; start += 7) {
            pieces.push(...(await column.read(start, Math.min(column.count, start + 7))));
          }
          expect(pieces).toEqual(Array.from(whole.values));
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(0);
    },
  );

  it("says where pages are too long to hold", async () => {
    const rows = 2 ** 21 + 8;
    const data = Float32Array.from({ length: rows }, (_, row) => row % 3);
    writeParquet(at("long-pages.parquet"), [[{ name: "a", type: "FLOAT", data }]], {
      rowGroupSize: rows,
      pageSize: 2 ** 30,
    });
    const bytes = new Uint8Array(readFileSync(at("long-pages.parquet")));
    const file = await openBlocks(bytesSource("long-pages.parquet", bytes));
    expect(file?.tensors[0].obstacle).toBe(`pages of ${rows} values`);
  });
});

describe("syngeo infer on a large table", () => {
  const rows = 1_100_000;
  const main = resolve(import.meta.dirname, "../dist/cli/main.node.js");
  const syngeo = (...words: string[]) =>
    spawnSync(process.execPath, [main, "infer", ...words], { encoding: "utf8", cwd: folder, maxBuffer: 1e8 });
  const { initial, final } = sizes(rows);
  const [a, b] = [dense(initial), dense(final)];

  beforeAll(() => {
    const column = (name: string, data: Float32Array): ParquetColumnData => ({ name, type: "FLOAT", data });
    writeParquet(at("large.parquet"), [[column("a", a), column("b", b)]], { rowGroupSize: 300_000 });
    writeParquet(at("before.parquet"), [[column("size", a)]], { codec: "SNAPPY" });
    writeParquet(at("after.parquet"), [[column("size", b)]], { codec: "SNAPPY" });
    writeParquet(at("short.parquet"), [[column("size", b.subarray(5))]], {});
    const texts = Array.from(a, (value) => (Number.isNaN(value) ? null : String(value)));
    writeParquet(at("text.parquet"), [[{ name: "a", type: "BYTE_ARRAY", data: texts }, column("b", b)]], {});
  });

  it.each([
    ["two columns", ["large.parquet", "--initial", "a", "--final", "b"], 'table "large.parquet"'],
    ["two tables", ["before.parquet", "after.parquet"], 'table "before.parquet" and table "after.parquet"'],
  ])("prints the numbers of %s in memory, whatever the number of threads", (_, words, source) => {
    const found = ["1", "2"].map((threads) => syngeo(...words, "--json", "--threads", threads));
    expect(found.map(({ stderr }) => stderr)).toEqual(["", ""]);
    const [one, two] = found.map(({ stdout }) => JSON.parse(stdout));
    expect(two).toEqual(one);
    const whole = infer(pairWeights(a, b, { source }), { random: createRandom(1), seed: 1 });
    expect(one.exponent).toEqual(whole.exponent);
    expect(one.pairs).toEqual(whole.pairs);
    expect(one.verdict).toEqual(whole.verdict);
  });

  it("says that it reads text whole, with the same numbers", () => {
    const { stdout, stderr } = syngeo("text.parquet", "--initial", "a", "--final", "b", "--json");
    expect(stderr).toBe(
      'syngeo: table "text.parquet": read whole into memory, because "a" is stored as text\n',
    );
    expect(JSON.parse(stdout).pairs.total).toBe(rows);
  });

  it.each([
    [["large.parquet", "--initial", "a", "--final", "c"], 'expected the name of a column, got "c"'],
    [["before.parquet", "short.parquet"], `expected two tables of as many rows, got ${rows} and ${rows - 5}`],
    [
      ["large.parquet", "--initial", "a", "--final", "b", "--include", "x"],
      "--include: expected no such option",
    ],
  ])("refuses %j with one sentence", (words, sentence) => {
    const { status, stderr } = syngeo(...words);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
  });
});
