import { describe, expect, it } from "vitest";
import { plannedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import { rOfK } from "./r-of-k.ts";

const [quick] = rOfK.plans.quick;

/** The first seed at 200 inputs and the published rates. */
const rows = await plannedRows(
  quick,
  ({ varied }) =>
    varied.seed === 1 && varied["task.inputs"] === 200 && typeof varied["learning.learningRate"] === "number",
);

describe("the figure r-of-k", () => {
  it("is near the published accuracy at 200 inputs with either rule", () => {
    const compared = rOfK.compare(rows);
    expect(compared.map(({ what }) => what)).toEqual([
      "accuracy, 2-norm, 200 inputs, rate 0.5",
      "accuracy, negative-entropy, 200 inputs, rate 0.75",
    ]);
    // One data set of 1000 held-out examples in place of three: SD of the share about 0.005, and that of the draws about as much.
    for (const { difference } of compared) expect(Math.abs(difference)).toBeLessThan(0.03);
  });

  it("keeps what it shows as rows, and draws rows that are searched", async () => {
    expect(rOfK.data(rows)[0]).toMatchObject({
      potential: "2-norm",
      inputs: 200,
      irrelevant: 100,
      seed: 1,
      rate: "published",
    });
    const searched = rows.map((row) => ({ ...row, "learning.learningRate": '{"search":[0.1,0.5]}' }));
    const document = await createDocument();
    expect(rOfK.draw(searched, document).querySelectorAll("circle").length).toBeGreaterThanOrEqual(
      searched.length,
    );
    expect(rOfK.draw([], document).textContent).toMatch(/no run has ended/);
  });
});
