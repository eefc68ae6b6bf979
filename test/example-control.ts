/** A fit that was held against a control, for the figures and the report: simulated, as small as it can be. */

import { infer, pictureOf, simulateControl } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";
import type { ExampleFit } from "./example-fit.ts";

export function controlExample(): ExampleFit {
  const random = createRandom("control example");
  const activity = { a: 0.5, b: -1.5 };
  const settings = { learning: 110, control: 90, change: 0.5, drift: 0.8, activity };
  const { pairs, control } = simulateControl(settings, random.stream("pairs"));
  const fit = infer(pairs, { control, random: random.stream("infer"), seed: 1 });
  return { fit, picture: pictureOf(pairs, fit, random.stream("picture"), control) };
}
