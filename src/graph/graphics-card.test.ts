import { describe, expect, it } from "vitest";
import { graphicsCard, refusalOf } from "./graphics-card.ts";
import { Add, Concat, defineGraph, input } from "./index.ts";

const card = { limits: { maxStorageBuffersPerShaderStage: 8 } };

function joined(count: number) {
  const parts = Array.from({ length: count }, (_, k) => input(`x${k}`, "float32", [2]));
  return defineGraph({ inputs: parts, outputs: { y: Add(Concat(parts, { axis: 0 }), 1) } });
}

describe("refusalOf", () => {
  it("takes a graph whose operators have as many arrays as the card", () => {
    expect(refusalOf(card, joined(7))).toBeNull();
  });

  it("names the operator that has more", () => {
    expect(refusalOf(card, joined(8))).toBe(
      "the graphics card takes 8 arrays at once, and this network has a Concat of 9",
    );
  });

  it("refuses every graph where there is no card", () => {
    expect(refusalOf(null, joined(2))).toBe("the browser offers no graphics card");
  });
});

it("graphicsCard is null where there is none, as in Node", async () => {
  expect(await graphicsCard()).toBeNull();
});
