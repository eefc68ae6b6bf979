/** Learning on a graphics card, which Chromium can imitate on the processor. */

import { type Browser, chromium as driver, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_WORDS, findChromium } from "../chromium.ts";
import { startVisit, type Visit } from "./visit.ts";

const chromium = findChromium();
const WORDS = [
  ...CHROMIUM_WORDS.filter((word) => word !== "--disable-gpu"),
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

const offersCard = (page: Page) =>
  page.evaluate(async () => {
    const gpu = Reflect.get(navigator, "gpu");
    return gpu !== undefined && (await gpu.requestAdapter()) !== null;
  });

/** Learns, and gives the loss that the page shows with what it has to say. */
async function learned(page: Page): Promise<{ readonly loss: number; readonly said: string }> {
  await page.getByRole("button", { name: "Start learning" }).click();
  await page.locator("[aria-busy=false] > #learned").waitFor({ timeout: 120_000 });
  const loss = await page.locator(".facts div", { hasText: "Loss" }).first().locator("dd").textContent();
  const said = await page.locator("[role=alert]").allTextContents();
  return { loss: Number(loss), said: said.join("") };
}

describe.skipIf(chromium === null)("a visitor with a graphics card", () => {
  let visit: Visit;
  let browser: Browser;
  let isOffered = false;
  const open = async (path: string) => {
    const page = await browser.newPage();
    await page.goto(`${visit.address}#/${path}`);
    await page.getByRole("button", { name: "Start learning" }).waitFor();
    return page;
  };
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
    browser = await driver.launch({ executablePath: chromium ?? "", args: WORDS });
    isOffered = await offersCard(await open("learn"));
    if (!isOffered) console.warn("SKIPPED: learning on WebGPU (this Chromium offers no adapter)");
  });
  afterAll(async () => {
    await browser.close();
    await visit.end();
  });

  it("learns with it what WebAssembly learns", async (context) => {
    if (!isOffered) context.skip();
    const losses: number[] = [];
    for (const processor of ["wasm", "webgpu"]) {
      const page = await open("learn?task=linear-regression&potential=3-norm&passes=20");
      const choice = page.getByRole("group", { name: "Computed by" });
      await choice.getByRole("radio", { name: processor === "wasm" ? "WebAssembly" : "WebGPU" }).check();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const { loss, said } = await learned(page);
      expect(said).toBe("");
      expect(asked.some((url) => url.includes("asyncify"))).toBe(processor === "webgpu");
      for (const url of asked) expect(url.startsWith(visit.address), url).toBe(true);
      losses.push(loss);
    }
    expect(losses[0]).toBeGreaterThan(0);
    // Shown to three digits.
    expect(Math.abs(losses[1] / losses[0] - 1)).toBeLessThan(0.01);
  }, 240_000);

  it("is told where a network is too wide for it, and has it learned by WebAssembly", async (context) => {
    if (!isOffered) context.skip();
    const page = await open("learn?task=mnist-rnn&passes=2&processor=webgpu");
    const { loss, said } = await learned(page);
    expect(loss).toBeGreaterThan(0);
    expect(said).toMatch(
      /^WebGPU could not do it, so WebAssembly did: the graphics card takes \d+ arrays at once, and this network has a \w+ of \d+\.$/,
    );
  }, 240_000);

  it("is offered no choice without one, and told so where the address asks for it", async () => {
    const { page } = await visit.open("learn");
    await page.getByRole("button", { name: "Start learning" }).waitFor();
    expect(await offersCard(page)).toBe(false);
    expect(await page.getByRole("group", { name: "Computed by" }).count()).toBe(0);
    const { page: asking } = await visit.open("learn?task=linear-regression&passes=2&processor=webgpu");
    expect((await learned(asking)).said).toBe(
      "WebGPU could not do it, so WebAssembly did: the browser offers no graphics card.",
    );
  }, 120_000);
});
