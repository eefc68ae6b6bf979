import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { storedRows } from "../../../test/planned-rows.ts";
import { createDocument } from "../../plot/index.node.ts";
import { figureNamed, makeFigure } from "../make-figure.node.ts";
import { PLAN_SCHEMA, parsePlan } from "../plan.ts";
import { planRuns, readPlan } from "../planned-runs.node.ts";
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
const planned = (settings: object) =>
  planRuns(
    parsePlan({ schema: PLAN_SCHEMA, name: "sizes", kind: "deconvolution", settings }, "plan"),
    "plan",
  );

describe.skipIf(!isHere)("the figure spines, of 1961 spines of layer 2/3", async () => {
  const plan = await readPlan(new URL("../../../plans/spines-quick.json", import.meta.url));
  const rows = isHere ? (await storedRows({ ...plan, settings: { data, widths: 3 } })).rows : [];
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

  it("has the numpy fit in its comparisons, and what is excluded, so that a number can be outside", () => {
    const outside = comparisons.filter(({ inside }) => !inside).map(({ what }) => what);
    expect(outside).toEqual([
      "W₁, negative-entropy, the largest change that fits",
      "excluded (1) or not (0): 3-norm, a change as large as that of the two log-normals",
      "W₁, 3-norm, a change as large as that of the two log-normals",
      "share below zero, 3-norm, a change as large as that of the two log-normals",
      "share below zero, 3-norm, the largest change that fits",
      "excluded (1) or not (0): 2-norm, every change",
      "W₁, 2-norm, a change as large as that of the two log-normals",
      "share below zero, 2-norm, a change as large as that of the two log-normals",
      "share below zero, 2-norm, the largest change that fits",
    ]);
    expect(comparisons).toHaveLength(4 + 3 * 2 + 3 * 2 + 2 * 2);
    const same = "a change as large as that of the two log-normals";
    expect(found(`share below zero, 2-norm, ${same}`)).toBeGreaterThan(0.1);
    expect(found(`W₁, 3-norm, ${same}`)).toBeGreaterThan(3 * found(`W₁, 2-norm, ${same}`));
  });

  it("compares no other sizes with the numpy fit, and not before their runs", () => {
    const others = rows.map((row) => (row.part === "sizes" ? { ...row, contents: "other" } : row));
    expect(spines.compare(others)).toHaveLength(comparisons.length - 4);
    expect(spines.compare(rows.filter(({ potential }) => potential === "2-norm"))).toHaveLength(2 + 2 + 2);
  });

  it("draws a row for each geometry and a curve for each", async () => {
    const document = await createDocument();
    const text = spines.draw(rows, document).textContent ?? "";
    for (const potential of ["negative-entropy", "3-norm", "2-norm"])
      expect(text).toContain(`${potential}, before`);
    expect(text).toContain("size / µm³");
    expect(text).toContain("That the Euclidean geometry alone is excluded is not reproduced.");
    expect(spines.draw([], document).textContent).toMatch(/no run has ended/);
  });
});

describe("the figure spines", () => {
  it("says which data it needs, and where such are", async () => {
    const call = { out: tmpdir(), jobs: 1, data: null, column: null, versions: {}, scale: "quick" } as const;
    await expect(makeFigure({ ...call, figure: figureNamed("spines") })).rejects.toThrow(
      /^--data: expected a table with a column of sizes, such as spine_vol_um3 in .*10\.5281\/zenodo\.3710459\) for the figure spines, got nothing; give a file or folder$/,
    );
  });
});

describe("the kind deconvolution", () => {
  const path = () => join(mkdtempSync(join(tmpdir(), "spines-")), "sizes.csv");
  const written = (text: string, to = path()) => {
    writeFileSync(to, text);
    return to;
  };
  const sizes = Array.from({ length: 40 }, (_, i) => 0.01 * (i + 1));
  const table = (values: readonly (number | string)[]) => `size\n${values.join("\n")}\n`;
  const plan = (data: string, more: object = {}) =>
    planned({ data, column: "size", potential: "eg", ...more });

  it("names a run by the sizes in the file, whatever the other columns and the text of the numbers", async () => {
    const data = written(table(sizes));
    const before = await plan(data);
    const settings = { ...(await before.runAt(0)).settings };
    written(`size,cell\n${sizes.map((size) => `${size}0,1`).join("\n")}\n`, data);
    expect((await plan(data)).ids).toEqual(before.ids);
    written(table(sizes.with(7, 0.5)), data);
    expect((await plan(data)).ids).not.toEqual(before.ids);
    await expect(before.kind.run(settings, tools)).rejects.toThrow(
      /expected the sizes that the run is named by \(SHA-256 [0-9a-f]{12}…\), got others/,
    );
  });

  it.each([
    [table(sizes.with(2, 0)), /expected sizes > 0 in "size", got 0 \(line 4\); leave such synapses out$/],
    [table(sizes.with(2, -0.1)), /expected sizes > 0 in "size", got -0.1 \(line 4\)/],
    [
      `a,${table(sizes)}`.replaceAll(/\n(?=\d)/g, "\n1,").replace("1,0.02\n", "1,\n"),
      /got an empty cell \(line 3\)/,
    ],
    [table(["big", ...sizes]), /expected numbers in column "size", got "big"/],
    [
      table(sizes.slice(6)),
      /expected 35 or more sizes in "size", 3 of them different, got 34 with 34 different; measure more$/,
    ],
    [table(sizes.map(() => 0.1)), /got 40 with 1 different; measure more$/],
    [`volume\n${sizes.join("\n")}\n`, /expected the name of a column, got "size"/],
  ])("refuses a file before any run: %#", async (text, sentence) => {
    await expect(plan(written(text))).rejects.toThrow(sentence);
  });

  it("takes the column that is named, that of the published table, or the only one of numbers, and guesses none", async () => {
    const rows = (head: string) => `${head}\n${sizes.map((size) => `a,${size},${2 * size}`).join("\n")}\n`;
    const columnOf = async (head: string, more: object) => {
      const { runAt } = await planned({ data: written(rows(head)), potential: "eg", ...more });
      return (await runAt(0)).settings.column;
    };
    expect(await columnOf("cell,size,volume", { column: "volume" })).toBe("volume");
    expect(await columnOf("cell,size,spine_vol_um3", {})).toBe("spine_vol_um3");
    await expect(columnOf("cell,size,volume", {})).rejects.toThrow(
      /expected one column of numbers, or the name of the one with sizes, got size, volume; name it by --column \(in a plan "column"\)$/,
    );
    const only = await planned({ data: written(table(sizes)), potential: "eg" });
    expect((await only.runAt(0)).settings.column).toBe("size");
  });

  it("calls a run doubtful where no change fits, and the figure says so", async () => {
    const steps = Array.from({ length: 600 }, (_, i) => 1 + (i % 4));
    const { kind, runAt } = await planned({ data: written(table(steps)), potential: "2-norm", widths: 2 });
    const { status, message, rows } = await kind.run((await runAt(0)).settings, tools);
    expect([status, message]).toEqual([
      "doubtful",
      expect.stringMatching(/^2-norm: no change fits, not even/),
    ]);
    expect(rows[0]).toMatchObject({ part: "sizes", count: 600, unit: null });
    const own = rows.map((row) => ({ potential: "2-norm", ...row, run: "steps" }));
    // The end of the search is no finding.
    const every = spines.compare(own).find(({ what }) => what.endsWith("2-norm, every change"));
    expect(every).toMatchObject({ found: 1, inside: null, note: expect.stringContaining(message.slice(8)) });
    const drawn = spines.draw(own, await createDocument());
    expect(drawn.textContent).toContain("2-norm, before");
    expect(drawn.textContent).toContain("2-norm: no change fits, not even");
  });

  it("refuses a file that is not there, and a geometry off the continuum", async () => {
    await expect(plan(path())).rejects.toThrow(/sizes.csv/);
    await expect(plan("x.csv", { potential: "affine:2" })).rejects.toThrow(
      'plan: expected negative-entropy or a P-norm, got "affine:2" ("potential")',
    );
  });
});
