import { beforeAll, describe, expect, it } from "vitest";
import { plannedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import type { FigureRow } from "../figure-definition.ts";
import { planRuns, readPlan } from "../planned-runs.node.ts";
import { regression } from "./regression.ts";

const [quick] = regression.plans.quick;
const [full] = regression.plans.full;
const plannedOf = async (name: string) =>
  planRuns(await readPlan(new URL(`../../../plans/${name}.json`, import.meta.url)), name);

/** The runs of the quick figure that take little time: 100 and 324 inputs, c = 2. */
const someRows = () =>
  plannedRows(
    quick,
    ({ varied }) => varied["task.power"] === 2 && [100, 324].includes(Number(varied["task.inputs"])),
  );

let rows: readonly FigureRow[];
beforeAll(async () => {
  rows = await someRows();
}, 60_000);

describe("the figure regression", () => {
  it("has all sizes, numbers of samples and powers of the paper in its full plan", async () => {
    const planned = await plannedOf(full);
    const varied = await Promise.all(planned.ids.map(async (_, k) => (await planned.runAt(k)).varied));
    expect(varied).toHaveLength(40);
    for (const { "task.inputs": inputs, "task.samples": samples } of varied) {
      const [root, most] = [0.5, 0.75].map((power) => Math.floor(Number(inputs) ** power + 1e-9));
      expect([root, most]).toContain(samples);
    }
  });

  it("is as near to the reference simulation as 10 seeds allow", () => {
    const compared = regression.compare(rows);
    expect(compared).toHaveLength(2 * 2 * 6);
    for (const { what, expected, difference, inside, note } of compared) {
      if (what.startsWith("ΔCDF")) {
        expect(inside, what).toBe(true);
        continue;
      }
      // Two medians of 10 seeds differ by up to 15 % of the number as an SD, and the seeds are fixed.
      expect(Math.abs(difference) / expected, what).toBeLessThan(0.3);
      if (!inside) expect(note).toMatch(/SDs away$/);
    }
  });

  it("keeps every seed as a row, and draws a panel for each geometry and quantity", async () => {
    const data = regression.data(rows);
    expect(data).toHaveLength(2 * 2 * 3 * 10);
    expect(data[0]).toMatchObject({ potential: "negative-entropy", power: 2, seed: 1 });
    const document = await createDocument();
    const drawn = regression.draw(rows, document);
    for (const text of [
      "negative-entropy",
      "2-norm",
      "3-norm",
      "N = D^¾",
      "ΔCDF, c = 2",
      "relative change, c = 2",
    ]) {
      expect(drawn.textContent).toContain(text);
    }
    // A median for each number of inputs and samples in six panels.
    expect(drawn.querySelectorAll("circle")).toHaveLength(2 * 2 * 6);
    expect(regression.draw([], document).textContent).toMatch(/no run has ended/);
  });
});
