/** Every operator in a real browser: values and gradients against plain loops, in both precisions. */

import { describe, it } from "vitest";
import { float32Only } from "../../src/graph/index.ts";
import { openWebSession } from "../../src/graph/index.web.ts";
import {
  expectRefusedInFloat64,
  expectRuns,
  feedsOf,
  forwardGraph,
  gradientGraph,
  rows,
  runsInFloat64,
} from "../graph/case-graphs.ts";

describe.each(rows)("$name in a browser", ({ name, row }) => {
  const feeds = feedsOf(row, name);

  it.each([
    ["the plain loops", forwardGraph],
    ["the gradient by plain loops", gradientGraph],
  ])("equals %s", async (_, graphOf) => {
    // The tolerances of the same comparison in Node: rounding of sums of up to a hundred terms.
    await expectRuns(openWebSession, graphOf(row, "float32"), feeds, 1e-5);
    const graph = graphOf(row, "float64");
    if (runsInFloat64(graph)) await expectRuns(openWebSession, graph, feeds, 1e-12);
  });
});

describe("float32Only", () => {
  it.each(float32Only)("lists %s, which the runtime refuses in float64 in a browser too", (op) =>
    expectRefusedInFloat64(openWebSession, op),
  );
});
