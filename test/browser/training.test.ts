/** Training in a real browser: the bytes and the losses of Node, nothing from elsewhere, and a page that stays free. */

import { describe, expect, inject, it } from "vitest";
import { encodeModel } from "../../src/graph/index.ts";
import { openWebSession } from "../../src/graph/index.web.ts";
import { learn, type ModelName, models, STEPS } from "./models.ts";

const names: readonly ModelName[] = ["perceptron", "recurrent network", "convolutional network"];

describe.each(names)("training the %s on a page", (name) => {
  it("runs the bytes of Node's graph to the losses of Node", async () => {
    const { graph, losses } = inject("nodeRuns")[name];
    const bytes = Uint8Array.from(atob(graph), (character) => character.charCodeAt(0));
    const model = models[name]();
    expect(encodeModel(model.step.graph)).toEqual(bytes);
    const session = await openWebSession(bytes);
    const here = await learn(model, session, STEPS);
    await session.close();
    expect(losses[STEPS - 1]).toBeLessThan(losses[0] - 0.2);
    // Sums of up to 784 terms in single precision, in another order on each runtime: 5e-7 is seen after ten steps.
    for (const [i, loss] of here.entries()) expect(Math.abs(loss - losses[i])).toBeLessThan(1e-5);
  });
});

describe("a long training", () => {
  const [name, steps] = ["recurrent network", 100] as const;

  /** What the training gives, and how often the page's timer came round meanwhile. */
  async function countTicks<T>(
    training: Promise<T>,
  ): Promise<{ readonly result: T; readonly ticks: number }> {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 4);
    const result = await training;
    clearInterval(timer);
    return { result, ticks };
  }

  it("leaves the page free in a worker, which the page itself would not be, for the same losses", async () => {
    const worker = new Worker(new URL("./training.worker.ts", import.meta.url), { type: "module" });
    const answer = () =>
      new Promise<unknown>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
    const started = answer();
    worker.postMessage({ name, steps });
    expect(await started).toBe("started");
    const away = await countTicks(answer());
    worker.terminate();
    const model = models[name]();
    const session = await openWebSession(model.step.graph);
    const here = await countTicks(learn(model, session, steps));
    await session.close();
    expect(away.result).toEqual(here.result);
    expect(here.ticks).toBe(0);
    // Every 4 ms at best, 50 times or more on the fastest machine; a blocked page has none.
    expect(away.ticks).toBeGreaterThan(10);
  });
});

it("the page can reach no host but its own server, so nothing that these tests need comes from elsewhere", async () => {
  const file = new URL("/package.json", location.href);
  expect(file.hostname).toBe("127.0.0.1");
  expect((await fetch(file, { mode: "no-cors" })).ok).toBe(true);
  file.hostname = "localhost"; // the same server, by a name
  await expect(fetch(file, { mode: "no-cors" })).rejects.toThrow();
});
