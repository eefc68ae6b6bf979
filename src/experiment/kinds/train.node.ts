/** The kind of run `train`: one experiment, its folder as `syngeo train` writes it, and the geometry that its weights show. */

import { InputError } from "../../errors.ts";
import { infer, matchTensors, pairTensors } from "../../inference/index.ts";
import { createRandom } from "../../random.ts";
import type { Experiment } from "../experiment.ts";
import { experimentFrom, type Overrides } from "../overrides.ts";
import { presetNamed } from "../presets.ts";
import { runExperiment } from "../run-experiment.node.ts";
import { readEnds } from "../run-folder.node.ts";
import type { Row, RunKind, RunOutcome, RunTools } from "../run-kind.ts";
import type { RunRecord } from "../run-record.ts";
import { checkedSettings, type DeepReadonly, z } from "../schema.ts";

const measure = z.strictObject({
  /** Globs of the tensors whose geometry is inferred, each on its own. */
  include: z.array(z.string()).min(1),
});

const own = z.object({
  /** The named experiment that fills in what is not given. */
  preset: z.string().optional(),
  measure: measure.nullable().default(null),
});

/** Every setting of an experiment, and which tensors are measured; null for none. */
export type TrainSettings = Experiment & { readonly measure: DeepReadonly<z.output<typeof measure>> | null };

export const train: RunKind<TrainSettings> = {
  summary:
    "an experiment of syngeo train: its settings, or a preset and what differs; with measure, the geometry too",
  parse: parseTrain,
  run: runTrain,
};

function parseTrain(json: unknown, source: string): TrainSettings {
  const { preset, measure } = checkedSettings(own, json, { source, code: "bad-experiment" });
  const isOwn = (key: string) => key in own.shape;
  // `own` has refused what is no object.
  const given = Object.fromEntries(Object.entries(json as Overrides).filter(([key]) => !isOwn(key)));
  return {
    ...experimentFrom(preset === undefined ? {} : presetNamed(preset).experiment, given, source),
    measure,
  };
}

async function runTrain(settings: TrainSettings, tools: RunTools): Promise<RunOutcome> {
  const { measure, ...experiment } = settings;
  const { folder, versions, signal, onProgress } = tools;
  const record = await runExperiment(
    { folder, experiment, versions },
    { ...(signal && { signal }), ...(onProgress && { onProgress }) },
  );
  signal?.throwIfAborted();
  const row = rowOf(record);
  if (measure === null || record.results === null) return outcomeOf(record, [row], []);
  const measured = await measureTensors(folder, settings, measure.include);
  const rows = measured.map(({ cells }) => ({ ...row, ...cells }));
  return outcomeOf(
    record,
    rows,
    measured.flatMap(({ refusal }) => refusal ?? []),
  );
}

function outcomeOf({ status, message }: RunRecord, rows: readonly Row[], refusals: readonly string[]) {
  const doubtful = status !== "done" || refusals.length > 0;
  return {
    status: doubtful ? "doubtful" : "done",
    message: [message, ...refusals].filter((text) => text !== "").join("; "),
    rows,
  } as const;
}

function rowOf({ status, passes, learningRate, results }: RunRecord): Row {
  // A loss may be no number even where the weights are.
  const finite = (value: number | null | undefined) =>
    value !== undefined && value !== null && Number.isFinite(value) ? value : null;
  return {
    status,
    passes,
    learningRate,
    loss: finite(results?.loss),
    accuracy: finite(results?.accuracy),
    heldOutLoss: finite(results?.heldOutLoss),
    heldOutAccuracy: finite(results?.heldOutAccuracy),
  };
}

interface Measured {
  readonly cells: Row;
  /** Why a tensor could not be judged; null where it could. */
  readonly refusal: string | null;
}

/** The geometry of each tensor that fits, on its own. */
async function measureTensors(folder: string, { seed }: TrainSettings, include: readonly string[]) {
  const { initial, final } = await readEnds(folder);
  const { matched } = matchTensors(initial, final, { source: "measure", include });
  return matched.map(({ name, ...ends }): Measured => {
    try {
      const pair = [ends.initial, ends.final].map((tensor) => [{ name, tensor }]);
      const { pairs } = pairTensors(pair[0], pair[1], { source: name });
      const { exponent, verdict } = infer(pairs, { random: createRandom(seed) });
      const { estimate, low, high } = exponent;
      const cells = { exponent: estimate, exponentLow: low, exponentHigh: high };
      return {
        cells: { tensor: name, ...cells, verdict: verdict.potential ?? verdict.status },
        refusal: null,
      };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const cells = { exponent: null, exponentLow: null, exponentHigh: null };
      return { cells: { tensor: name, ...cells, verdict: "none" }, refusal: error.message };
    }
  });
}
