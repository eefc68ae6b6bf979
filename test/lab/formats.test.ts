/** The formats that are read in the browser: one fixture of each, dropped on the page under its policy. */

import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource, inspectFile } from "../../src/data/index.ts";
import { findChromium } from "../chromium.ts";
import { drop, startVisit, type Visit } from "./visit.ts";

const chromium = findChromium();
const fixtures = resolve(import.meta.dirname, "../fixtures");
const FILES = [
  "onnx/raw.onnx",
  "safetensors/every-type.safetensors",
  "parquet/spines-zstd.parquet",
  "parquet/spines-brotli.parquet",
  "hdf5/compressed.h5",
  "hdf5/matlab73.mat",
  "hdf5/model.keras",
  "mat/every-type-compressed.mat",
  "xlsx/spines.xlsx",
  "torch/checkpoint.pt",
  "npy/savez-compressed.npz",
];

/** What the page lets choose from: arrays or columns, by name. */
async function namesInNode(path: string): Promise<readonly string[]> {
  const found = await inspectFile(bytesSource(basename(path), readFileSync(path)));
  return (found.kind === "table" ? found.columns : found.tensors).map(({ name }) => name);
}

async function sheetInNode(bytes: Uint8Array, sheet: string) {
  const found = await inspectFile(bytesSource("spines.xlsx", bytes), { sheet });
  if (found.kind !== "table") throw new Error("a sheet is a table");
  return found;
}

describe.skipIf(chromium === null)("a file dropped on Infer", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it.each(FILES)("offers the names that are read in Node: %s", async (file) => {
    const path = join(fixtures, file);
    const { page, complaints } = await visit.open("infer");
    await drop(page, [{ name: basename(file), bytes: readFileSync(path) }]);
    await page.locator(".facts.narrow").waitFor();
    const offered = await page
      .getByLabel(/^Final weights/)
      .locator("option")
      .allTextContents();
    const names = await namesInNode(path);
    expect(offered.length).toBeGreaterThan(1);
    for (const name of offered.slice(1)) expect(names).toContain(name);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("offers the other sheets of a workbook, and the columns of the one that is chosen", async () => {
    const { page } = await visit.open("infer");
    const bytes = readFileSync(join(fixtures, "xlsx/spines.xlsx"));
    await drop(page, [{ name: "spines.xlsx", bytes }]);
    const ends = page.getByLabel(/^Final weights/).locator("option");
    await ends.first().waitFor({ state: "attached" });
    const first = await ends.allTextContents();
    const { columns } = await sheetInNode(bytes, "Notes & more");
    await page.getByLabel("Sheet").selectOption("Notes & more");
    const numbers = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
    await expect.poll(() => ends.allTextContents()).toEqual(["–", ...numbers]);
    await page.getByLabel("Sheet").selectOption("");
    await expect.poll(() => ends.allTextContents()).toEqual(first);
  });
});
