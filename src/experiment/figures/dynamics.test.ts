import { describe, expect, it } from "vitest";
import { plannedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import { path } from "../kinds/path.ts";
import { dynamics } from "./dynamics.ts";

const [quick] = dynamics.plans.quick;
const rows = await plannedRows(quick);

describe("the figure dynamics", () => {
  it("has every path straight in its own dual, on the minimum at its end, and the negative entropy in its quadrant", () => {
    const compared = dynamics.compare(rows);
    expect(compared.filter(({ inside }) => !inside)).toEqual([]);
    // Two starts with three straight paths and one that keeps its quadrant; from the first, three ends and three losses.
    expect(compared).toHaveLength(2 * 4 + 6);
  });

  it("finds a path bent in the dual of another geometry", () => {
    const swapped = rows.map((row) => ({
      ...row,
      potential: row.potential === "2-norm" ? "3-norm" : "2-norm",
    }));
    const bends = dynamics.compare(swapped).filter(({ what }) => what.startsWith("distance"));
    expect(bends.length).toBeGreaterThan(0);
    for (const { inside, found } of bends) {
      expect(inside).toBe(false);
      expect(found).toBeGreaterThan(0.01);
    }
  });

  it("draws every path in three coordinates, those in one quadrant in the dual of the negative entropy", async () => {
    const document = await createDocument();
    const svg = dynamics.draw(rows, document);
    const circles = Array.from(svg.querySelectorAll("circle"));
    // The legend's, six starts on the surface, in the weights and in the dual of the 3-norm, and three that stay in a quadrant.
    expect(circles).toHaveLength(1 + 3 * 6 + 3);
    expect(dynamics.draw([], document).textContent).toMatch(/no run has ended/);
  });
});

describe("the kind path", () => {
  it("fills in what the loss suggests, and calls a geometry by its own name", () => {
    expect(path.parse({ loss: "narrow-valley", potential: "eg" }, "plan")).toEqual({
      loss: "narrow-valley",
      potential: "negative-entropy",
      start: [0.25, 1.75],
      learningRate: 0.02,
      steps: 2000,
      every: 10,
    });
  });

  it("refuses a loss that it does not know", () => {
    expect(() => path.parse({ loss: "narrow-vally", potential: "eg" }, "plan")).toThrow(
      'plan: expected one of line-of-minima, narrow-valley, sparse-regression, got "narrow-vally" ("loss"); did you mean "narrow-valley"?',
    );
  });

  it("says where a path diverged", async () => {
    const settings = path.parse({ loss: "narrow-valley", potential: "2-norm", learningRate: 10 }, "plan");
    const { status, message, rows: kept } = await path.run(settings, { folder: "", versions: {} });
    expect(status).toBe("doubtful");
    expect(message).toMatch(/^path: expected 2000 steps with finite weights, got \d+ \(learningRate 10\)/);
    expect(kept.length).toBeGreaterThan(1);
  });
});
