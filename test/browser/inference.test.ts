/** Inference in a real browser: the numbers of Node. */

import { expect, inject, it } from "vitest";
import { blobSource, readFile } from "../../src/data/index.ts";
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
