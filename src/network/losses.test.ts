import { describe, expect, it } from "vitest";
import { openSession } from "../graph/index.node.ts";
import { defineGraph, type GraphTensor, input, tensorOf } from "../graph/index.ts";
import { binaryCrossEntropy, crossEntropy, type Loss, meanSquaredError } from "./losses.ts";

type LossOf = (
  outputs: ReturnType<typeof input>,
  targets: ReturnType<typeof input>,
  runs: number | null,
) => Loss;

async function lossOf(make: LossOf, outputs: GraphTensor, targets: GraphTensor, runs: number | null = null) {
  const y = input("y", outputs.dtype, outputs.shape);
  const t = input("t", targets.dtype, targets.shape);
  const { loss, correct } = make(y, t, runs);
  const graph = defineGraph({
    inputs: [y, t],
    outputs: { loss, ...(correct === null ? {} : { correct }) },
  });
  const session = await openSession(graph);
  const result = await session.run({ y: outputs, t: targets });
  await session.close();
  return {
    loss: Array.from(result.loss.data, Number),
    correct: result.correct === undefined ? null : Array.from(result.correct.data, Number),
  };
}

const logits = [2, -1, 0.5, -3, 0, 4];

describe("the losses", () => {
  it("crossEntropy is −mean ln softmax(z)[label], and counts the labels that are largest", async () => {
    const z = tensorOf("float64", [2, 3], logits);
    const labels = tensorOf("int32", [2], [0, 1]);
    const each = [
      2 - Math.log(Math.exp(2) + Math.exp(-1) + Math.exp(0.5)),
      -Math.log(Math.exp(-3) + 1 + Math.exp(4)),
    ];
    const { loss, correct } = await lossOf(crossEntropy, z, labels);
    expect(loss[0]).toBeCloseTo(-(each[0] + each[1]) / 2, 14); // a few roundings
    expect(correct).toEqual([1]);
  });

  it("meanSquaredError is the mean over examples and outputs", async () => {
    const y = tensorOf("float64", [2, 2], [1, 2, 3, 4]);
    const t = tensorOf("float64", [2, 2], [0, 2, 1, 1]);
    expect(await lossOf(meanSquaredError, y, t)).toEqual({ loss: [(1 + 0 + 4 + 9) / 4], correct: null });
  });

  it("binaryCrossEntropy is −mean ln of the probability of the answer, for large logits too", async () => {
    const z = tensorOf("float64", [4, 1], [0.3, -2, 800, -800]);
    const t = tensorOf("float64", [4, 1], [1, 0, 0, 0]);
    const sum = Math.log1p(Math.exp(-0.3)) + Math.log1p(Math.exp(-2)) + 800;
    const { loss, correct } = await lossOf(binaryCrossEntropy, z, t);
    expect(loss[0]).toBeCloseTo(sum / 4, 12); // a few roundings at 200
    expect(correct).toEqual([3]);
  });

  it.each([
    ["crossEntropy", crossEntropy, tensorOf("int32", [1], [2])],
    ["meanSquaredError", meanSquaredError, tensorOf("float64", [1, 3], [1, 2, 3])],
  ] as const)("%s of runs side by side is a number for each run", async (_, make, targets) => {
    const together = await lossOf(make, tensorOf("float64", [2, 1, 3], logits), targets, 2);
    for (const run of [0, 1]) {
      const alone = await lossOf(
        make,
        tensorOf("float64", [1, 3], logits.slice(3 * run, 3 * run + 3)),
        targets,
      );
      expect(together.loss[run]).toBeCloseTo(alone.loss[0], 14);
      if (alone.correct) expect(together.correct?.[run]).toBe(alone.correct[0]);
    }
  });
});
