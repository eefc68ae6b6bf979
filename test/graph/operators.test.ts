/** Every operator: values against plain loops, gradients against finite differences, on the runtime in both precisions. */

import { describe, expect, it } from "vitest";
import { openSession } from "../../src/graph/index.node.ts";
import {
  decodeModel,
  defineGraph,
  encodeModel,
  float32Only,
  type Graph,
  printGraph,
} from "../../src/graph/index.ts";
import {
  expectClose,
  expectRefusedInFloat64,
  expectRuns,
  feedsOf,
  forwardGraph,
  gradientGraph,
  rows,
  runsInFloat64,
} from "./case-graphs.ts";
import { evaluate, type Plains } from "./evaluate.ts";

function finiteDifferences(graph: Graph, feeds: Plains, name: string): number[] {
  const step = 1e-5;
  const loss = (data: number[]) =>
    evaluate(graph, { ...feeds, [name]: { ...feeds[name], data } }).loss.data[0];
  return feeds[name].data.map((value, i) => {
    const moved = (by: number) => feeds[name].data.map((other, j) => (i === j ? value + by : other));
    return (loss(moved(step)) - loss(moved(-step))) / (2 * step);
  });
}

describe.each(rows)("$name", ({ op, name, row }) => {
  const feeds = feedsOf(row, name);

  it("equals the plain loops", async () => {
    // Single precision: rounding of sums of up to a hundred terms of size 1.
    await expectRuns(openSession, forwardGraph(row, "float32"), feeds, 1e-5);
    const graph = forwardGraph(row, "float64");
    expect(graph.nodes.some(({ opType }) => opType === op)).toBe(true);
    if (runsInFloat64(graph)) await expectRuns(openSession, graph, feeds, 1e-13);
  });

  it("comes back from its file as the same text", () => {
    const graph = gradientGraph(row, "float32");
    expect(printGraph(decodeModel(encodeModel(graph)).graph)).toBe(printGraph(graph));
  });

  it("has the gradient of its finite differences", async () => {
    const graph = gradientGraph(row, "float64");
    const forward = defineGraph({
      inputs: graph.inputs.map(({ value }) => value),
      outputs: { loss: graph.outputs[0].value },
    });
    const exact = evaluate(graph, feeds);
    for (const output of graph.outputs.slice(1)) {
      const differences = finiteDifferences(forward, feeds, output.name.replace("d", "x"));
      // A step of 1e-5 loses 1e-10 to the third derivative and as much to rounding; attributes are single precision.
      expectClose(exact[output.name].data, differences, 1e-7, output.name);
    }
    if (runsInFloat64(graph)) await expectRuns(openSession, graph, feeds, 1e-12);
    await expectRuns(openSession, gradientGraph(row, "float32"), feeds, 1e-5);
  });
});

describe("float32Only", () => {
  // That the others do run in float64 is part of every row above.
  it.each(float32Only)("lists %s, which the runtime refuses in float64", (op) =>
    expectRefusedInFloat64(openSession, op),
  );
});
