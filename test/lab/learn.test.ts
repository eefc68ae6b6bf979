/** A visitor of the page Learn, in a real browser. */

import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../chromium.ts";
import { startVisit, type Visit, verdictOf } from "./visit.ts";

const chromium = findChromium();
const PATIENCE = 120_000;

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const lossOf = (page: Page) => page.locator(".facts div", { hasText: "Loss" }).locator("dd").textContent();

/** Waits until the run has ended. */
const ended = (page: Page) => page.locator("[aria-busy=false] > #learned").waitFor({ timeout: PATIENCE });

/** Starts, and waits until the run is drawn. */
async function started(page: Page, name: string): Promise<void> {
  await button(page, name).click();
  await page.locator("[aria-busy=true] #figure-learning-curve").waitFor({ timeout: PATIENCE });
}

describe.skipIf(chromium === null)("a visitor of Learn", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it("fetches the runtime and the digits when learning starts, from its own server, and not before", async () => {
    const { page } = await visit.open("learn");
    await page.locator("main form").waitFor();
    const before = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => name),
    );
    expect(before.filter((url) => /\.(wasm|safetensors)$/.test(url))).toEqual([]);
    const asked: string[] = [];
    page.context().on("request", (request) => asked.push(request.url()));
    await started(page, "Start learning");
    const heavy = asked.filter((url) => /\.(wasm|safetensors)$/.test(url));
    expect(heavy).toHaveLength(2);
    for (const url of asked) expect(url.startsWith(visit.address), url).toBe(true);
  }, 240_000);

  it.each([
    ["mnist-rnn", "negative-entropy", "negative entropy"],
    ["linear-regression", "2-norm", "the 2-norm"],
    ["linear-regression", "3-norm", "the 3-norm"],
  ])(
    "trains %s in the geometry %s, hands the weights to Infer, and reads that geometry",
    async (task, potential, words) => {
      const { page, complaints } = await visit.open(`learn?task=${task}&potential=${potential}`);
      await button(page, "Start learning").click();
      await ended(page);
      for (const name of ["learning-curve", "weight-histograms", "dual-changes"])
        expect(await page.locator(`#figure-${name} svg`).count(), name).toBe(1);
      await button(page, "Which geometry was it?").click();
      await expect.poll(() => page.url()).toContain("#/infer");
      expect(await verdictOf(page)).toMatch(new RegExp(`^Decided: .*changed as under ${words}`));
      expect(complaints).toEqual([]);
    },
    240_000,
  );

  it("pauses, goes on, and ends with the loss of a run that was never paused", async () => {
    const { page } = await visit.open("learn?passes=30&examples=300");
    await started(page, "Start learning");
    await button(page, "Pause").click();
    await started(page, "Go on");
    await ended(page);
    const paused = await lossOf(page);
    await started(page, "Start anew");
    await ended(page);
    expect(await lossOf(page)).toBe(paused);
  }, 240_000);

  it("keeps its run while another page is open", async () => {
    const { page } = await visit.open("learn?examples=300");
    await started(page, "Start learning");
    await page.getByRole("link", { name: "How many synapses?" }).click();
    await page.getByRole("link", { name: "Learn", exact: true }).click();
    await button(page, "Start anew").waitFor();
    expect(await page.locator("#figure-learning-curve svg").count()).toBe(1);
  }, 240_000);

  it("sets the rate anew for another geometry, and says so in the address", async () => {
    const { page } = await visit.open("learn");
    const rate = page.getByRole("slider", { name: "Learning rate" });
    await expect.poll(() => rate.getAttribute("aria-valuetext")).toBe("0.4");
    const potential = page.getByLabel(/In the geometry/);
    await potential.fill("2-norm");
    await potential.blur();
    await expect.poll(() => rate.getAttribute("aria-valuetext")).toBe("0.02");
    await expect.poll(() => page.url()).toContain("potential=2-norm&examples=500&passes=100&rate=0.02");
  });

  it("says in a sentence that a rate is too high, and hands nothing on", async () => {
    const { page } = await visit.open("learn?task=linear-regression&potential=2-norm&rate=10");
    await button(page, "Start learning").click();
    const alert = page.locator("[role=alert]:not(.empty)");
    await alert.waitFor({ timeout: PATIENCE });
    expect(await alert.textContent()).toMatch(/expected a finite loss, got .*; lower the learning rate$/);
    expect(await button(page, "Which geometry was it?").count()).toBe(0);
  }, 240_000);
});
