/** A figure of a paper from its plans: their runs, and the files that show them. */

import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writing } from "../data/index.node.ts";
import { InputError, nearestName } from "../errors.ts";
import { createDocument, svgToPng } from "../plot/index.node.ts";
import { svgText } from "../plot/index.ts";
import { csvText } from "./csv.node.ts";
import {
  COMPARISON_SCHEMA,
  type FigureComparison,
  type FigureDefinition,
  type FigureRow,
  type FigureScale,
} from "./figure-definition.ts";
import { paperFigures } from "./figures.ts";
import type { RunCall } from "./make-run.node.ts";
import { type PlannedRuns, planRuns, readPlan } from "./planned-runs.node.ts";
import { completeRuns, readRun } from "./store.node.ts";
import { type SweepSummary, sweep } from "./sweep.node.ts";

export interface FigureRequest extends RunCall {
  readonly figure: FigureDefinition;
  readonly scale: FigureScale;
  /** In which a folder NAME-SCALE is made. */
  readonly out: string;
  readonly jobs: number;
  /** The user's file or folder, where the figure needs one. */
  readonly data: string | null;
  /** The column of it, where the figure needs one; null for the one that the figure expects. */
  readonly column: string | null;
}

export interface MadeFigure {
  readonly folder: string;
  /** Of each plan. */
  readonly sweeps: readonly SweepSummary[];
  readonly comparison: FigureComparison;
}

/** The figure of that name. @throws InputError `unknown-figure` */
export function figureNamed(name: string): FigureDefinition {
  const found = paperFigures.find((figure) => figure.name === name);
  if (found !== undefined) return found;
  const names = paperFigures.map((figure) => figure.name);
  const near = nearestName(name, names);
  throw new InputError({
    code: "unknown-figure",
    message: `figure: expected one of ${names.join(", ")}, got "${name}"; ${near === null ? "choose one" : `did you mean "${near}"?`}`,
  });
}

/**
 * Makes the runs that a figure lacks and writes `figure.svg`, `figure.png`, `data.csv`, `data.json` and `comparison.json` beside
 * their store. Stopped by the signal, it draws what there is; the same call goes on.
 *
 * @throws InputError `needs-data`, `no-data`, `cannot-write`, and what its plans and readers throw
 */
export async function makeFigure(request: FigureRequest): Promise<MadeFigure> {
  const { figure, scale, out, signal } = request;
  requireData(request);
  const clock = performance.now();
  const folder = join(out, `${figure.name}-${scale}`);
  const store = join(folder, "store");
  const plans = await Promise.all(figure.plans[scale].map((name) => plannedRuns(name, request)));
  const sweeps: SweepSummary[] = [];
  for (const planned of plans) {
    if (!signal?.aborted) sweeps.push(await sweep(planned, { ...request, store }));
  }
  const done = await completeRuns(store);
  const results = await Promise.all(plans.map((planned) => resultsOf(planned, store, done)));
  const rows = results.flatMap((each) => each.rows);
  const ids = plans.flatMap((planned) => planned.ids);
  const comparison: FigureComparison = {
    schema: COMPARISON_SCHEMA,
    figure: figure.name,
    scale,
    leftOut: scale === "quick" ? figure.leftOut : "",
    comparisons: figure.compare(rows),
    doubtful: results.flatMap((each) => each.doubtful),
    runs: { complete: ids.filter((id) => done.has(id)).length, planned: ids.length },
    seconds: (performance.now() - clock) / 1000,
  };
  await writeFiles(folder, figure, rows, comparison);
  return { folder, sweeps, comparison };
}

function requireData({ figure: { name, needs }, data, column }: FigureRequest): void {
  if (needs !== undefined && data === null) {
    throw new InputError({
      code: "needs-data",
      message: `--data: expected ${needs} for the figure ${name}, got nothing; give a file or folder`,
    });
  }
  if (needs !== undefined) return;
  for (const [flag, given] of Object.entries({ data, column })) {
    if (given === null) continue;
    throw new InputError({
      code: "no-data",
      message: `--${flag}: expected nothing for the figure ${name}, got "${given}"; leave it out`,
    });
  }
}

/** Plans that belong to the package, beside its sources and its build alike. */
const PLANS = new URL("../../plans/", import.meta.url);

async function plannedRuns(name: string, { data, column, onProgress }: FigureRequest): Promise<PlannedRuns> {
  const plan = await readPlan(new URL(`${name}.json`, PLANS));
  const own = { ...(data !== null && { data: resolve(data) }), ...(column !== null && { column }) };
  return planRuns({ ...plan, settings: { ...plan.settings, ...own } }, `plan "${name}"`, onProgress);
}

/** All lines of the runs that are complete, in the order of the plan, and what is doubtful in them. */
async function resultsOf(planned: PlannedRuns, store: string, done: ReadonlySet<string>) {
  const rows: FigureRow[] = [];
  const doubtful: { readonly id: string; readonly message: string }[] = [];
  for (const [k, run] of planned.ids.entries()) {
    if (!done.has(run)) continue;
    const { varied } = await planned.runAt(k);
    const { rows: own, outcome } = await readRun(store, run);
    for (const row of own) rows.push({ ...varied, ...row, run });
    if (outcome.status === "doubtful") doubtful.push({ id: run, message: outcome.message });
  }
  return { rows, doubtful };
}

async function writeFiles(
  folder: string,
  figure: FigureDefinition,
  rows: readonly FigureRow[],
  comparison: FigureComparison,
): Promise<void> {
  const data = figure.data(rows);
  const svg = svgText(figure.draw(rows, await createDocument()), figure.name);
  const contents: Readonly<Record<string, string | Uint8Array>> = {
    "figure.svg": svg,
    "figure.png": svgToPng(svg),
    "data.csv": csvText(data),
    "data.json": `${JSON.stringify({ schema: "syngeo.figure-data/1", figure: figure.name, rows: data }, null, 1)}\n`,
    "comparison.json": `${JSON.stringify(comparison, null, 2)}\n`,
  };
  await writing("figure", folder, async () => {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  });
}
