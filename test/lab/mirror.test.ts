/** A visitor of the page Mirror descent, in a real browser. */

import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../chromium.ts";
import { startVisit, type Visit } from "./visit.ts";

const chromium = findChromium();

/** The places of a path in the k-th picture, in its own pixels. */
async function pathIn(page: Page, k: number, potential: string): Promise<readonly (readonly number[])[]> {
  const line = page.locator(".plane").nth(k).locator(`polyline[data-potential="${potential}"]`);
  const points = (await line.getAttribute("points")) ?? "";
  return points
    .split(" ")
    .filter((text) => text !== "")
    .map((text) => text.split(",").map(Number));
}

/** The largest distance of a path from the line between its ends, in pixels. */
function bend(path: readonly (readonly number[])[]): number {
  const [[x0, y0], [x1, y1]] = [path[0], path[path.length - 1]];
  const length = Math.hypot(x1 - x0, y1 - y0);
  return Math.max(...path.map(([x, y]) => Math.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length));
}

describe.skipIf(chromium === null)("a visitor of Mirror descent", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it("drags the start and sees gradient descent go straight in one picture, exponentiated gradient in the other", async () => {
    const { page, complaints } = await visit.open("mirror-descent");
    await page.locator("polyline").first().waitFor();
    const before = await pathIn(page, 0, "2-norm");
    const handle = await page.locator(".plane").first().locator(".handle").boundingBox();
    if (handle === null) expect.fail("no start to drag");
    const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 60, y + 10, { steps: 5 });
    await page.mouse.up();
    expect(await pathIn(page, 0, "2-norm")).not.toEqual(before);
    // Places are rounded to a tenth of a pixel.
    expect(bend(await pathIn(page, 0, "2-norm"))).toBeLessThan(0.3);
    expect(bend(await pathIn(page, 1, "negative-entropy"))).toBeLessThan(0.3);
    expect(bend(await pathIn(page, 0, "negative-entropy"))).toBeGreaterThan(3);
    expect(bend(await pathIn(page, 1, "2-norm"))).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  it("moves the start by keys, steps, plays, and finds the same view behind the link", async () => {
    const { page } = await visit.open("mirror-descent?step=0");
    const handle = page.locator(".plane").first().locator(".handle");
    await handle.focus();
    const before = await handle.getAttribute("aria-valuetext");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => handle.getAttribute("aria-valuetext")).not.toBe(before);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.getByText("Step 1", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(500);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Bregman balls").check();
    await expect.poll(() => page.locator("polygon").count()).toBe(6);
    await page.waitForFunction(() => location.hash.includes("balls=yes"));
    const again = await visit.open((await page.evaluate(() => location.hash)).replace("#/", ""));
    const own = await pathIn(page, 1, "3-norm");
    await expect.poll(() => pathIn(again.page, 1, "3-norm")).toEqual(own);
    await expect.poll(() => again.page.locator("polygon").count()).toBe(6);
  });

  it("shows what the address had wrong instead of guessing", async () => {
    const { page } = await visit.open("mirror-descent?rate=fast&colour=red");
    expect(await page.locator(".note").textContent()).toBe(
      'Left out of the address: "colour" is not a setting here; "rate" cannot be "fast".',
    );
  });
});
