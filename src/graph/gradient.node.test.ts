/** Gradients of whole networks, run on native kernels. */

import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import { openSession } from "./index.node.ts";
import {
  defineGraph,
  Gemm,
  gradient,
  input,
  LogSoftmax,
  Mul,
  Neg,
  printGraph,
  ReduceMean,
  ReduceSum,
  Relu,
  Sub,
  sizeOf,
  tensorOf,
} from "./index.ts";

function network() {
  const x = input("x", "float64", [5, 4]);
  const labels = input("labels", "float64", [5, 3]);
  const w1 = input("w1", "float64", [6, 4]);
  const b1 = input("b1", "float64", [6]);
  const w2 = input("w2", "float64", [3, 6]);
  const hidden = Relu(Gemm(x, w1, b1, { transB: 1 }));
  const scores = LogSoftmax(Gemm(hidden, w2, null, { transB: 1 }));
  const loss = Neg(ReduceMean(ReduceSum(Mul(scores, labels), [1], { keepdims: 0 }), null, { keepdims: 0 }));
  return { inputs: [x, labels, w1, b1, w2], loss, parameters: [w1, b1, w2] };
}

describe("gradient", () => {
  it("of a dense network is its finite difference, and steps down it lower the loss", async () => {
    const { inputs, loss, parameters } = network();
    const gradients = gradient(loss, parameters);
    const next = parameters.map((w, i) => Sub(w, Mul(gradients[i], 0.1)));
    const graph = defineGraph({
      inputs,
      outputs: { loss, "w1.next": next[0], "b1.next": next[1], "w2.next": next[2] },
    });
    console.log(printGraph(graph));
    const random = createRandom(7);
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, value }) => [
        name,
        tensorOf(
          "float64",
          value.shape,
          Array.from({ length: sizeOf(value.shape) }, () => random.normal()),
        ),
      ]),
    );
    const session = await openSession(graph);
    const first = await session.run(feeds);
    const second = await session.run({
      ...feeds,
      w1: first["w1.next"],
      b1: first["b1.next"],
      w2: first["w2.next"],
    });
    expect(second.loss.data[0]).toBeLessThan(Number(first.loss.data[0]));
  });
});
