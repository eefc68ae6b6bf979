/**
 * How often each method is right, on simulated pairs whose geometry is known.
 *
 *     npm run calibrate -- [--repeats 100] [--section NAME] [--seed 1]
 *
 * Prints one Markdown table a section. A row pools the settings of its line over true potentials (negative entropy,
 * 2-norm, 3-norm), starts (log-normal with random signs, normal) and change sizes (5, 20, 50, 100 % of RMS weight).
 */

import { parseArgs } from "node:util";
import { calibrationSections, runSection } from "../test/calibration.ts";
import { controlSections, runControlSection } from "../test/calibration-control.ts";

const { values } = parseArgs({
  options: {
    repeats: { type: "string", default: "100" },
    section: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

const names = [...Object.keys(calibrationSections), ...Object.keys(controlSections)];
if (values.section !== undefined && !names.includes(values.section)) {
  console.error(`--section: unknown "${values.section}"; one of ${names.join(", ")}`);
  process.exit(2);
}
for (const name of values.section === undefined ? names : [values.section]) {
  const started = performance.now();
  const run = name in controlSections ? runControlSection : runSection;
  process.stdout.write(run(name, Number(values.repeats), Number(values.seed)));
  process.stdout.write(`\n${((performance.now() - started) / 1000).toFixed(0)} s\n\n`);
}
