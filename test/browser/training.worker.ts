/** Trains away from the page: the message names the model and the steps; answers "started", then the losses. */

import { openWebSession } from "../../src/graph/index.web.ts";
import { learn, type ModelName, models } from "./models.ts";

self.onmessage = async ({ data }: MessageEvent<{ readonly name: ModelName; readonly steps: number }>) => {
  const model = models[data.name]();
  const session = await openWebSession(model.step.graph);
  self.postMessage("started");
  self.postMessage(await learn(model, session, data.steps));
};
