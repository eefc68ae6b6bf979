/** A visitor of the page Infer, in a real browser. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy } from "../../src/data/index.ts";
import { createRandom } from "../../src/random.ts";
import { findChromium } from "../chromium.ts";
import { runCommand } from "../command.ts";
import { downloaded, expectSameNumbers, numbersAsInTerminal, wordsOfCommand } from "./same-numbers.ts";
import { drop, startVisit, type Visit, verdictOf } from "./visit.ts";

const chromium = findChromium();
const examples = resolve(import.meta.dirname, "../../examples");
const folder = mkdtempSync(join(tmpdir(), "syngeo-visit-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(chromium === null)("a visitor of Infer", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it("drops a file, reads the verdict, changes the noise and opens the downloaded report", async () => {
    const { page, complaints } = await visit.open("infer");
    const name = "digits-negative-entropy.npz";
    await drop(page, [{ name, bytes: readFileSync(join(examples, name)) }]);
    const first = await verdictOf(page);
    expect(first).toMatch(/^Decided: .*negative entropy/);
    await page.getByRole("radio", { name: "known" }).check();
    await page.getByLabel("Share of each size").fill("0.02");
    await page.getByText("(given)").waitFor({ timeout: 120_000 });
    const second = await verdictOf(page);
    expect(second).not.toBe(first);
    expect(page.url()).toContain("noise=known&multiplicative=0.02");
    const report = join(folder, "report.html");
    writeFileSync(report, await downloaded(page, "Report (HTML)"));
    const opened = await page.context().newPage();
    await opened.goto(`file://${report}`);
    expect(await opened.locator(".statement").textContent()).toBe(second.replace(/^[^:]*: /, ""));
    expect(await opened.locator("figure").count()).toBeGreaterThan(4);
    expect(complaints).toEqual([]);
  }, 240_000);

  it("shows the dual changes of the geometry that is pointed at or focused", async () => {
    const { page } = await visit.open("infer?example=digits-2-norm");
    expect(await verdictOf(page)).toMatch(/^Decided: .*2-norm/);
    const title = page.locator("#figure-dual-change-histogram svg");
    expect(await title.getAttribute("aria-label")).toContain("under 2-norm");
    await page.getByRole("row", { name: /^3-norm/ }).hover();
    await expect.poll(() => title.getAttribute("aria-label")).toContain("under 3-norm");
    await page.getByRole("button", { name: "1.5-norm" }).focus();
    await expect.poll(() => title.getAttribute("aria-label")).toContain("under 1.5-norm");
    const curve = page.locator("#figure-delta-cdf-continuum svg");
    const { width, height } = (await curve.boundingBox()) ?? { width: 0, height: 0 };
    await curve.hover({ position: { x: 0.16 * width, y: height / 2 } }); // λ near 0
    await expect.poll(() => title.getAttribute("aria-label")).toContain("under negative-entropy");
  }, 240_000);

  it.each([
    ["digits-negative-entropy.npz", ""],
    ["digits-2-norm.npz", ""],
    ["spines-simulated.csv", ""],
    ["digits-negative-entropy.npz", "&initial=initial&final=final&noise=known&multiplicative=0.02"],
    ["spines-simulated.csv", "&control=none&initial=day0&final=day8&noise=known&multiplicative=0.1"],
  ])(
    "gets the numbers of the command that the page shows, to 1e-9: %s%s",
    async (name, choices) => {
      const { page } = await visit.open(`infer?example=${name.replace(/\.\w+$/, "")}${choices}`);
      await verdictOf(page);
      const own = mkdtempSync(join(folder, "run-"));
      writeFileSync(join(own, name), readFileSync(join(examples, name)));
      const { stdout, stderr } = runCommand(own, await wordsOfCommand(page));
      expect(stderr).toBe("");
      expectSameNumbers(JSON.parse(await downloaded(page, "All numbers (JSON)")), JSON.parse(stdout));
      expect(JSON.parse(stdout).noise.source).toBe(choices.includes("known") ? "given" : "none");
      const lines = (await downloaded(page, "Pairs with dual changes (CSV)")).trim().split("\n");
      expect(lines[0]).toMatch(/^initial,final,(cluster,)?dual change negative-entropy,/);
      expect(lines).toHaveLength(JSON.parse(stdout).pairs.total + 1);
    },
    240_000,
  );

  it("says of a broken file what the command line says", async () => {
    const { page } = await visit.open("infer");
    const whole = readFileSync(join(examples, "digits-2-norm.npz"));
    for (const [name, bytes] of [
      ["cut.npz", whole.subarray(0, 5000)],
      ["words.csv", Buffer.from("a,b\n1,2\n3\n")],
      ["unknown.xyz", Buffer.from("not a file of weights")],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      const { stderr } = runCommand(folder, ["infer", name, "--initial", "a", "--final", "b"]);
      await drop(page, [{ name, bytes }]);
      const sentence = stderr.trim().replace(/^syngeo: /, "");
      await expect
        .poll(() => page.locator("[role=alert]:not(:empty)").first().textContent(), { timeout: 30_000 })
        .toBe(sentence);
    }
  });

  it("keeps its choices in the address, and says which it could not use", async () => {
    const { page } = await visit.open("infer?example=digits-2-norm&initial=final&final=initial&level=7");
    expect(await page.getByText("Left out of the address").textContent()).toContain('"level" cannot be "7"');
    await verdictOf(page);
    const words = await wordsOfCommand(page);
    expect(words.slice(2, -1)).toEqual(["--initial", "final", "--final", "initial"]);
  });

  it("stops when it is told to, and starts again", async () => {
    const { page } = await visit.open("infer?example=digits-2-norm");
    await verdictOf(page);
    await page.getByRole("checkbox", { name: "Try what noise would do" }).check(); // several seconds of work
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Stopped before the answer.").waitFor();
    expect(await page.locator("progress").count()).toBe(0);
    await page.getByRole("checkbox", { name: "Try what noise would do" }).uncheck();
    await page.getByText("Stopped before the answer.").waitFor({ state: "detached" });
    expect(await verdictOf(page)).toMatch(/^Decided: .*2-norm/);
  }, 240_000);

  it("joins a long table by its times, and shows a group each on the forest plot", async () => {
    const { page } = await visit.open("infer");
    const random = createRandom(5);
    const lines = Array.from({ length: 600 }, (_, spine) => {
      const first = Math.exp(0.7 * random.normal());
      const last = first * Math.exp(0.2 * random.normal());
      const type = spine % 2 === 0 ? "apical" : "basal";
      return `${spine},${type},0,${first}\n${spine},${type},8,${last}`;
    });
    const bytes = Buffer.from(`spine,type,day,volume\n${lines.join("\n")}\n`);
    await drop(page, [{ name: "long.csv", bytes }]);
    await verdictOf(page);
    await page.getByRole("group", { name: "Groups" }).getByRole("checkbox", { name: "type" }).check();
    await page.locator("#figure-groups svg").waitFor({ timeout: 120_000 });
    const own = mkdtempSync(join(folder, "run-"));
    writeFileSync(join(own, "long.csv"), bytes);
    const words = await wordsOfCommand(page);
    expect(words).toEqual(
      expect.arrayContaining(["--id", "spine", "--from", "0", "--to", "8", "--group", "type"]),
    );
    await numbersAsInTerminal(page, own);
  }, 240_000);

  it("answers its visitor while ten million pairs are read, and gets the exponent of the command line", async () => {
    const { page, complaints } = await visit.open("infer");
    const random = createRandom(7);
    const count = 10_000_000;
    const [initial, final] = [new Float32Array(count), new Float32Array(count)];
    for (let i = 0; i < count; i++) {
      initial[i] = Math.exp(0.8 * random.normal());
      final[i] = initial[i] * Math.exp(0.2 * random.normal());
    }
    const paths = [initial, final].map((data, end) => {
      const path = join(folder, `${end === 0 ? "initial" : "final"}.npy`);
      writeFileSync(path, encodeNpy({ dtype: "float32", shape: [count], data }));
      return path;
    });
    await page.getByLabel("Choose files").setInputFiles(paths);
    await page.locator("progress").waitFor();
    await page.getByLabel("Theme").selectOption("dark");
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    expect(await page.locator("#verdict").count()).toBe(0);
    expect(await verdictOf(page)).toMatch(/^Decided: .*negative entropy/);
    await numbersAsInTerminal(page, folder);
    expect(complaints).toEqual([]);
  }, 240_000);
});
