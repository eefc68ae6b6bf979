/** A visitor of Infer with folders: dropped from the disk and chosen, read as the command line reads them by their paths. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz, encodeSafetensors } from "../../src/data/index.ts";
import { createRandom } from "../../src/random.ts";
import { findChromium } from "../chromium.ts";
import { runCommand } from "../command.ts";
import { numbersAsInTerminal, wordsOfCommand } from "./same-numbers.ts";
import { dropPaths, startVisit, type Visit, verdictOf } from "./visit.ts";

const chromium = findChromium();
const root = mkdtempSync(join(tmpdir(), "syngeo-visit-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (...names: string[]) => names.map((name) => join(root, name));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Sizes before and after learning by exponentiated gradient, as two columns. */
function learned(seed: number, count: number): readonly [Float64Array, Float64Array] {
  const random = createRandom(seed);
  const initial = Float64Array.from({ length: count }, () => Math.exp(0.8 * random.normal()));
  return [initial, initial.map((weight) => weight * Math.exp(0.2 * random.normal()))];
}

const matrix = (data: Float64Array) => ({ dtype: "float64", shape: [20, data.length / 20], data }) as const;

/** A Zarr store of one chunk an array, as version 3 has it. */
function writeZarr(path: string, arrays: Readonly<Record<string, Float64Array>>): void {
  write(`${path}/zarr.json`, JSON.stringify({ zarr_format: 3, node_type: "group", attributes: {} }));
  for (const [name, data] of Object.entries(arrays)) {
    const shape = [data.length];
    write(`${path}/${name}/c/0`, new Uint8Array(data.buffer));
    write(
      `${path}/${name}/zarr.json`,
      JSON.stringify({
        zarr_format: 3,
        node_type: "array",
        shape,
        data_type: "float64",
        chunk_grid: { name: "regular", configuration: { chunk_shape: shape } },
        chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
        fill_value: 0,
        codecs: [{ name: "bytes", configuration: { endian: "little" } }],
        attributes: {},
      }),
    );
  }
}

beforeAll(() => {
  const [a, b] = [learned(1, 600), learned(2, 600)];
  for (const [k, end] of ["before", "after"].entries()) {
    write(`${end}/a.npy`, encodeNpy(matrix(a[k])));
    write(`${end}/sub/b.npz`, encodeNpz([{ name: "w", tensor: matrix(b[k]) }]));
    write(`${end}/notes.md`, "the learning rate was 0.1");
    for (const [part, values] of [
      ["one", a[k]],
      ["two", b[k]],
    ] as const)
      write(
        `model-${end}/${part}.safetensors`,
        encodeSafetensors([{ name: part, tensor: matrix(values) }], {}),
      );
    const map = { one: "one.safetensors", two: "two.safetensors" };
    write(`model-${end}/model.safetensors.index.json`, JSON.stringify({ weight_map: map }));
    write(`first/${end}/checkpoint/w.npy`, encodeNpy(matrix(a[k])));
  }
  const still = createRandom(3);
  const noise = (size: number) => size * Math.exp(0.05 * still.normal());
  write("still-before/a.npy", encodeNpy(matrix(a[0])));
  write("still-after/a.npy", encodeNpy(matrix(a[0].map(noise))));
  write("before/only.npy", encodeNpy(matrix(a[0])));
  writeZarr("run.zarr", { initial: a[0], final: a[1] });
  for (const [k, animal] of ["m1", "m2"].entries()) {
    const [initial, final] = [a, b][k];
    const rows = Array.from(initial, (size, row) => `${size},${final[row]}`);
    write(`animals/${animal}.csv`, `day0,day8\n${rows.join("\n")}\n`);
  }
  write("run/run.json", "{}");
  write("run/initial.safetensors", encodeSafetensors([{ name: "w", tensor: matrix(a[0]) }], {}));
  write("run/final.safetensors", encodeSafetensors([{ name: "w", tensor: matrix(a[1]) }], {}));
  write("texts/notes.md", "no weights");
});

describe.skipIf(chromium === null)("a visitor with folders", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await startVisit(chromium ?? "");
  });
  afterAll(() => visit.end());

  it.each([
    ["two folders of checkpoints, paired by file name", ["before", "after"], ["a.npy", "sub/b.npz/w"]],
    [
      "two models cut into files with an index",
      ["model-before", "model-after"],
      ["model.safetensors.index.json/one", "model.safetensors.index.json/two"],
    ],
    ["a Zarr store", ["run.zarr"], null],
    ["a folder of tables", ["animals"], null],
    ["a run of syngeo train", ["run"], null],
  ] as const)(
    "drops %s and gets the numbers of the command that the page shows",
    async (_, folders, groups) => {
      const { page, complaints } = await visit.open("infer");
      await dropPaths(page, at(...folders));
      expect(await verdictOf(page)).toMatch(/^Decided: .*negative entropy/);
      const fit = await numbersAsInTerminal(page, root);
      if (groups !== null) expect(Array.from(fit.groups, ({ name }) => name)).toEqual(groups);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    240_000,
  );

  it("chooses a folder, then the one that it is paired with, and swaps them", async () => {
    const { page } = await visit.open("infer");
    await page.getByLabel("Choose a folder").setInputFiles(join(root, "before"));
    await page.getByRole("group", { name: "Pair it with another" }).waitFor();
    await page
      .getByRole("group", { name: "Pair it with another" })
      .getByLabel("Choose a folder")
      .setInputFiles(join(root, "after"));
    expect(await verdictOf(page)).toMatch(/^Decided: .*negative entropy/);
    await numbersAsInTerminal(page, root);
    await page.getByRole("button", { name: "Swap initial and final" }).click();
    await expect.poll(async () => (await wordsOfCommand(page)).slice(1, 3)).toEqual(["after", "before"]);
  }, 240_000);

  it("tells two folders of one name apart in the command", async () => {
    const { page } = await visit.open("infer");
    const choose = page.getByLabel("Choose a folder");
    await choose.setInputFiles(join(root, "first/before/checkpoint"));
    await choose.nth(1).setInputFiles(join(root, "first/after/checkpoint"));
    await verdictOf(page);
    expect((await wordsOfCommand(page)).slice(1, 3)).toEqual(["initial/checkpoint", "final/checkpoint"]);
    expect(await page.getByText("Files of one name").count()).toBe(1);
  }, 240_000);

  it("leaves arrays out by any number of patterns, and takes a control in files of its own", async () => {
    const { page } = await visit.open("infer");
    await dropPaths(page, at("before", "after"));
    await verdictOf(page);
    const but = page.getByLabel("But not");
    for (const pattern of ["sub/*", "*only*"]) {
      await but.fill(pattern);
      await but.press("Enter");
    }
    await page.getByRole("radio", { name: "files" }).check();
    const place = "form .file-drop";
    await page.locator(place).scrollIntoViewIfNeeded();
    await dropPaths(page, at("still-before"), place);
    await page.getByText("expected both ends of the control").waitFor();
    await page.locator(place).scrollIntoViewIfNeeded();
    await dropPaths(page, at("still-after"), place);
    await page.getByText("expected both ends of the control").waitFor({ state: "detached" });
    await verdictOf(page);
    const words = await wordsOfCommand(page);
    expect(words).toEqual(
      expect.arrayContaining(["--exclude", "sub/*", "*only*", "--control-initial", "still-before"]),
    );
    const fit = await numbersAsInTerminal(page, root);
    expect(fit.control).not.toBeNull();
    await page.getByRole("button", { name: "Remove *only*" }).click();
    await expect
      .poll(async () => (await wordsOfCommand(page)).includes("*only*"), { timeout: 60_000 })
      .toBe(false);
  }, 240_000);

  it.each(["texts"])("says of the folder %s what the command line says", async (folder) => {
    const { page } = await visit.open("infer");
    await dropPaths(page, at(folder));
    const { stderr } = runCommand(root, ["infer", folder, "--initial", "a", "--final", "b"]);
    await expect
      .poll(() => page.locator("[role=alert]:not(:empty)").first().textContent(), { timeout: 30_000 })
      .toBe(stderr.trim().replace(/^syngeo: /, ""));
  });
});
