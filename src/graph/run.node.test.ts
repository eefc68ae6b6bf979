/** Sessions on both runtimes: the same bytes, feeds and refusals. */

import { describe, expect, it } from "vitest";
import { openSession } from "./index.node.ts";
import {
  Cast,
  Conv,
  constant,
  decodeModel,
  defineGraph,
  encodeModel,
  type Graph,
  gradient,
  input,
  MaxPool,
  Mul,
  openLoop,
  ReduceMean,
  Relu,
  Sub,
  sizeOf,
  tensorOf,
} from "./index.ts";
import { openWebSession } from "./index.web.ts";

const wave = (shape: readonly number[]) =>
  tensorOf(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(3 * i + 1)),
  );

function descent(): Graph {
  const w = input("w", "float32", [4]);
  const target = input("target", "float32", [4]);
  const miss = Sub(w, target);
  const loss = ReduceMean(Mul(miss, miss), null, { keepdims: 0 });
  return defineGraph({
    inputs: [target, w],
    outputs: { loss, next: Sub(w, gradient(loss, [w])[0]), count: Cast(loss, { to: "int64" }) },
  });
}

const target = tensorOf("float32", [4], [1, 2, 3, 4]);
const zero = tensorOf("float32", [4], [0, 0, 0, 0]);

describe.each([
  ["native", openSession],
  ["WebAssembly", openWebSession],
])("a session on %s kernels", (_, open) => {
  it("runs a graph and the bytes of its file, into the caller's tensors where given", async () => {
    const session = await open(descent());
    const first = await session.run({ target, w: zero });
    expect(Array.from(first.next.data, Number)).toEqual([0.5, 1, 1.5, 2]);
    expect(first.count).toEqual({ dtype: "int64", shape: [], data: BigInt64Array.of(7n) });
    const into = { next: tensorOf("float32", [4], [9, 9, 9, 9]) };
    const second = await session.run({ target, w: first.next }, into);
    expect(second.next).toBe(into.next);
    expect(Array.from(into.next.data, Number)).toEqual([0.75, 1.5, 2.25, 3]);
    const stored = await open(encodeModel(descent(), { initializers: { w: zero } }));
    expect(stored.inputs.map(({ name }) => name)).toEqual(["target"]);
    expect(await stored.run({ target })).toEqual(first);
    await Promise.all([session.close(), stored.close()]);
  });

  it("carries outputs to inputs in a loop, in two sets of buffers", async () => {
    const loop = openLoop(await open(descent()), { carried: { w: "next" }, initial: { w: zero } });
    const buffers = new Set<unknown>();
    for (let step = 0; step < 20; step++) buffers.add((await loop.step({ target })).next.data);
    expect(buffers.size).toBe(2);
    const { w } = loop.state();
    // Each step halves the distance: 2⁻²⁰ of 4 is left.
    for (const [i, value] of w.data.entries()) expect(Math.abs(Number(value) - (i + 1))).toBeLessThan(1e-5);
    expect(Array.from(zero.data, Number)).toEqual([0, 0, 0, 0]);
  });

  it("refuses feeds that are missing, unknown or of another type", async () => {
    const session = await open(descent());
    await expect(session.run({ target })).rejects.toThrow(
      'session.run: expected float32[4] for "w", got nothing (feeds); give every input',
    );
    await expect(session.run({ target, w: zero, v: zero })).rejects.toThrow(
      'session.run: expected one of target, w, got "v" (feeds); leave it out',
    );
    await expect(session.run({ target, w: tensorOf("float32", [1, 4], [0, 0, 0, 0]) })).rejects.toThrow(
      'session.run: expected float32[4], got float32[1,4] ("w" in feeds); convert it first',
    );
    await expect(session.run({ target, w: zero }, { loss: zero })).rejects.toThrow(
      'session.run: expected float32[], got float32[4] ("loss" in into); convert it first',
    );
    expect(() => openLoop(session, { carried: { w: "loss" }, initial: { w: zero } })).toThrow(
      'openLoop: expected float32[4] for "w", got float32[] (initial or "loss"); make them of one type',
    );
    expect(() => openLoop(session, { carried: { v: "loss" }, initial: {} })).toThrow(
      /expected an input and an output/,
    );
    expect(() => openLoop(session, { carried: { w: "next" }, initial: {} })).toThrow(
      /got nothing \(initial\)/,
    );
  });
});

describe("the two runtimes", () => {
  it("agree on a convolutional step", async () => {
    const x = input("x", "float32", [2, 3, 8, 8]);
    const w = input("w", "float32", [4, 3, 3, 3]);
    const pooled = MaxPool(Relu(Conv(x, w, null, { pads: [1, 1, 1, 1] })), {
      kernel_shape: [2, 2],
      strides: [2, 2],
    });
    const loss = ReduceMean(Mul(pooled, constant(wave(pooled.shape))), null, { keepdims: 0 });
    const bytes = encodeModel(defineGraph({ inputs: [x, w], outputs: { loss, dw: gradient(loss, [w])[0] } }));
    const feeds = { x: wave(x.shape), w: wave(w.shape) };
    const native = await (await openSession(bytes)).run(feeds);
    const web = await (await openWebSession(bytes)).run(feeds);
    for (const name of ["loss", "dw"]) {
      for (const [i, value] of native[name].data.entries()) {
        expect(Math.abs(Number(value) - Number(web[name].data[i]))).toBeLessThan(1e-5);
      }
    }
    expect(decodeModel(bytes).graph.inputs.map(({ name }) => name)).toEqual(["x", "w"]);
  });

  it("refuse bytes that are no model", async () => {
    await expect(openSession(Uint8Array.of(1, 2, 3))).rejects.toThrow(/expected a model/);
  });
});
