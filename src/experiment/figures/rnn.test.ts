import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { storedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import { finetune } from "../kinds/finetune.node.ts";
import { PLAN_SCHEMA, parsePlan } from "../plan.ts";
import { planRuns, readPlan } from "../planned-runs.node.ts";
import { readEnds, readRecord } from "../run-folder.node.ts";
import { runFolder } from "../store.node.ts";
import { rnn } from "./rnn.ts";

/** A third of the digits, half of the neurons and a few passes: seconds in place of a minute. */
const smaller = (passes = { before: 4, after: 30 }) => ({
  preset: "mnist-rnn",
  pretraining: {
    task: { heldOut: 7000 },
    model: { hidden: 50 },
    learning: { passes: passes.before },
  },
  finetuning: { task: { samples: 50, samplesFrom: "held-out" }, learning: { passes: passes.after } },
  include: ["rnn.weight_hh_l0"],
});

const planOf = (settings: object, rates: Readonly<Record<string, number>>) =>
  parsePlan(
    {
      schema: PLAN_SCHEMA,
      name: "rnn",
      kind: "finetune",
      settings,
      together: Object.entries(rates).map(([potential, rate]) => ({
        "pretraining.geometry.potential": potential,
        "pretraining.learning.learningRate": rate,
      })),
      cross: { "pretraining.model.hidden": [50] },
    },
    "plan",
  );

const { rows, store } = await storedRows(
  planOf(smaller(), { "negative-entropy": 0.1, "2-norm": 0.01, "3-norm": 0.01 }),
);

describe("the figure rnn", () => {
  it("finds the geometry that each network learned in, by λ and by ΔCDF", () => {
    const compared = rnn.compare(rows);
    expect(compared).toHaveLength(3 * 3);
    // In so short a training the 3-norm's small weights have hardly moved, and their change is called a misfit.
    const short = "share of networks named by it, 3-norm, H = 50";
    expect(compared.filter(({ inside, what }) => !inside && what !== short)).toEqual([]);
    expect(compared.find(({ what }) => what === short)?.note).toMatch(/^(also misfit)?$/);
  });

  it("draws five scores of each network, and λ of each", async () => {
    const document = await createDocument();
    // Three networks, each with a mark in the legend.
    expect(rnn.draw(rows, document).querySelectorAll("circle")).toHaveLength(3 * 5 + 3 + 3);
    expect(rnn.draw([], document).textContent).toMatch(/no run has ended/);
  });

  it("has plans that can be made", async () => {
    for (const name of [...rnn.plans.quick, ...rnn.plans.full]) {
      const plan = await readPlan(new URL(`../../../plans/${name}.json`, import.meta.url));
      const { ids, runAt } = await planRuns(plan, name);
      expect(new Set(ids).size).toBe(ids.length);
      expect((await runAt(0)).settings).toMatchObject({
        finetuning: { task: { samples: 100, samplesFrom: "held-out" } },
      });
    }
  });
});

describe("the kind finetune", () => {
  it("begins the second run with the last weights of the first", async () => {
    const folder = runFolder(store, rows[0].run);
    const [before, after] = await Promise.all(
      ["pretraining", "finetuning"].map((part) => readEnds(join(folder, part))),
    );
    expect(after.initial).toEqual(before.final);
    expect(after.final).not.toEqual(before.final);
    expect((await readRecord(join(folder, "finetuning"))).experiment.pretrained).toBe("../pretraining");
  });

  it("learns on in the geometry and with the seed of the first, unless told otherwise", () => {
    const settings = smaller();
    const { pretraining, finetuning } = finetune.parse(
      { ...settings, pretraining: { ...settings.pretraining, geometry: { potential: "eg" } } },
      "plan",
    );
    expect(pretraining.geometry.potential).toBe("negative-entropy");
    expect(finetuning.geometry).toEqual(pretraining.geometry);
    expect(finetuning.seed).toBe(pretraining.seed);
    expect(finetuning.task).toMatchObject({ samples: 50, heldOut: 7000 });
  });

  it("refuses a pretrained run for the second, which has one", () => {
    const settings = { preset: "mnist-rnn", include: ["*"], finetuning: { pretrained: "elsewhere" } };
    expect(() => finetune.parse(settings, "plan")).toThrow(
      'plan: expected no pretrained run of its own, got "elsewhere" ("finetuning.pretrained"); leave it out, it is the pretraining',
    );
  });

  it.each([
    [1e39, /^pretraining: train: expected/],
    [1e20, /^finetuning: finetune: expected weights that change, got 2500 pairs that are all the same/],
  ])("scores nothing where learning came to nothing (rate %d), and says why", async (rate, reason) => {
    const plan = planOf(smaller({ before: 1, after: 1 }), { "2-norm": rate });
    const { kind, runAt } = await planRuns(plan, "plan");
    const folder = mkdtempSync(join(tmpdir(), "finetune-"));
    const outcome = await kind.run((await runAt(0)).settings, { folder, versions: {} });
    expect(outcome).toMatchObject({ status: "doubtful", message: expect.stringMatching(reason), rows: [] });
  });
});
