import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createDocument } from "../../plot/index.node.ts";
import type { FigureRow } from "../figure-definition.ts";
import { deconvolution } from "../kinds/deconvolution.node.ts";
import { figureNamed, makeFigure } from "../make-figure.node.ts";
import { spines } from "./spines.ts";

const data = fileURLToPath(
  new URL(
    "../../../../shared/data/microns-pinky-l23-spines/soma_subgraph_synapses_spines_v185.csv",
    import.meta.url,
  ),
);
const isHere = existsSync(data);
if (!isHere) console.warn(`skipped: the figure of spine volumes, which are not at ${data}`);

const tools = { folder: "", versions: {} };

async function rowsOf(potential: string): Promise<readonly FigureRow[]> {
  const settings = deconvolution.parse({ data, potential, widths: 3 }, "plan");
  const { rows } = await deconvolution.run(settings, tools);
  return rows.map((row): FigureRow => ({ potential, ...row, run: potential }));
}

describe.skipIf(!isHere)("the figure spines, of 1961 spines of layer 2/3", async () => {
  const rows = isHere ? (await Promise.all(["negative-entropy", "3-norm", "2-norm"].map(rowsOf))).flat() : [];
  const comparisons = spines.compare(rows);
  const found = (what: string) =>
    comparisons.find((one) => one.what === what)?.found ?? expect.fail(`nothing on ${what}`);

  it("has the mixture of an independent fit in numpy: means −3.293 and −1.841, σ 0.540, 74 % in the lower", () => {
    const points = rows.filter(({ part }) => part === "point");
    const means = points.map(({ weight }) => Math.log(Number(weight)));
    // The digits of that fit; both climb the likelihood to 10⁻⁸ of a mean.
    expect(means[0]).toBeCloseTo(-3.29318, 4);
    expect(means[1]).toBeCloseTo(-1.84067, 4);
    expect(Number(points[0].share)).toBeCloseTo(0.73854, 4);
    const fit = rows.find(({ part, start }) => part === "fit" && start === "two points");
    expect(Number(fit?.deviation)).toBeCloseTo(0.53982, 4);
    expect(Number(fit?.distance)).toBeCloseTo(0.016526, 5);
  });

  it("fits where it is to fit, and excludes a Euclidean change of that size", () => {
    expect(comparisons.filter(({ inside }) => inside === false)).toEqual([]);
    expect(comparisons.filter(({ inside }) => inside)).toHaveLength(4);
    const same = "2-norm, a change as large as that of two log-normals";
    expect(found(`Kolmogorov's distance, ${same}`)).toBeGreaterThan(0.1);
    expect(found(`share below zero, ${same}`)).toBeGreaterThan(0.1);
  });

  it("draws a row for each geometry and a curve for each", async () => {
    const document = await createDocument();
    const text = spines.draw(rows, document).textContent ?? "";
    for (const potential of ["negative-entropy", "3-norm", "2-norm"])
      expect(text).toContain(`${potential}, before`);
    expect(spines.draw([], document).textContent).toMatch(/no run has ended/);
  });
});

describe("the figure spines", () => {
  it("says which data it needs, and where such are", async () => {
    const call = { out: tmpdir(), jobs: 1, data: null, versions: {}, scale: "quick" } as const;
    await expect(makeFigure({ ...call, figure: figureNamed("spines") })).rejects.toThrow(
      /^--data: expected a table with a column spine_vol_um3, such as .*10\.5281\/zenodo\.3710459\) for the figure spines, got nothing; give a file or folder$/,
    );
  });
});

describe("the kind deconvolution", () => {
  const written = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "spines-")), "sizes.csv");
    writeFileSync(path, text);
    return path;
  };
  const run = (text: string) =>
    deconvolution.run(
      deconvolution.parse({ data: written(text), column: "size", potential: "eg" }, "plan"),
      tools,
    );

  it("refuses sizes that are not above zero, with their line", async () => {
    await expect(run("size\n0.1\n0\n0.3\n")).rejects.toThrow(
      /^--data: expected sizes > 0 in "size", got 0 \(line 3 of ".*sizes.csv"\); leave such synapses out$/,
    );
  });

  it("refuses a column that is not there, too few sizes, and a geometry off the continuum", async () => {
    await expect(run("volume\n0.1\n")).rejects.toThrow(/expected the name of a column, got "size"/);
    await expect(run("size\n0.1\n0.2\n")).rejects.toThrow(/^fitNormalMixture: expected 4 or more values/);
    expect(() => deconvolution.parse({ data: "x.csv", potential: "affine:2" }, "plan")).toThrow(
      'plan: expected negative-entropy or a P-norm, got "affine:2" ("potential")',
    );
  });
});
