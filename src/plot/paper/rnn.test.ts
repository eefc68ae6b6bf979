import { describe, expect, it } from "vitest";
import { createDocument } from "../index.node.ts";
import { svgText } from "../svg-text.ts";
import { type FinetunedNetwork, finetunedNetworks } from "./rnn.ts";

const network = (potential: string, exponent: number, miss: number): FinetunedNetwork => ({
  potential,
  exponent,
  hidden: 100,
  estimate: exponent + miss,
  low: exponent + miss - 0.02,
  high: exponent + miss + 0.02,
  floor: 0.012,
  scores: [0, 0.5, 1, 1.5, 2].map((tested) => ({
    exponent: tested,
    deltaCdf: 0.02 + 0.3 * Math.abs(tested - exponent) + Math.abs(miss),
  })),
});

const networks = [0.01, -0.03].flatMap((miss) => [
  network("3-norm", 2, miss),
  network("negative-entropy", 0, miss),
  network("2-norm", 1, miss),
]);

describe("finetuned networks", () => {
  it("look as in the gallery", async () => {
    const svg = svgText(finetunedNetworks(networks, { document: await createDocument() }), "paper-rnn");
    await expect(`${svg}\n`).toMatchFileSnapshot("../../../test/gallery/paper-rnn.svg");
  });

  it("have a block for each size, and one without an estimate is left out below only", async () => {
    const larger = { ...network("2-norm", 1, 0), hidden: 1000, estimate: null, low: null, high: null };
    const svg = finetunedNetworks([...networks, larger], { document: await createDocument() });
    expect(svg.textContent).toContain("H = 100");
    expect(svg.textContent).toContain("H = 1000");
    // Three in the legend; five scores of seven networks; six estimates.
    expect(svg.querySelectorAll("circle")).toHaveLength(3 + 5 * 7 + 6);
  });
});
