import { describe, expect, it } from "vitest";
import { plannedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import { robustness } from "./robustness.ts";

const rows = await plannedRows("robustness-quick");

describe("the figure robustness", () => {
  it("is the reference table within its tolerances at all 36 points", () => {
    const compared = robustness.compare(rows);
    expect(compared).toHaveLength(36);
    // The plan has a fixed seed; another would leave one outside in about 2 of 100 cases.
    expect(compared.filter(({ inside }) => !inside)).toEqual([]);
    for (const { tolerance } of compared) expect(tolerance).toBeLessThan(0.05);
  });

  it("is least at the true potential or beside it in every curve", () => {
    const points = robustness.data(rows);
    expect(points).toHaveLength(126);
    for (const start of ["normal", "log-normal"])
      for (const [potential, truth] of [
        ["negative-entropy", 1],
        ["2-norm", 2],
        ["3-norm", 3],
      ]) {
        const curve = points.filter((one) => one.start === start && one.potential === potential);
        const least = curve.reduce((a, b) => (Number(b.deltaCdf) < Number(a.deltaCdf) ? b : a));
        // Curves are flat to 0.5 in p about the 3-norm.
        expect(Math.abs(Number(least.tested) - Number(truth)), `${start} ${potential}`).toBeLessThan(0.6);
      }
  });

  it("draws six curves in two panels, fewer while runs are missing, and says so before there are any", async () => {
    const document = await createDocument();
    // One dot a curve, and one in the legend.
    const dots = (some: typeof rows) => robustness.draw(some, document).querySelectorAll("circle").length;
    expect(dots(rows)).toBe(7);
    expect(dots(rows.slice(0, 21))).toBe(2);
    const { textContent } = robustness.draw(rows, document);
    for (const start of ["normal start", "log-normal start"]) expect(textContent).toContain(start);
    expect(robustness.draw([], document).textContent).toContain("no run has ended");
  });
});
