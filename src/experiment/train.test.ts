import { beforeAll, describe, expect, it } from "vitest";
import {
  changed,
  tinyDigits,
  tinyPerceptron,
  tinyRegression,
  tinyROfK,
} from "../../test/tiny-experiments.ts";
import { openSession } from "../graph/index.node.ts";
import type { Tensors } from "../graph/index.ts";
import type { DigitSets, Experiment, PassMetrics, TrainOptions, TrainOutcome } from "./index.ts";
import { train } from "./index.ts";

const digits: DigitSets = { train: tinyDigits(70), heldOut: null };

interface Learned extends TrainOutcome {
  readonly metrics: readonly PassMetrics[];
}

async function learned(experiment: Experiment, more: Partial<TrainOptions> = {}): Promise<Learned> {
  const metrics: PassMetrics[] = [];
  const outcome = await train({
    experiment,
    digits: experiment.task.name === "digits" ? digits : null,
    pretrained: null,
    resume: null,
    openSession,
    onPass: async (line) => {
      metrics.push(line);
    },
    ...more,
  });
  return { ...outcome, metrics };
}

/** Stops after so many steps, as a person would, and goes on from what JSON and files can keep. */
async function interrupted(experiment: Experiment, steps: number): Promise<Learned> {
  const stop = new AbortController();
  if (steps === 0) stop.abort();
  const first = await learned(experiment, {
    signal: stop.signal,
    onProgress: ({ done, label }) => {
      if (!label.startsWith("search") && done === steps) stop.abort();
    },
  });
  expect(first.status).toBe("interrupted");
  expect(first.message).toMatch(/^stopped in pass \d+ of \d+; go on with --resume$/);
  const { position, learningRate, passes, state, search } = first;
  if (position === null || learningRate === null) throw new Error("it stopped outside its passes");
  const kept = { passes, learningRate, position: JSON.parse(JSON.stringify(position)), state };
  const rest = await learned(experiment, { resume: { search, learning: kept } });
  return { ...rest, metrics: [...first.metrics, ...rest.metrics] };
}

const withoutSeconds = (metrics: readonly PassMetrics[]) => metrics.map((line) => ({ ...line, seconds: 0 }));
const numbers = (tensors: Tensors, name: string) => Array.from(tensors[name].data, Number);

describe("one experiment", () => {
  it.each([
    ["regression", tinyRegression],
    ["r-of-k", tinyROfK],
    ["digits", tinyPerceptron],
    ["r-of-k in float64", { ...tinyROfK, dtype: "float64" as const }],
  ])("gives the same bits twice, other weights with another seed, and a smaller loss: %s", async (_, one) => {
    const [first, second, other] = [
      await learned(one),
      await learned(one),
      await learned({ ...one, seed: 2 }),
    ];
    expect(first.status).toBe("done");
    expect(second.state).toEqual(first.state);
    expect(withoutSeconds(second.metrics)).toEqual(withoutSeconds(first.metrics));
    expect(other.final).not.toEqual(first.final);
    expect(Object.values(first.final)[0].dtype).toBe(one.dtype);
    expect(Number(first.results?.loss)).toBeLessThan(first.metrics[0].loss);
    expect(first.metrics.map(({ pass }) => pass)).toEqual(first.metrics.map((_line, k) => k));
  });

  it("has accuracies where answers are classes, and no held-out numbers where nothing is held out", async () => {
    const classes = await learned(tinyPerceptron);
    expect(classes.results?.heldOutAccuracy).toBeGreaterThanOrEqual(0);
    expect(classes.metrics[0].accuracy).toBeLessThanOrEqual(1);
    const none = await learned(tinyRegression);
    expect(none.results).toMatchObject({ accuracy: null, heldOutLoss: null, heldOutAccuracy: null });
  });

  it("learns digits row by row and as images", async () => {
    for (const model of [
      { name: "rnn", hidden: 5, nonlinearity: "tanh", bias: "plain" },
      { name: "cnn", channels: [3], bias: "plain" },
    ] as const) {
      const { status, results, metrics } = await learned({ ...tinyPerceptron, model });
      expect(status).toBe("done");
      expect(Number(results?.loss)).toBeLessThan(metrics[0].loss);
    }
  });
});

describe("an interrupted run", () => {
  const rows: readonly [string, Experiment][] = [
    ["momentum, uneven batches", changed(tinyROfK, { optimiser: { momentum: 0.9 } })],
    ["adam", changed(tinyROfK, { optimiser: { scaling: "adam", momentum: 0.9 } })],
    ["no state but weights", tinyROfK],
    [
      "digits with a switch and a warm-up",
      changed(tinyPerceptron, {
        geometry: { switches: [{ pass: 1, potential: "negative-entropy" }] },
        learning: { warmUp: 1 },
      }),
    ],
  ];
  // Four batches a pass, so 4 and 8 are ends of passes; 0 is before the first step.
  it.each(rows)("goes on to the same bits, wherever it stopped: %s", async (_, experiment) => {
    const whole = await learned(experiment);
    for (const steps of [0, 1, 4, 5, 8, 10]) {
      const joined = await interrupted(experiment, steps);
      expect(joined.state, `after ${steps}`).toEqual(whole.state);
      expect(joined.final).toEqual(whole.final);
      expect(joined.results).toEqual(whole.results);
      expect(withoutSeconds(joined.metrics)).toEqual(withoutSeconds(whole.metrics));
    }
  });

  it("goes on from what a pass left, as one that was killed does", async () => {
    let kept: TrainOptions["resume"] = null;
    const whole = await learned(tinyRegression, {
      onPass: async ({ pass }, standing) => {
        if (pass === 1) kept = standing.interruption();
      },
    });
    const rest = await learned(tinyRegression, { resume: kept });
    expect(rest.state).toEqual(whole.state);
    expect(rest.metrics.map(({ pass }) => pass)).toEqual([2, 3]);
  });

  it("does not learn anew with a given rate where its goal is missed", async () => {
    const goal = { accuracy: null, loss: 1e-9, extensions: 3, extraPasses: 2 };
    const joined = await interrupted(changed(tinyRegression, { learning: { goal } }), 2);
    expect(joined.status).toBe("goal-missed");
    expect(joined.metrics.map(({ pass }) => pass)).toEqual([0, 1, 2, 3]);
  });

  it("during a later search begins that search again, not the one before", async () => {
    const goal = { accuracy: null, loss: 1e-9, extensions: 1, extraPasses: 2 };
    const experiment = changed(tinyRegression, {
      learning: { learningRate: { search: [0.001, 0.01] }, goal },
    });
    const whole = await learned(experiment);
    const stop = new AbortController();
    const first = await learned(experiment, {
      signal: stop.signal,
      onProgress: ({ total, label }) => {
        if (label.startsWith("search") && total === 18) stop.abort();
      },
    });
    expect(first).toMatchObject({ status: "interrupted", position: null, passes: 6 });
    expect(first.search).toHaveLength(1);
    const rest = await learned(experiment, { resume: { search: first.search, learning: null } });
    expect(rest.search).toEqual(whole.search);
    expect(rest.state).toEqual(whole.state);
  });
});

describe("geometry", () => {
  it("may change at a pass: the same before, another after, and signs stay from then on", async () => {
    const flips = (before: readonly number[], after: readonly number[]) =>
      before.filter((value, i) => Math.sign(value) !== Math.sign(after[i])).length;
    const weightsByPass = async (switches: Experiment["geometry"]["switches"]) => {
      const weights: Tensors[] = [];
      const experiment = changed(tinyRegression, {
        geometry: { switches },
        learning: { learningRate: 0.02, schedule: { name: "constant" } },
      });
      const { initial } = await learned(experiment, {
        onPass: async (_, standing) => {
          weights.push(standing.weights());
        },
      });
      return [initial, ...weights].map((tensors) => numbers(tensors, "weight"));
    };
    const plain = await weightsByPass([]);
    const switched = await weightsByPass([{ pass: 2, potential: "negative-entropy" }]);
    expect(switched.slice(0, 3)).toEqual(plain.slice(0, 3));
    expect(switched[3]).not.toEqual(plain[3]);
    expect(flips(switched[0], switched[2])).toBeGreaterThan(0);
    expect(flips(switched[2], switched[4])).toBe(0);
    expect(flips(plain[2], plain[4])).toBeGreaterThan(0);
  });

  it("is chosen for parameters by glob, the first that fits", async () => {
    const experiment = changed(tinyPerceptron, {
      geometry: {
        potential: "negative-entropy",
        parameters: [
          { glob: "*bias*", potential: "2-norm" },
          { glob: "*", potential: "negative-entropy" },
        ],
      },
      learning: { passes: 8, learningRate: 0.5 },
    });
    const { initial, final } = await learned(experiment);
    const flipped = (name: string) =>
      numbers(initial, name).some((value, i) => value * numbers(final, name)[i] < 0);
    expect(Object.keys(final)).toEqual(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]);
    expect(["fc1.weight", "fc2.weight"].filter(flipped)).toEqual([]);
    expect(["fc1.bias", "fc2.bias"].filter(flipped)).not.toEqual([]);
  });

  it("lets the sum of a split bias change its sign while its halves keep theirs", async () => {
    const experiment = changed(tinyPerceptron, {
      model: { name: "mlp", hidden: [6], nonlinearity: "tanh", bias: "split" },
      geometry: { potential: "negative-entropy" },
      learning: { passes: 20, learningRate: 0.5 },
    });
    const { initial, final } = await learned(experiment);
    const sums = (tensors: Tensors) => {
      const negative = numbers(tensors, "fc2.bias.negative");
      return numbers(tensors, "fc2.bias.positive").map((value, i) => value + negative[i]);
    };
    expect(numbers(final, "fc2.bias.positive").every((value) => value > 0)).toBe(true);
    expect(numbers(final, "fc2.bias.negative").every((value) => value < 0)).toBe(true);
    const before = sums(initial);
    expect(sums(final).some((sum, i) => sum * before[i] < 0)).toBe(true);
  });

  it("keeps signs in the 2-norm under frozen-signs, and weights ≥ 0 under non-negative", async () => {
    const learning = { learningRate: 0.1 };
    const free = await learned(changed(tinyRegression, { learning }));
    const frozen = await learned(
      changed(tinyRegression, { learning, geometry: { constraint: "frozen-signs" } }),
    );
    const signs = (tensors: Tensors) => numbers(tensors, "weight").map(Math.sign);
    expect(signs(free.final)).not.toEqual(signs(free.initial));
    expect(signs(frozen.final)).toEqual(signs(frozen.initial));
    const positive = await learned(changed(tinyROfK, { geometry: { constraint: "non-negative" } }));
    expect(Math.min(...numbers(positive.final, "weight"))).toBeGreaterThanOrEqual(0);
  });
});

describe("the learning rule", () => {
  const weightsOf = async (optimiser: Partial<Experiment["optimiser"]>) =>
    numbers(
      (await learned(changed(tinyROfK, { optimiser: { momentum: 0.5, ...optimiser } }))).final,
      "weight",
    );

  it("gives other weights for each form of decay, for clipping, Nesterov's form and Adam", async () => {
    const rules: readonly Partial<Experiment["optimiser"]>[] = [
      {},
      { weightDecay: 0.1 },
      { weightDecay: 0.1, weightDecayForm: "sign" },
      { weightDecay: 0.1, weightDecayForm: "decoupled" },
      { clipNorm: 0.01 },
      { nesterov: true },
      { scaling: "adam" },
    ];
    const all = await Promise.all(rules.map(weightsOf));
    expect(new Set(all.map(String)).size).toBe(rules.length);
  });

  it("moves weights by at most η‖g‖ a step where gradients are clipped", async () => {
    const learning = { passes: 1, learningRate: 0.02, schedule: { name: "constant" as const } };
    const { initial, final } = await learned(
      changed(tinyRegression, { optimiser: { clipNorm: 0.01, momentum: 0 }, learning }),
    );
    const before = numbers(initial, "weight");
    const moved = Math.hypot(...numbers(final, "weight").map((value, i) => value - before[i]));
    expect(moved).toBeGreaterThan(0);
    // 3 steps of 0.02 · 0.01; 60 weights of about 1 are rounded to 6e-8 at each.
    expect(moved).toBeLessThan(3 * 0.02 * 0.01 + 1e-6);
  });

  it("follows cosine, steps and warm-up from pass to pass, as the metrics say", async () => {
    const ratesOf = async (learning: Partial<Experiment["learning"]>) =>
      (await learned(changed(tinyRegression, { learning }))).metrics.map(({ learningRate }) => learningRate);
    const rate = 0.005;
    const cosine = (t: number, T: number) => (rate * (1 + Math.cos((Math.PI * t) / T))) / 2;
    const rounding = 15; // decimals: the same formula in another order
    const close = (found: readonly number[], wanted: readonly number[]) => {
      expect(found).toHaveLength(wanted.length);
      for (const [k, value] of wanted.entries()) expect(found[k]).toBeCloseTo(value, rounding);
    };
    close(
      await ratesOf({}),
      [0, 1, 2, 3].map((t) => cosine(t, 4)),
    );
    close(await ratesOf({ schedule: { name: "constant" } }), [rate, rate, rate, rate]);
    close(await ratesOf({ schedule: { name: "step", every: 2, factor: 0.5 } }), [
      rate,
      rate,
      rate / 2,
      rate / 2,
    ]);
    close(await ratesOf({ warmUp: 1 }), [rate / 2, ...[0, 1, 2].map((t) => cosine(t, 3))]);
  });
});

describe("divergence", () => {
  it("ends a run with its weights kept, and says at which step and rate and what to try", async () => {
    const { status, message, results, final, metrics } = await learned(
      changed(tinyRegression, { learning: { learningRate: 1e15, passes: 30 } }),
    );
    expect(status).toBe("diverged");
    expect(message).toMatch(
      /^train: expected a finite loss, got (NaN|Infinity) \(step \d+, pass \d+, learning rate 1000000000000000\); try --learning-rate 100000000000000, or --learning-rate search$/,
    );
    expect(results).toBeNull();
    expect(final.weight.shape).toEqual([1, 60]);
    expect(metrics.length).toBeLessThan(30);
  });

  it("is seen where a switch finds weights outside the domain of the next geometry, and says so", async () => {
    const { initialisation } = tinyRegression;
    const { status, message } = await learned(
      changed(tinyRegression, {
        initialisation: { ...initialisation, scheme: "exponential" },
        geometry: { switches: [{ pass: 2, potential: "logit:10" }] },
        learning: { learningRate: 0.05 },
      }),
    );
    expect(status).toBe("diverged");
    expect(message).toMatch(
      /^train: expected a finite loss, got NaN \(step 8, pass 3, .*\); it may be the switch to logit:10 at pass 2, else try /,
    );
  });

  it("is warned of where the loss rose, though it is a number still", async () => {
    const { status, message } = await learned(
      changed(tinyPerceptron, { learning: { learningRate: 1e4, passes: 1 } }),
    );
    expect(status).toBe("done");
    expect(message).toMatch(
      /^the loss rose from 2\.\d+ to [\d.e+]+; try --learning-rate 1000, or --learning-rate search$/,
    );
    expect((await learned(tinyPerceptron)).message).toBe("");
  });

  it("is seen after the last step too, where only the weights or the final loss show it", async () => {
    const { status, message } = await learned(
      changed(tinyRegression, { learning: { learningRate: 1e30, passes: 1, batch: 7 } }),
    );
    expect(status).toBe("diverged");
    expect(message).toMatch(/got (Infinity|NaN|others in "weight") \(after the last step, learning rate/);
  });
});

describe("search", () => {
  const rates = [1e-4, 0.003, 0.03, 1e20];
  const searching = (experiment: Experiment, passes = 4) =>
    changed(experiment, { learning: { learningRate: { search: rates }, passes } });

  it.each([
    ["regression, side by side", tinyRegression],
    ["r-of-k, side by side", tinyROfK],
    ["digits in a small network, side by side", tinyPerceptron],
    [
      "images, one by one",
      { ...tinyPerceptron, model: { name: "cnn" as const, channels: [2], bias: "plain" as const } },
    ],
  ])(
    "takes the rate of the least loss and lists those that diverge without one: %s",
    async (_, experiment) => {
      const { search, learningRate } = await learned(searching(experiment));
      const [{ rates: found, chosen }] = search;
      expect(found.map((row) => row.learningRate)).toEqual(rates);
      const finite = found.filter(({ loss }) => loss !== null);
      const least = finite.reduce((best, row) => (Number(row.loss) < Number(best.loss) ? row : best));
      expect(chosen).toBe(least.learningRate);
      expect(learningRate).toBe(chosen);
      expect(finite.length).toBeGreaterThanOrEqual(2);
    },
  );

  it("lists a rate that diverged with neither loss nor accuracy", async () => {
    const [{ rates: found }] = (await learned(searching(tinyRegression, 20))).search;
    expect(found[3]).toEqual({ learningRate: 1e20, loss: null, accuracy: null });
  });

  it("finds side by side what each rate alone leads to", async () => {
    // r-of-k is judged on its validation examples, digits on their last pass; only the latter is in the metrics.
    const [{ rates: found }] = (await learned(searching(tinyPerceptron))).search;
    for (const { learningRate, loss, accuracy } of found.slice(0, 3)) {
      const alone = await learned(changed(tinyPerceptron, { learning: { learningRate, passes: 4 } }));
      // Sums in another order: float32 over 15 steps.
      expect(loss).toBeCloseTo(alone.metrics[3].loss, 5);
      expect(accuracy).toBe(alone.metrics[3].accuracy);
    }
  });

  it("goes side by side where a step is small and one by one where it keeps the processor busy", async () => {
    const labelsOf = async (experiment: Experiment) => {
      const stop = new AbortController();
      let seen = "";
      await learned(searching(experiment), {
        signal: stop.signal,
        onProgress: ({ label }) => {
          seen = label;
          stop.abort();
        },
      });
      return seen;
    };
    expect(await labelsOf(tinyPerceptron)).toMatch(/^search: pass 1 of 4 {2}best loss/);
    const large = changed(tinyPerceptron, {
      model: { name: "mlp", hidden: [2000], nonlinearity: "tanh", bias: "plain" },
      learning: { batch: 60 },
    });
    expect(await labelsOf(large)).toMatch(/^search 1\/4: pass 1 of 4 {2}loss/);
  });

  it("searches and learns again with more passes until the goal is met", async () => {
    const goal = { accuracy: null, loss: 0.2, extensions: 8, extraPasses: 4 };
    const one = changed(searching(tinyRegression, 1), { learning: {} });
    const { status, search, passes, message, results } = await learned(changed(one, { learning: { goal } }));
    expect(status).toBe("done");
    expect(message).toBe("");
    expect(search.length).toBeGreaterThan(1);
    expect(search.map((round) => round.passes)).toEqual(search.map((_, k) => 1 + 4 * k));
    expect(passes).toBe(search[search.length - 1].passes);
    expect(results?.loss).toBeLessThan(0.2);
  });

  it("gives up after the extensions and says what was missed", async () => {
    const goal = { accuracy: null, loss: 1e-12, extensions: 2, extraPasses: 1 };
    const { status, search, message } = await learned(
      changed(searching(tinyRegression, 1), { learning: { goal } }),
    );
    expect(status).toBe("goal-missed");
    expect(search.map((round) => round.passes)).toEqual([1, 2, 3]);
    expect(message).toMatch(/^after 3 passes the loss is [\d.]+, not below 1e-12; give more --passes/);
  });

  it("says so where every rate diverges", async () => {
    const { status, message, learningRate } = await learned(
      changed(tinyRegression, { learning: { learningRate: { search: [1e20, 1e25] }, passes: 20 } }),
    );
    expect(status).toBe("diverged");
    expect(learningRate).toBeNull();
    expect(message).toContain("got none (100000000000000000000, 1e+25); search lower ones with --rates");
  });
});

describe("pretrained weights", () => {
  let before: Learned;
  beforeAll(async () => {
    before = await learned(tinyPerceptron);
  });

  it("are those that the run begins with", async () => {
    const seen: Tensors[] = [];
    const { initial } = await learned(changed(tinyPerceptron, { geometry: { potential: "3-norm" } }), {
      pretrained: before.final,
      onInitial: async (weights) => {
        seen.push(weights);
      },
    });
    expect(initial).toEqual(before.final);
    expect(seen).toEqual([before.final]);
  });

  it("are refused by name where the model or the precision is another", async () => {
    const wider = changed(tinyPerceptron, {
      model: { name: "mlp", hidden: [7], nonlinearity: "tanh", bias: "plain" },
    });
    const refused = (experiment: Experiment) => learned(experiment, { pretrained: before.final });
    await expect(refused(wider)).rejects.toThrow(/for "fc1\.weight" in the pretrained run, got float32/);
    await expect(refused({ ...tinyPerceptron, dtype: "float64" })).rejects.toThrow(/expected float64/);
    const split = changed(tinyPerceptron, {
      model: { name: "mlp", hidden: [6], nonlinearity: "tanh", bias: "split" },
    });
    await expect(refused(split)).rejects.toThrow(
      /for "fc1\.bias\.positive" in the pretrained run, got nothing/,
    );
  });
});

describe("settings that do not fit together", () => {
  const rows: readonly [string, Experiment, RegExp][] = [
    [
      "a glob that fits nothing",
      changed(tinyPerceptron, { geometry: { parameters: [{ glob: "rnn*", potential: "2-norm" }] } }),
      /expected a glob that fits a parameter, got "rnn\*" for 2-norm; the parameters are fc1\.weight/,
    ],
    [
      "weights outside a domain",
      changed(tinyRegression, { geometry: { potential: "logit:1" } }),
      /expected weights inside the domain of logit:1, got/,
    ],
    [
      "a domain of a later geometry",
      changed(tinyRegression, { geometry: { switches: [{ pass: 2, potential: "logit:1" }] } }),
      /expected weights inside the domain of logit:1, got/,
    ],
    [
      "negative weights under non-negative",
      changed(tinyRegression, { geometry: { constraint: "non-negative" } }),
      /expected weights >= 0/,
    ],
    [
      "a rate past the limit of its decay",
      changed(tinyRegression, {
        optimiser: { weightDecay: 10, weightDecayForm: "decoupled" },
        learning: { learningRate: 0.5 },
      }),
      /expected rates < 0\.1 \(the limit of the chain\), got 0\.5/,
    ],
    [
      "a recurrent network for vectors",
      { ...tinyRegression, model: { name: "rnn", hidden: 3, nonlinearity: "tanh", bias: "plain" } },
      /expected the model linear or mlp for the task linear-regression, got rnn \("model\.name"\)/,
    ],
    [
      "more samples than digits",
      changed(tinyPerceptron, { task: { name: "digits", samples: 61 } }),
      /expected at most 60 samples, got 61 \("task\.samples"\)/,
    ],
    [
      "all digits held out",
      changed(tinyPerceptron, { task: { name: "digits", heldOut: 70 } }),
      /expected fewer than 70 held-out digits, got 70 \("task\.heldOut"\)/,
    ],
  ];
  it.each(rows)(
    "are refused before the first weights are handed out: %s",
    async (_, experiment, sentence) => {
      let begun = false;
      const begin = async () => {
        begun = true;
      };
      await expect(learned(experiment, { onInitial: begin })).rejects.toThrow(sentence);
      expect(begun).toBe(false);
    },
  );
});

describe("digits", () => {
  it("drawn from the held-out ones are no longer held out, and the others were never learned from", async () => {
    const experiment = changed(tinyPerceptron, {
      task: { name: "digits", heldOut: 30, samples: 12, samplesFrom: "held-out" },
      learning: { batch: 100 },
    });
    const { results, metrics } = await learned(experiment);
    // Shares of 12 digits learned from and of the 18 that are left; rounding of a product near 18.
    for (const [share, count] of [
      [metrics[0].accuracy, 12],
      [results?.heldOutAccuracy, 18],
    ] as const) {
      const right = count * Number(share);
      expect(Math.abs(right - Math.round(right))).toBeLessThan(1e-9);
    }
  });

  it("in files apart are held out as they are", async () => {
    const sets = { train: tinyDigits(40), heldOut: tinyDigits(20, 2) };
    const { results } = await learned(tinyPerceptron, { digits: sets });
    expect(Number.isInteger(20 * Number(results?.heldOutAccuracy))).toBe(true);
  });
});
