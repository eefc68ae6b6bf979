/** Files of every format on their way to pairs: the same numbers give the same pairs, whatever file they come from. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadPairs } from "../src/cli/load-pairs.node.ts";
import { encodeNpz } from "../src/data/index.ts";
import type { PairSelection } from "../src/pairing/index.ts";
import { refusal } from "./byte-sources.ts";
import { type ExpectedTable, expectedTable } from "./fixture-files.ts";

const fixtures = resolve(import.meta.dirname, "fixtures");
const folder = mkdtempSync(join(tmpdir(), "syngeo-formats-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const nothing = { where: [], include: [], exclude: [], repeat: [], control: [] };
const days: PairSelection = { ...nothing, initial: "day0", final: "day8", cluster: "dendrite" };

/** The table of a fixture as a CSV file. */
function csvOf({ columns, rows }: ExpectedTable): string {
  const lines = Array.from({ length: rows }, (_, row) => columns.map(({ values }) => values[row]).join(","));
  return `${[columns.map(({ name }) => name).join(","), ...lines].join("\n")}\n`;
}

async function pairsOf(path: string, selection: PairSelection) {
  const { source: _, ...pairs } = (await loadPairs([path], selection)).pairs;
  return pairs;
}

describe("the same table", () => {
  it.each([
    ["parquet", "spines-zstd"],
    ["xlsx", "spines"],
  ])("gives the same pairs as %s and as CSV", async (format, name) => {
    const csv = at(`${format}.csv`);
    writeFileSync(csv, csvOf(expectedTable(name, format)));
    const pairs = await pairsOf(join(fixtures, format, `${name}.${format}`), days);
    expect(pairs).toEqual(await pairsOf(csv, days));
    expect(pairs.initial.length).toBeGreaterThan(20);
  });

  it("gives the pairs of all files of a pattern, with the file as cluster", async () => {
    const { pairs, files } = await loadPairs([join(fixtures, "parquet/spines-*.parquet")], {
      ...days,
      cluster: "file",
    });
    expect(files[0].description).toBe("parquet (7 files) table of 280 rows");
    expect(pairs.cluster?.names).toHaveLength(7);
  });

  it("gives the same pairs as vectors in one archive, where an option needs columns", async () => {
    const { columns } = expectedTable("spines-zstd", "parquet");
    const vector = (name: string, values: readonly (number | string)[]) => {
      const data = Float64Array.from(values, Number);
      return { name, tensor: { dtype: "float64", shape: [data.length], data } as const };
    };
    const numbers = columns.map(({ name, values }) =>
      vector(name, name === "dendrite" ? values.map((value) => String(value).slice(1)) : values),
    );
    writeFileSync(at("vectors.npz"), encodeNpz([...numbers, vector("other", [1, 2])]));
    const pairs = await pairsOf(at("vectors.npz"), days);
    const table = await pairsOf(join(fixtures, "parquet/spines-zstd.parquet"), days);
    expect(pairs.initial).toEqual(table.initial);
    expect(pairs.final).toEqual(table.final);
    expect(pairs.cluster?.index).toEqual(table.cluster?.index);
  });
});

describe("arrays", () => {
  it.each([
    ["hdf5/model.keras", "layers/dense/vars/0"],
    ["hdf5/compressed.h5", "gzip"],
    ["hdf5/matlab73.mat", "weights"],
    ["mat/every-type.mat", "x_int16"],
    ["zarr/version-3.zip", "layer/plain"],
    ["onnx/external.onnx", "w"],
    ["torch/state-dict.pth", "0.weight"],
  ])("of %s are paired by name", async (file, name) => {
    const path = join(fixtures, file);
    const { pairs } = await loadPairs([path], { ...nothing, initial: name, final: name });
    expect(pairs.initial.length).toBeGreaterThan(5);
    expect(pairs.initial).toEqual(pairs.final);
  });
});

it("says once what the readers of both files left out", async () => {
  const path = join(fixtures, "torch/unheld.pt");
  const { leftOut } = await loadPairs([path, path], nothing);
  expect(leftOut.map(({ name }) => name)).toEqual(["sparse", "quantised", "complex", "words"]);
});

it("refuses a sheet of a file that has none", async () => {
  writeFileSync(at("plain.csv"), "day0,day8\n1,2\n");
  const error = await refusal(
    loadPairs([at("plain.csv")], { ...nothing, sheet: "S", initial: "day0", final: "day8" }),
  );
  expect(error.code).toBe("no-sheets");
});
