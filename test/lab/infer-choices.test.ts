/** A visitor of Infer who chooses what the flags of the command line choose: the command shown has every choice, and its numbers. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpz } from "../../src/data/index.ts";
import { createRandom } from "../../src/random.ts";
import { findChromium } from "../chromium.ts";
import { numbersAsInTerminal, wordsOfCommand } from "./same-numbers.ts";
import { dropPaths, startVisit, type Visit, verdictOf } from "./visit.ts";

const chromium = findChromium();
const root = mkdtempSync(join(tmpdir(), "syngeo-visit-"));
afterAll(() => rmSync(root, { recursive: true }));

const PATIENCE = { timeout: 60_000 };

async function add(page: Page, label: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await page.getByLabel(label).fill(text);
    await page.getByLabel(label).press("Enter");
  }
}

const check = (page: Page, group: string | RegExp, name: string) =>
  page.getByRole("group", { name: group }).getByRole("checkbox", { name, exact: true }).check();

/** Waits until the command has these words. */
async function shown(page: Page, words: readonly string[]): Promise<void> {
  await expect.poll(() => wordsOfCommand(page), PATIENCE).toEqual(expect.arrayContaining([...words]));
  await verdictOf(page);
}

/** Spines at three days and once more on the first, of two types, sham or trained, on cells of different brightness. */
function longTable(): string {
  const random = createRandom(11);
  const lines = Array.from({ length: 800 }, (_, spine) => {
    const cell = spine % 8;
    const group = spine % 4 === 0 ? "sham" : "trained";
    const row = (day: string, size: number) =>
      `${spine},${cell},${spine % 3 === 0 ? "basal" : "apical"},${group},${day},${size * (1 + cell)}`;
    const first = Math.exp(0.7 * random.normal());
    const again = first * Math.exp(0.05 * random.normal());
    const last = again * Math.exp((group === "sham" ? 0.05 : 0.3) * random.normal());
    return [row("0", first), row("1", again), row("8", last)].join("\n");
  });
  return `spine,cell,type,group,day,volume\n${lines.join("\n")}\n`;
}

describe.skipIf(chromium === null)("a visitor who chooses", () => {
  let visit: Visit;
  beforeAll(async () => {
    writeFileSync(join(root, "long.csv"), longTable());
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it("several conditions, sizes over a baseline, two columns of clusters and a control of rows", async () => {
    const { page, complaints } = await visit.open("infer");
    await dropPaths(page, [join(root, "long.csv")]);
    await verdictOf(page);
    await add(page, "Only rows where", ["type=apical", "group=trained"]);
    await check(page, "Sizes over the baseline of each", "cell");
    await check(page, /^Clusters/, "type");
    await page.getByRole("radio", { name: "rows", exact: true }).check();
    await page.getByRole("button", { name: "Remove group=sham" }).waitFor({ state: "detached" });
    await add(page, "Rows of the control", ["group=sham"]);
    const words = ["--where", "type=apical", "group=trained", "--normalise-by", "--control", "group=sham"];
    await shown(page, [...words, "--cluster", "cell,type"]);
    const fit = await numbersAsInTerminal(page, root);
    expect(fit.control).not.toBeNull();
    expect(complaints).toEqual([]);
    const again = await visit.open((await page.evaluate(() => location.hash)).replace("#/", ""));
    await dropPaths(again.page, [join(root, "long.csv")]);
    await shown(again.page, words);
    expect(await wordsOfCommand(again.page)).toEqual(await wordsOfCommand(page));
  }, 240_000);

  it("two times with nothing between them as readings, and the number of resamples", async () => {
    const { page } = await visit.open("infer");
    await dropPaths(page, [join(root, "long.csv")]);
    await verdictOf(page);
    await page.getByRole("radio", { name: "read twice" }).check();
    await page.getByLabel("First reading").selectOption("0");
    await page.getByLabel("Second reading").selectOption("1");
    await page.getByText("More", { exact: true }).click();
    await page.getByLabel("Resamples of clusters").fill("250");
    await shown(page, ["--repeat", "0", "1", "--resamples", "250"]);
    const fit = await numbersAsInTerminal(page, root);
    expect(fit.noise).not.toBeNull();
  }, 240_000);

  it("vectors of a file of arrays as the columns of a table", async () => {
    const random = createRandom(12);
    const count = 600;
    const initial = Float64Array.from({ length: count }, () => Math.exp(0.8 * random.normal()));
    const vector = (data: Float64Array) => ({ dtype: "float64", shape: [data.length], data }) as const;
    const arrays = [
      { name: "initial", tensor: vector(initial) },
      { name: "final", tensor: vector(initial.map((size) => size * Math.exp(0.2 * random.normal()))) },
      { name: "dendrite", tensor: vector(initial.map((_, k) => k % 30)) },
      { name: "type", tensor: vector(initial.map((_, k) => k % 2)) },
      { name: "other", tensor: vector(Float64Array.of(1, 2, 3)) },
    ];
    writeFileSync(join(root, "vectors.npz"), encodeNpz(arrays));
    const { page } = await visit.open("infer");
    await dropPaths(page, [join(root, "vectors.npz")]);
    await verdictOf(page);
    await page.getByLabel(/^Final weights/).selectOption("final");
    await check(page, /^Clusters/, "dendrite");
    expect(
      await page
        .getByRole("group", { name: /^Clusters/ })
        .getByText("other")
        .count(),
    ).toBe(0);
    await add(page, "Only rows where", ["type=1"]);
    await shown(page, ["--cluster", "dendrite", "--where", "type=1"]);
    const fit = await numbersAsInTerminal(page, root);
    expect(Reflect.get(fit.clusters, "count")).toBe(15);
  }, 240_000);
});
