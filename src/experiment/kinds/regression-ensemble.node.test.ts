/** The ensemble against plain loops, against `train`, and as a kind of run. */

import { describe, expect, it } from "vitest";
import { parsePotential } from "../../geometry/index.ts";
import { openSession } from "../../graph/index.node.ts";
import { createRandom } from "../../random.ts";
import { linearRegression } from "../../task/index.ts";
import type { Tensor } from "../../tensor.ts";
import {
  chooseRates,
  experimentOf,
  type Member,
  type RegressionEnsemble,
  trainMembers,
} from "../regression-ensemble.ts";
import { train } from "../train.ts";
import { regressionEnsemble } from "./regression-ensemble.node.ts";

const potentials = ["negative-entropy", "2-norm", "3-norm", "hyperbolic-entropy:0.1"];

const settingsOf = (more: object = {}) =>
  regressionEnsemble.parse(
    {
      task: { inputs: 40, samples: 6, largestInputs: 20_000 },
      potentials,
      learning: { passes: 25, learningRate: 0.01 },
      seeds: 3,
      seed: 5,
      dtype: "float64",
      ...more,
    },
    "test",
  );

async function membersOf(ensemble: RegressionEnsemble): Promise<readonly Member[]> {
  const { learningRate, passes } = ensemble.learning;
  if (typeof learningRate !== "number") throw new Error("a rate is given");
  const chosen = ensemble.potentials.map((potential) => ({ potential, passes, learningRate, search: [] }));
  const members: Member[] = [];
  for await (const member of trainMembers(ensemble, chosen, { openSession })) members.push(member);
  return members;
}

const numbers = ({ data }: Tensor) => Float64Array.from(data, Number);

/** Largest difference as a share of the largest weight. */
function distance(found: Float64Array, expected: Float64Array): number {
  const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));
  return largest(found.map((value, i) => value - expected[i])) / largest(expected);
}

/** What the weights miss of each label. */
function missesOf(weights: Float64Array, [x, y]: readonly Float64Array[]): Float64Array {
  return y.map((label, n) => weights.reduce((sum, w, i) => sum + w * x[n * weights.length + i], -label));
}

function dataOf(seed: number, { task }: RegressionEnsemble): readonly Float64Array[] {
  const largestInputs = task.largestInputs ?? task.inputs;
  const random = createRandom(seed).stream("task");
  const { inputs, targets } = linearRegression({ ...task, largestInputs, dtype: "float64" }, random).train;
  return [numbers(inputs), numbers(targets)];
}

/** Mirror descent on the whole of the data with momentum, weight by weight. */
function plainDescent(
  member: Pick<Member, "potential" | "seed" | "learningRate" | "initial">,
  ensemble: RegressionEnsemble,
  steps = ensemble.learning.passes,
): Float64Array {
  const { task, momentum, learning } = ensemble;
  const { inverseMirrorMap, mirrorMap } = parsePotential(member.potential);
  const data = dataOf(member.seed, ensemble);
  const [x] = data;
  const weights = numbers(member.initial);
  const speeds = new Float64Array(task.inputs);
  for (let pass = 0; pass < steps; pass++) {
    const rate = (member.learningRate * (1 + Math.cos((Math.PI * pass) / learning.passes))) / 2;
    const misses = missesOf(weights, data);
    for (let i = 0; i < weights.length; i++) {
      const slope = misses.reduce((sum, miss, n) => sum + miss * x[n * task.inputs + i], 0);
      speeds[i] = momentum * speeds[i] + (2 * slope) / task.samples;
      const sign = weights[i] < 0 ? -1 : 1;
      weights[i] = inverseMirrorMap(mirrorMap(weights[i]) - rate * speeds[i], sign);
    }
  }
  return weights;
}

describe("an ensemble of regressions", async () => {
  const ensemble = settingsOf();
  const members = await membersOf(ensemble);

  it("has every seed in every geometry", () => {
    const found = members.map(({ potential, seed }) => `${potential} ${seed}`);
    expect(found).toEqual([5, 6, 7].flatMap((seed) => potentials.map((potential) => `${potential} ${seed}`)));
  });

  it("learns what plain loops over the weights learn", () => {
    for (const member of members) {
      // Rounding of 25 steps in float64; 1e-14 is seen, and the 3-norm loses digits near 0.
      expect(distance(numbers(member.final), plainDescent(member, ensemble))).toBeLessThan(1e-10);
      expect(distance(numbers(member.final), numbers(member.initial))).toBeGreaterThan(0.05);
    }
  });

  it("has for members the runs that train makes of their seed and rate", async () => {
    for (const { potential, seed, passes, loss, initial, final } of members) {
      const experiment = { ...experimentOf(ensemble, { potential, passes }), seed };
      const alone = await train({ experiment, digits: null, pretrained: null, resume: null, openSession });
      expect(numbers(initial)).toEqual(numbers(alone.initial.weight));
      expect(distance(numbers(final), numbers(alone.final.weight))).toBeLessThan(1e-10); // as above
      expect(loss).toBeCloseTo(Number(alone.results?.loss), 10);
    }
  });

  it("has the same members alone as side by side", async () => {
    const alone = await membersOf(settingsOf({ seeds: 1, seed: 6 }));
    const beside = members.filter(({ seed }) => seed === 6);
    for (const [k, { final }] of alone.entries()) {
      expect(distance(numbers(final), numbers(beside[k].final))).toBeLessThan(1e-12); // sums in another order
    }
  });

  it("trains each geometry for the passes and at the rate that its search chose", async () => {
    const given = [
      { potential: "3-norm", passes: 8, learningRate: 0.003, search: [] },
      { potential: "2-norm", passes: 5, learningRate: 0.01, search: [] },
      { potential: "negative-entropy", passes: 5, learningRate: null, search: [] },
      { potential: "hyperbolic-entropy:0.1", passes: 5, learningRate: 0.02, search: [] },
    ];
    // So wide that two seeds learn at once, and the third by itself.
    const wide = settingsOf({ task: { inputs: 4000, samples: 60, largestInputs: 4000 } });
    const found: Member[] = [];
    for await (const member of trainMembers(wide, given, { openSession })) found.push(member);
    const three = given.filter(({ learningRate }) => learningRate !== null);
    expect(
      found.map(({ seed, potential, passes, learningRate }) => [seed, potential, passes, learningRate]),
    ).toEqual(
      [5, 6, 7].flatMap((seed) =>
        three.map(({ potential, passes, learningRate }) => [seed, potential, passes, learningRate]),
      ),
    );
    for (const member of found) {
      const plain = plainDescent(member, { ...wide, learning: { ...wide.learning, passes: member.passes } });
      expect(distance(numbers(member.final), plain)).toBeLessThan(1e-10); // as above
    }
  });

  it("chooses the rate with the least loss in the last pass of the seed after the last", async () => {
    const rates = [0.0002, 0.002, 0.02];
    const searched = settingsOf({
      learning: { passes: 25, learningRate: { search: rates }, goal: { loss: null } },
    });
    const [{ initial }] = await membersOf(settingsOf({ seeds: 1, seed: 8 }));
    for (const { potential, learningRate, passes, search } of await chooseRates(searched, { openSession })) {
      expect([passes, search.length]).toEqual([25, 1]);
      const expected = rates.map((rate) => {
        const before = plainDescent(
          { potential, seed: 8, learningRate: rate, initial },
          searched,
          passes - 1,
        );
        return missesOf(before, dataOf(8, searched)).reduce((sum, miss) => sum + (miss * miss) / 6, 0);
      });
      for (const [k, { loss }] of search[0].rates.entries()) {
        expect((loss ?? 0) / expected[k]).toBeCloseTo(1, 9); // as above
      }
      expect(learningRate).toBe(rates[expected.indexOf(Math.min(...expected))]);
    }
  });

  it("is the same in float32, to its digits", async () => {
    const short = await membersOf(settingsOf({ dtype: "float32" }));
    for (const [k, member] of short.entries()) {
      // 25 steps of products with 40 terms, each rounded to 6e-8.
      expect(distance(numbers(member.final), numbers(members[k].final))).toBeLessThan(2e-5);
    }
  });
});

const tools = { folder: "", versions: {} };

describe("the kind regression-ensemble", () => {
  it("fills in the settings of the paper", () => {
    const {
      task,
      momentum,
      learning,
      seeds,
      potentials: names,
    } = regressionEnsemble.parse({ task: { inputs: 100, samples: 31 } }, "test");
    expect(task).toEqual({ inputs: 100, samples: 31, power: 2, scale: 1, largestInputs: null });
    expect([momentum, seeds, learning.passes]).toEqual([0.9, 30, 100]);
    expect(names).toEqual(["negative-entropy", "2-norm", "3-norm"]);
    expect(learning.goal).toEqual({ loss: 1e-3, extensions: 4, extraPasses: 100 });
    const { search } = learning.learningRate as { readonly search: readonly number[] };
    expect([search.length, search[0], search[15]]).toEqual([16, 1e-7, 0.1]);
  });

  it.each([
    [{ task: { inputs: 100 } }, 'test: expected a number, got nothing ("task.samples"); add it'],
    [
      { task: { inputs: 9, samples: 3 }, model: "linear" },
      'test: expected only known keys, got "model"; correct it',
    ],
    [
      { task: { inputs: 9, samples: 3 }, potentials: ["eg", "negative-entropy"] },
      'test: expected potentials that differ, got negative-entropy twice ("potentials"); leave one out',
    ],
  ])("refuses %j", (json, message) => {
    expect(() => regressionEnsemble.parse(json, "test")).toThrow(message);
  });

  it("searches longer while the goal is missed, and says so at the end", async () => {
    const learning = {
      passes: 10,
      learningRate: { search: [0.001, 0.03] },
      goal: { loss: 1e-9, extensions: 2, extraPasses: 5 },
    };
    const outcome = await regressionEnsemble.run(settingsOf({ potentials: ["2-norm"], learning }), tools);
    expect(outcome.status).toBe("doubtful");
    expect(outcome.message).toMatch(
      /^after 20 passes the least loss of the search under 2-norm is \d.*, not below 1e-9$/,
    );
    expect(outcome.rows.map(({ passes }) => passes)).toEqual([20, 20, 20]);
    expect(outcome.rows.map(({ learningRate }) => learningRate)).toEqual([0.03, 0.03, 0.03]);
  });

  it("has no numbers where learning diverged, and says so", async () => {
    const learning = { passes: 60, learningRate: 1e6 };
    const outcome = await regressionEnsemble.run(settingsOf({ potentials: ["2-norm"], learning }), tools);
    expect(outcome.message).toBe("3 of 3 members have no finite dual change");
    expect(outcome.rows[0]).toMatchObject({
      memberSeed: 5,
      loss: null,
      deltaCdf: null,
      relativeChange: null,
    });
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(regressionEnsemble.run(settingsOf(), { ...tools, signal: stop.signal })).rejects.toThrow(
      "enough",
    );
  });
});
