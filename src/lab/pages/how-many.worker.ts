/** Designs an experiment, away from the page. */

import { type Design, type DesignSettings, designControl } from "../../inference/index.ts";
import { createRandom } from "../../random.ts";
import { answerCalls } from "../worker-answers.ts";

export interface DesignRequest {
  readonly settings: Partial<DesignSettings>;
  readonly seed: number;
}

/** Share of the simulated experiments that are done. */
export type DesignProgress = number;

answerCalls<DesignRequest, Design, DesignProgress>(async ({ settings, seed }, report) =>
  designControl(settings, {
    random: createRandom(seed),
    onProgress: (done, total) => report(done / total),
  }),
);
