/**
 * How fast the lab is, in a real browser on this machine.
 *
 *     npm run bench-lab [-- --pairs 10000000]
 *
 * Prints what a first visit loads (bytes as sent, compressed), when the page can be used (its form is there and the main
 * thread was quiet since), of ten million pairs dropped on Infer the seconds to the verdict and the longest task of the main
 * thread until all figures are drawn, and the longest while a network learns. Where other processes share the cores, all of it takes longer.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { encodeNpy } from "../src/data/index.ts";
import { pages } from "../src/lab/pages.ts";
import { createRandom } from "../src/random.ts";
import { findChromium } from "../test/chromium.ts";
import { startVisit, type Visit, verdictOf } from "../test/lab/visit.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "10000000" } } });
const pairs = Number(values.pairs);
const LIMITS = { kilobytes: 500, interactive: 1, verdict: 5, task: 200 } as const;

const row = (name: string, value: string, limit: string) =>
  console.log(`${name.padEnd(44)} ${value.padStart(12)}   (wanted: ${limit})`);

/** Bytes as sent and the time to a form that answers, of a first visit. */
async function firstLoad({ browser, address }: Visit, path: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${address}#/${path}`);
  await page.locator("main form, main .file-drop").first().waitFor();
  const { bytes, ready } = await page.evaluate(async () => {
    const ready = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const entries = performance.getEntries();
    const bytes = entries.reduce((sum, entry) => sum + (Number(Reflect.get(entry, "transferSize")) || 0), 0);
    return { bytes, ready };
  });
  row(`#/${path}: first load`, `${(bytes / 1000).toFixed(0)} kB`, `< ${LIMITS.kilobytes} kB`);
  row(`#/${path}: form there`, `${(ready / 1000).toFixed(2)} s`, `< ${LIMITS.interactive} s`);
  await context.close();
}

function writePairs(folder: string): string[] {
  const random = createRandom(1);
  const [initial, final] = [new Float32Array(pairs), new Float32Array(pairs)];
  for (let i = 0; i < pairs; i++) {
    initial[i] = Math.exp(0.83 * random.normal());
    final[i] = initial[i] * Math.exp(0.2 * random.normal());
  }
  return [initial, final].map((data, end) => {
    const path = join(folder, `${end === 0 ? "initial" : "final"}.npy`);
    writeFileSync(path, encodeNpy({ dtype: "float32", shape: [pairs], data }));
    return path;
  });
}

/** Begins to note the long tasks of the main thread. */
const watchTasks = (page: Page) =>
  page.evaluate(() => {
    const tasks: number[] = [];
    Reflect.set(globalThis, "tasks", tasks);
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      entryTypes: ["longtask"],
    });
  });

async function longestTask(page: Page): Promise<void> {
  const tasks: number[] = await page.evaluate(() => Reflect.get(globalThis, "tasks"));
  row("longest task of the main thread", `${Math.max(0, ...tasks).toFixed(0)} ms`, `< ${LIMITS.task} ms`);
}

/** Twenty passes of the recurrent network, each drawn as it ends. */
async function learning(visit: Visit): Promise<void> {
  const { page } = await visit.open("learn?task=mnist-rnn&passes=20");
  await watchTasks(page);
  const started = performance.now();
  await page.getByRole("button", { name: "Start learning" }).click();
  await page.locator("[aria-busy=false] > #learned").waitFor({ timeout: 600_000 });
  row("recurrent network, 20 passes", `${((performance.now() - started) / 1000).toFixed(2)} s`, "no limit");
  await longestTask(page);
}

async function largeFiles(visit: Visit, paths: readonly string[]): Promise<void> {
  const { page } = await visit.open("infer");
  await watchTasks(page);
  const started = performance.now();
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles([...paths]);
  await verdictOf(page, 600_000);
  const seconds = (performance.now() - started) / 1000;
  await page.locator("button.primary:enabled").waitFor();
  row(`${pairs.toLocaleString("en-GB")} pairs: verdict`, `${seconds.toFixed(2)} s`, `< ${LIMITS.verdict} s`);
  await longestTask(page);
}

const chromium = findChromium();
if (chromium === null) {
  console.log("lab: not measured, no Chromium; install it or set CHROMIUM=PATH");
} else {
  const folder = mkdtempSync(join(tmpdir(), "syngeo-bench-lab-"));
  const visit = await startVisit(chromium);
  try {
    for (const { path } of pages) await firstLoad(visit, path);
    await largeFiles(visit, writePairs(folder));
    await learning(visit);
  } finally {
    await visit.end();
    rmSync(folder, { recursive: true });
  }
}
