/** Inference in a real browser: the numbers of Node. */

import { expect, inject, it } from "vitest";
import { blobSource, openBlocks, readFile } from "../../src/data/index.ts";
import { inferBlocks } from "../../src/inference/index.ts";
import { createRandom } from "../../src/random.ts";
import { EXAMPLE, inferExample } from "./example.ts";

/** What a JSON value holds, by its place. */
function leavesOf(value: unknown, place = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[place, value]];
  return Object.entries(value).flatMap(([key, entry]) => leavesOf(entry, `${place}/${key}`));
}

it("infer gives the fit of Node for a shipped example", async () => {
  const response = await fetch(`/${EXAMPLE}`);
  const fit = inferExample(await readFile(blobSource(EXAMPLE, await response.blob())));
  const here = leavesOf(JSON.parse(JSON.stringify(fit)));
  const there = new Map(leavesOf(JSON.parse(inject("nodeFit"))));
  expect(here.map(([place]) => place)).toEqual([...there.keys()]);
  for (const [place, value] of here) {
    const expected = there.get(place);
    if (typeof value === "number" && typeof expected === "number") {
      // The two engines round logarithms and the like differently in the last digit; searches end 2e-11 apart.
      expect(Math.abs(value - expected), place).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
    } else expect(value, place).toEqual(expected);
  }
});

it("pairs read by range from a file on the page give the same fit bit for bit, ΔCDF to one weight's cell", async () => {
  const response = await fetch(`/${EXAMPLE}`);
  const source = blobSource(EXAMPLE, await response.blob());
  const whole = inferExample(await readFile(source));
  const file = await openBlocks(source);
  const [initial, final] = ["initial", "final"].map((name) =>
    file?.tensors.find((tensor) => tensor.name === name),
  );
  if (!initial || !final) throw new Error(`${EXAMPLE}: expected initial and final`);
  const blocks = { source: whole.source, parts: [{ name: "w", initial, final }], reopening: null };
  const fit = await inferBlocks(blocks, { random: createRandom(1) });
  expect(fit.exponent).toEqual(whole.exponent);
  expect(fit.likelihood).toEqual(whole.likelihood);
  for (const [k, { name, deltaCdf }] of fit.potentials.entries()) {
    // A step of the grid for each of two weights at a boundary, and rounding of a thousand sums.
    const allowed = 0.02002 / whole.pairs.used + 1e-12;
    expect(Math.abs((deltaCdf ?? 9) - (whole.potentials[k].deltaCdf ?? 0)), name).toBeLessThan(allowed);
  }
});
