/** The kind of run `finetune`: a network learned, then learned on from there, and the geometry that this second change shows. */

import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { parsePotential } from "../../geometry/index.ts";
import { DEFAULT_POTENTIALS, infer, pairTensors } from "../../inference/index.ts";
import { createRandom } from "../../random.ts";
import type { Experiment } from "../experiment.ts";
import { experimentFrom } from "../overrides.ts";
import { presetNamed } from "../presets.ts";
import { runExperiment } from "../run-experiment.node.ts";
import { readEnds } from "../run-folder.node.ts";
import type { Row, RunKind, RunOutcome, RunTools } from "../run-kind.ts";
import type { RunRecord } from "../run-record.ts";
import { checkedSettings, z } from "../schema.ts";

const overrides = z.record(z.string(), z.unknown()).default({});

const given = z.strictObject({
  /** The named experiment that fills in what is not given. */
  preset: z.string().optional(),
  pretraining: overrides,
  /** What differs from the pretraining. */
  finetuning: overrides,
  /** Globs of the tensors that are scored, as one set of weights. */
  include: z.array(z.string()).min(1),
  /** Those that the change is scored under. */
  potentials: z
    .array(z.string())
    .min(1)
    .default([...DEFAULT_POTENTIALS]),
});

/** Two experiments, the second from the final weights of the first, and what is scored of its change. */
export type FinetuneSettings = {
  readonly pretraining: Experiment;
  readonly finetuning: Experiment;
  readonly include: readonly string[];
  readonly potentials: readonly string[];
};

/** Their folders in that of the run. */
const FOLDERS = { pretraining: "pretraining", finetuning: "finetuning" } as const;

export const finetune: RunKind<FinetuneSettings> = {
  summary: "an experiment, then another from its final weights, and the geometry of that second change",
  parse: parseFinetune,
  run: runFinetune,
};

function parseFinetune(json: unknown, source: string): FinetuneSettings {
  const { preset, include, ...rest } = checkedSettings(given, json, { source, code: "bad-finetune" });
  const base = preset === undefined ? {} : presetNamed(preset).experiment;
  const pretraining = experimentFrom(base, rest.pretraining, `${source}: pretraining`);
  const finetuning = experimentFrom(pretraining, rest.finetuning, `${source}: finetuning`);
  if (rest.finetuning.pretrained !== undefined && finetuning.pretrained !== null) {
    throw new InputError({
      code: "bad-finetune",
      message: `${source}: expected no pretrained run of its own, got ${JSON.stringify(finetuning.pretrained)} ("finetuning.pretrained"); leave it out, it is the pretraining`,
    });
  }
  const potentials = rest.potentials.map((name) => parsePotential(name, `${source}: potentials`).name);
  return { pretraining, finetuning: { ...finetuning, pretrained: null }, include, potentials };
}

async function runFinetune(settings: FinetuneSettings, tools: RunTools): Promise<RunOutcome> {
  const before = await learned("pretraining", settings.pretraining, tools);
  if (before.results === null) return unscored("pretraining", before);
  const experiment = { ...settings.finetuning, pretrained: `../${FOLDERS.pretraining}` };
  const after = await learned("finetuning", experiment, tools);
  if (after.results === null) return unscored("finetuning", after);
  const doubts = [before, after].filter(({ status }) => status !== "done");
  try {
    return {
      status: doubts.length > 0 ? "doubtful" : "done",
      message: doubts.map(({ message }) => message).join("; "),
      rows: await scored(settings, { before, after }, tools),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return unscored("finetuning", error);
  }
}

type Part = keyof typeof FOLDERS;

async function learned(part: Part, experiment: Experiment, tools: RunTools): Promise<RunRecord> {
  const { folder, versions, signal, onProgress } = tools;
  const record = await runExperiment(
    {
      folder: join(folder, FOLDERS[part]),
      experiment,
      versions,
      ...(part === "finetuning" && { pretrained: join(folder, FOLDERS.pretraining) }),
    },
    {
      ...(signal && { signal }),
      ...(onProgress && {
        onProgress: (event) => onProgress({ ...event, label: `${part} ${event.label}`.trim() }),
      }),
    },
  );
  signal?.throwIfAborted();
  return record;
}

const unscored = (part: Part, { message }: { readonly message: string }): RunOutcome => ({
  status: "doubtful",
  message: `${part}: ${message}`,
  rows: [],
});

interface Records {
  readonly before: RunRecord;
  readonly after: RunRecord;
}

/** A line for each potential that the change is scored under; the estimate of λ is the same in all. */
async function scored(
  { include, potentials, finetuning }: FinetuneSettings,
  { before, after }: Records,
  { folder, signal }: RunTools,
): Promise<readonly Row[]> {
  const { initial, final } = await readEnds(join(folder, FOLDERS.finetuning));
  const { pairs } = pairTensors(initial, final, { source: "finetune", include });
  const fit = infer(pairs, {
    random: createRandom(finetuning.seed),
    potentials: potentials.map((name) => parsePotential(name)),
    ...(signal && { signal }),
  });
  const { estimate, low, high } = fit.exponent;
  const common = {
    synapses: pairs.initial.length,
    exponent: estimate,
    exponentLow: low,
    exponentHigh: high,
    verdict: fit.verdict.potential ?? fit.verdict.status,
    ...howLearned("pretraining", before),
    ...howLearned("finetuning", after),
  };
  return fit.potentials.map((score) => ({
    tested: score.name,
    testedExponent: score.exponent,
    deltaCdf: score.deltaCdf,
    deltaCdfCentred: score.deltaCdfCentred,
    floor: score.deltaCdfFloor,
    relativeChange: score.changeMagnitude,
    ...common,
  }));
}

function howLearned(part: Part, { passes, learningRate, results }: RunRecord): Row {
  return {
    [`${part}Passes`]: passes,
    [`${part}Rate`]: learningRate,
    [`${part}Accuracy`]: results?.accuracy ?? null,
    [`${part}HeldOutAccuracy`]: results?.heldOutAccuracy ?? null,
  };
}
