/** Every page of the lab under the rules of axe for WCAG 2.2 AA, in both themes, at the width of a phone and of a desk. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pages } from "../../src/lab/pages.ts";
import { findChromium } from "../chromium.ts";
import { startVisit, type Visit, verdictOf } from "./visit.ts";

const chromium = findChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds wrong, a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations }: AxeResults = await page.evaluate(
    (values) => Reflect.get(globalThis, "axe").run({ runOnly: { type: "tag", values } }),
    RULES,
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help} (${html})`));
}

const places = [
  ...pages.map(({ path }) => path),
  "infer?example=digits-2-norm",
  "infer?example=spines-simulated&control=none&initial=day0&final=day8",
];
const looks = (["light", "dark"] as const).flatMap((theme) => [390, 1920].map((width) => ({ theme, width })));

describe.skipIf(chromium === null)("the lab", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it.each(places)(
    "keeps WCAG 2.2 AA at #/%s, and is no wider than its window",
    async (path) => {
      for (const { theme, width } of looks) {
        const { page, complaints } = await visit.open(path, {
          colorScheme: theme,
          viewport: { width, height: 900 },
        });
        if (path.includes("example=")) await verdictOf(page);
        else await page.locator("main form, main .file-drop").first().waitFor();
        expect(await violations(page), `${theme} ${width}`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width}`).toBe(width);
        expect(complaints).toEqual([]);
        await page.context().close();
      }
    },
    240_000,
  );
});
