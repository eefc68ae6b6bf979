import { describe, expect, it } from "vitest";
import { simulatedPairs } from "./simulated-pairs.ts";

const tools = { folder: "", versions: {} };
const given = {
  pairs: 100,
  potential: "2-norm",
  start: "normal",
  change: { relative: 0.2 },
  repeats: 4,
  measure: { name: "delta-cdf", potentials: ["ne", "2-norm"] },
};
const parsed = (changes: object = {}) => simulatedPairs.parse({ ...given, ...changes }, "plan");
const rowsOf = async (changes: object = {}) => (await simulatedPairs.run(parsed(changes), tools)).rows;

describe("settings of simulated pairs", () => {
  it("are completed, with potentials by their own names", () => {
    expect(parsed({ potential: "eg" })).toEqual({
      ...given,
      potential: "negative-entropy",
      weightScale: 1,
      law: "gaussian",
      drift: 0,
      groups: 1,
      noise: { additive: 0, multiplicative: 0 },
      seed: 1,
      measure: { name: "delta-cdf", potentials: ["negative-entropy", "2-norm"] },
    });
  });

  it.each([
    [{ repeat: 1 }, 'plan: expected only known keys, got "repeat"; correct it'],
    [{ change: {} }, "plan: expected"],
    [
      { potential: "logit:2" },
      'plan: expected the negative entropy or a p-norm, got "logit:2" ("potential"); name one of these',
    ],
    [
      { potential: "1.7-norm", measure: { name: "choice" } },
      'plan: expected one of negative-entropy, 1.5-norm, 2-norm, 2.5-norm, 3-norm, got "1.7-norm" ("potential"); the methods choose among these, so name one, or measure delta-cdf',
    ],
    [
      { groups: 34 },
      'plan: expected at most a group for every 3 pairs, got 34 of 100 pairs ("groups"); take fewer',
    ],
  ])("%j are refused in one sentence", (changes, message) => {
    expect(() => parsed(changes)).toThrow(message);
  });
});

describe("a run of simulated pairs", () => {
  it("is the same twice, and has means of all data sets", async () => {
    const rows = await rowsOf();
    expect(await rowsOf()).toEqual(rows);
    expect(rows.map(({ tested, dataSets }) => [tested, dataSets])).toEqual([
      ["negative-entropy", 4],
      ["2-norm", 4],
    ]);
  });

  it("has no SD of a single data set", async () => {
    const [row] = await rowsOf({ repeats: 1 });
    expect(row.deltaCdf).toEqual(expect.any(Number));
    expect(row.deltaCdfDeviation).toBeNull();
  });

  it("draws the same pairs whether groups are pooled or not, and others where a setting differs", async () => {
    const choice = (groups: string, changes: object = {}) =>
      rowsOf({ ...changes, measure: { name: "choice", groups } });
    // Without groups there is nothing to pool.
    expect(await choice("own")).toEqual(await choice("pooled"));
    const [first] = await rowsOf();
    const [other] = await rowsOf({ seed: 2 });
    expect(other.deltaCdf).not.toBe(first.deltaCdf);
  });

  it("stops between data sets", async () => {
    const stop = new AbortController();
    const run = simulatedPairs.run(parsed({ repeats: 1000 }), {
      ...tools,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 2) stop.abort();
      },
    });
    await expect(run).rejects.toThrow("aborted");
  });
});
