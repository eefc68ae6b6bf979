/** What the page Infer says beside what the command says that it shows. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright";
import { expect } from "vitest";
import { runCommand } from "../command.ts";

/** A download of the page, as text. */
export async function downloaded(
  page: Page,
  name: string,
  role: "button" | "link" = "button",
): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole(role, { name }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}

/** The words of the command that the page shows, with numbers for a reader in place of a terminal's. */
export async function wordsOfCommand(page: Page): Promise<string[]> {
  const shown = (await page.locator("pre").textContent()) ?? "";
  const words = shown.replaceAll("\\\n", " ").match(/'[^']*'|\S+/g) ?? [];
  return [...words.slice(1).map((word) => word.replace(/^'|'$/g, "")), "--json"];
}

/** From second differences of a likelihood, which cost five of the digits that two versions of an engine agree in. */
const DIFFERENCED = /^fit\.control\.selectivity\.(low|high)$/;

/** Every number of both is the same to 1e-9 (1e-8 for DIFFERENCED) of its size, or of 1 where it is smaller; all else is equal. */
export function expectSameNumbers(found: unknown, expected: unknown, place = "fit"): void {
  if (typeof expected === "number" && typeof found === "number") {
    const bound = (DIFFERENCED.test(place) ? 1e-8 : 1e-9) * Math.max(1, Math.abs(expected));
    expect(Math.abs(found - expected), place).toBeLessThanOrEqual(bound);
  } else if (expected !== null && typeof expected === "object") {
    expect(Object.keys(Object(found)), place).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected))
      expectSameNumbers(Reflect.get(Object(found), key), value, `${place}.${key}`);
  } else expect(found, place).toBe(expected);
}

/** The numbers of the page, which are those of the command that it shows, run in a folder with the same files. */
export async function numbersAsInTerminal(page: Page, folder: string): Promise<Record<string, never>> {
  const words = await wordsOfCommand(page);
  const { stdout, stderr } = runCommand(folder, words);
  expect(stderr, words.join(" ")).toBe("");
  const found = JSON.parse(await downloaded(page, "All numbers (JSON)"));
  expectSameNumbers(found, JSON.parse(stdout));
  return found;
}
