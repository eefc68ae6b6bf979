/** Single-spine LTP with sham stimulation, the numbers that docs/real-data.md shows. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPairs } from "../src/cli/load-pairs.node.ts";
import { type GeometryFit, infer } from "../src/inference/index.ts";
import { createRandom } from "../src/random.ts";

// Chater et al. 2024, doi:10.1038/s41467-024-51919-0; not shipped.
const table = new URL("../../shared/data/chater2024-multispine-ltp/spines_long.csv", import.meta.url);
const isHere = existsSync(table);
if (!isHere) console.warn("skipped: the LTP table (../shared/data) is not on this machine");

const CELL = "stim_config,condition,cell";

async function fitted(to: string): Promise<GeometryFit> {
  const { pairs, control } = await loadPairs([fileURLToPath(table)], {
    where: ["condition=Control", "type=Stim"],
    control: ["condition=Sham", "type=*"],
    include: [],
    exclude: [],
    repeat: [],
    id: `${CELL},spine`,
    time: "time_min",
    from: "-5",
    to,
    value: "size_bgcorr",
    cluster: CELL,
    normaliseBy: CELL,
  });
  if (control === null) throw new Error("expected a control");
  return infer(pairs, { control, random: createRandom(1) });
}

describe.skipIf(!isHere)("stimulated spines against sham cells, −5 to +2 minutes", () => {
  let fit: GeometryFit;
  beforeAll(async () => {
    fit = await fitted("2");
  }, 120_000);

  // An independent implementation, whose baseline was the mean of three readings of each spine: 0.93, 0.53, 0.26, 0.41.
  it.each([
    ["variance-function", 0.93, 0.03],
    ["convolution", 0.53, 0.03],
    ["convolution-mixture", 0.26, 0.05],
  ] as const)("%s: λ near %d", (name, expected, tolerance) => {
    const estimate = fit.control?.estimates.find((each) => each.name === name)?.estimate ?? Number.NaN;
    expect(Math.abs(estimate - expected)).toBeLessThanOrEqual(tolerance);
  });

  it("the sham cells by themselves have λ = 0.4, learning is nine tenths of the variance, small spines respond more", () => {
    expect(Math.abs((fit.control?.fluctuation.estimate ?? 9) - 0.41)).toBeLessThanOrEqual(0.03);
    expect(Math.abs((fit.control?.learningShare ?? 9) - 0.91)).toBeLessThanOrEqual(0.02);
    expect(Math.abs((fit.control?.selectivity?.estimate ?? 9) + 2.5)).toBeLessThanOrEqual(0.5);
  });

  it("names no geometry: the descriptions disagree, and only the 3-norm is outside of all", () => {
    expect(fit.verdict).toMatchObject({ status: "misfit", potential: null });
    expect(fit.verdict.statement).toContain("3-norm lies outside every interval");
    expect(fit.verdict.statement).toContain("respond more often than large ones");
  });

  it("at +40 minutes nothing can be said", async () => {
    const late = await fitted("40");
    expect(late.verdict.status).toBe("unidentifiable");
  }, 120_000);
});
