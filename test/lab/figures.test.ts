/** A visitor of the page Figures, in a real browser. */

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../chromium.ts";
import { runCommand } from "../command.ts";
import { downloaded } from "./same-numbers.ts";
import { startVisit, type Visit } from "./visit.ts";

const chromium = findChromium();
const shipped = resolve(import.meta.dirname, "../../src/lab/public/figures");
const read = (folder: string, name: string, file: string) => readFileSync(join(folder, name, file), "utf8");

describe.skipIf(chromium === null)("a visitor of Figures", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it("chooses a figure, sees its picture with every reference number beside ours, and takes its data home", async () => {
    const { page, complaints } = await visit.open("figures");
    const figure = page.getByRole("combobox", { name: "Figure" });
    await page.locator(".shown-figure svg").waitFor();
    const offered: readonly string[] = JSON.parse(readFileSync(join(shipped, "index.json"), "utf8"));
    expect(await figure.locator("option").allTextContents()).toEqual(offered);
    for (const name of ["robustness-quick", "dynamics-quick"]) {
      await figure.selectOption(name);
      await page
        .getByRole("link", { name: "Data as CSV" })
        .and(page.locator(`[download="${name}.csv"]`))
        .waitFor();
      await expect.poll(() => page.url()).toContain(`figure=${name}`);
      const { comparisons } = JSON.parse(read(shipped, name, "comparison.json"));
      const numbers = page.getByRole("region", { name: "Table of numbers" });
      expect(await numbers.locator("tbody tr").count()).toBe(comparisons.length);
      const [first] = comparisons;
      const row = numbers.getByRole("row", { name: first.what }).first();
      expect(await row.locator("td").allTextContents()).toEqual(
        [first.expected, first.found, first.difference, first.tolerance]
          .map((value: number) => String(Number(value.toPrecision(3))).replace("-", "−"))
          .concat(first.inside ? "yes" : "no"),
      );
      expect(await downloaded(page, "Data as CSV", "link")).toBe(read(shipped, name, "data.csv"));
      const picture = await page.locator(".shown-figure svg text").first().textContent();
      expect(read(shipped, name, "figure.svg")).toContain(picture ?? "no title");
    }
    expect(complaints).toEqual([]);
  }, 120_000);

  it("opens a link to one figure, and says of a name that is none what there is", async () => {
    const { page } = await visit.open("figures?figure=rnn-quick");
    await page.locator(".shown-figure svg").waitFor();
    expect(await page.getByRole("combobox", { name: "Figure" }).inputValue()).toBe("rnn-quick");
    const { page: other } = await visit.open("figures?figure=../secret");
    await other.getByText('"figure" cannot be "../secret"').waitFor();
  }, 60_000);

  it("shows the figures of a folder that syngeo figure made", async () => {
    const folder = mkdtempSync(join(tmpdir(), "figures-"));
    const { status } = runCommand(folder, ["figure", "dynamics", "--out", "made"]);
    expect(status).toBe(0);
    const own = await startVisit(chromium ?? "", join(folder, "made"));
    try {
      const { page } = await own.open("figures");
      await page.locator(".shown-figure svg").waitFor();
      expect(
        await page.getByRole("combobox", { name: "Figure" }).locator("option").allTextContents(),
      ).toEqual(["dynamics-quick"]);
      const numbers = JSON.parse(await downloaded(page, "Comparison as JSON", "link"));
      expect(numbers).toEqual(JSON.parse(read(join(folder, "made"), "dynamics-quick", "comparison.json")));
    } finally {
      await own.end();
    }
  }, 120_000);
});
