/** The kind of run `regression-ensemble`: the regression task from many seeds in several geometries, and its dual changes. */

import { InputError } from "../../errors.ts";
import { parsePotential } from "../../geometry/index.ts";
import { openSession } from "../../graph/index.node.ts";
import { deltaCdf } from "../../inference/index.ts";
import { toFloats } from "../../tensor.ts";
import { presets } from "../presets.ts";
import {
  type ChosenRate,
  chooseRates,
  type Member,
  type RegressionEnsemble,
  trainMembers,
} from "../regression-ensemble.ts";
import type { Row, RunKind, RunOutcome, RunTools } from "../run-kind.ts";
import { checkedSettings, z } from "../schema.ts";
import { leastLoss } from "../search.ts";

const count = z.int().positive();
const positive = z.number().positive();
const paper = presets["linear-regression"];

const ensemble = z.strictObject({
  task: z.strictObject({
    inputs: count,
    samples: count,
    power: positive.default(2),
    scale: positive.default(1),
    largestInputs: count.nullable().default(null),
  }),
  potentials: z.array(z.string()).min(1).default(["negative-entropy", "2-norm", "3-norm"]),
  momentum: z.number().min(0).lt(1).default(0.9),
  learning: z
    .strictObject({
      passes: count.default(100),
      learningRate: z
        .union([positive, z.strictObject({ search: z.array(positive).min(2) })])
        .default({ search: [...paper.rates] }),
      goal: z
        .strictObject({
          loss: positive.nullable().default(paper.searchedLoss),
          extensions: z.int().min(0).default(4),
          extraPasses: count.default(100),
        })
        .prefault({}),
    })
    .prefault({}),
  seeds: count.default(30),
  seed: z.int().min(0).default(1),
  dtype: z.enum(["float32", "float64"]).default("float32"),
});

export const regressionEnsemble: RunKind<RegressionEnsemble> = {
  summary:
    "the regression task from many seeds in several geometries, with ΔCDF and relative dual change of each",
  parse: parseEnsemble,
  run: runEnsemble,
};

function parseEnsemble(json: unknown, source: string): RegressionEnsemble {
  const settings = checkedSettings(ensemble, json, { source, code: "bad-ensemble" });
  const potentials = settings.potentials.map(
    (name, k) => parsePotential(name, `${source}: potentials[${k}]`).name,
  );
  const twice = potentials.find((name, k) => potentials.indexOf(name) !== k);
  if (twice !== undefined) {
    throw new InputError({
      code: "bad-ensemble",
      message: `${source}: expected potentials that differ, got ${twice} twice ("potentials"); leave one out`,
    });
  }
  return { ...settings, potentials };
}

async function runEnsemble(settings: RegressionEnsemble, tools: RunTools): Promise<RunOutcome> {
  const { signal, onProgress } = tools;
  const calls = { openSession, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const chosen = await chooseRates(settings, calls);
  const rows: Row[] = [];
  for await (const member of trainMembers(settings, chosen, calls)) rows.push(rowOf(member));
  const message = doubtsOf(settings, chosen, rows);
  return { status: message === "" ? "done" : "doubtful", message, rows };
}

function rowOf({ potential, seed, passes, learningRate, loss, initial, final }: Member): Row {
  const measured = deltaCdf(parsePotential(potential), toFloats(initial), toFloats(final));
  const isOk = measured.status === "ok" && Number.isFinite(measured.magnitude);
  return {
    potential,
    memberSeed: seed,
    passes,
    learningRate,
    loss: Number.isFinite(loss) ? loss : null,
    deltaCdf: isOk ? measured.uncentred : null,
    deltaCdfCentred: isOk ? measured.centred : null,
    relativeChange: isOk ? measured.magnitude : null,
  };
}

/** What is doubtful about the members, as one sentence; empty where nothing is. */
function doubtsOf(
  { learning: { goal } }: RegressionEnsemble,
  chosen: readonly ChosenRate[],
  rows: readonly Row[],
): string {
  const doubts = chosen.flatMap(({ potential, learningRate, passes, search }) => {
    if (learningRate === null) return [`every rate diverged under ${potential}; search lower ones`];
    const round = search.at(-1);
    if (goal.loss === null || round === undefined) return [];
    const least = leastLoss(round);
    if (least < goal.loss) return [];
    return [
      `after ${passes} passes the least loss of the search under ${potential} is ${least.toPrecision(3)}, not below ${goal.loss}`,
    ];
  });
  const spoilt = rows.filter(({ deltaCdf: distance }) => distance === null).length;
  if (spoilt > 0) doubts.push(`${spoilt} of ${rows.length} members have no finite dual change`);
  return doubts.join("; ");
}
