/** `syngeo figure`: a figure of a paper from new runs, and the distance to what was published. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { FigureComparison } from "../experiment/figure-definition.ts";
import type { Comparison, FigureScale } from "../experiment/index.ts";
import type { MadeFigure } from "../experiment/make-figure.node.ts";
import { positiveNumber } from "./flag-values.node.ts";
import { named, sweepProgress, sweepSummary, versions } from "./sweep-command.node.ts";
import { alignedTable, styled, figure as threeDigits } from "./terminal.node.ts";

interface FigureFlags {
  readonly scale: FigureScale;
  readonly out: string;
  readonly jobs: number;
  readonly data?: string;
  readonly column?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  syngeo figure                              # the figures there are
  syngeo figure r-of-k                       # two minutes at most: figures/r-of-k-quick/figure.png
  syngeo figure r-of-k --scale full --jobs 2 # the size of the paper; stopped, the same command goes on

In the folder: figure.svg, figure.png, data.csv, data.json, comparison.json and the runs (syngeo runs --store DIR/store).
Exit codes: 0 all numbers are inside their tolerances, 2 bad input, 3 some are outside or runs failed, 130 stopped (Ctrl-C; it
draws what there is), 1 a fault of syngeo.`;

export function addFigureCommand(program: Command): void {
  program
    .command("figure")
    .description(
      "Makes the runs of a published figure, draws it, and sets each published or reference number beside ours.",
    )
    .argument("[name]", "such as r-of-k; without it the figures are listed")
    .addOption(
      new Option("--scale <scale>", "quick, or full as published")
        .choices(["quick", "full"])
        .default("quick"),
    )
    .option("--out <folder>", "where the folder NAME-SCALE is made", "figures")
    .option("--jobs <count>", "processes at once, one thread each", positiveNumber, availableParallelism())
    .option("--data <path>", "your file or folder, for a figure that needs one")
    .option("--column <name>", "the column of --data that is drawn, where it has several of numbers")
    .option("--json", "print the comparison as one JSON object (schema syngeo.comparison/1)")
    .addHelpText("after", EXAMPLES)
    .action(runFigure);
}

async function runFigure(name: string | undefined, flags: FigureFlags): Promise<void> {
  const { figureNamed, makeFigure } = await import("../experiment/make-figure.node.ts");
  if (name === undefined) {
    const { paperFigures } = await import("../experiment/figures.ts");
    const rows = paperFigures.map(({ name, summary, needs }) => [
      name,
      needs === undefined ? summary : `${summary}; needs --data`,
    ]);
    process.stdout.write(`${alignedTable(rows)}\n`);
    return;
  }
  const { scale, out, jobs, data = null, column = null } = flags;
  const request = { figure: figureNamed(name), scale, out, jobs, data, column, versions: versions() };
  const made = await sweepProgress((call) => makeFigure({ ...request, ...call }));
  process.stdout.write(`${flags.json ? JSON.stringify(made.comparison) : summary(made)}\n`);
  process.exitCode = exitOf(made);
}

function exitOf({ sweeps, comparison }: MadeFigure): number {
  const { complete, planned } = comparison.runs;
  const failed = sweeps.reduce((sum, one) => sum + one.failed.length, 0);
  if (complete + failed < planned) return 130;
  if (failed > 0) return 3;
  return comparison.comparisons.some(({ inside }) => inside === false) ? 3 : 0;
}

function summary({ folder, sweeps, comparison }: MadeFigure): string {
  const { leftOut, figure, scale, runs, doubtful } = comparison;
  const partial = runs.complete < runs.planned ? [`drawn from ${runs.complete} of ${runs.planned} runs`] : [];
  return [
    // Doubts of earlier runs count as much as those of runs made now.
    ...sweeps.map((one) => sweepSummary({ ...one, doubtful: [] })),
    ...named("doubtful", doubtful),
    "",
    ...comparisonLines(comparison),
    ...(leftOut === "" ? [] : [`quick leaves out ${leftOut}; --scale full has it`]),
    ...partial,
    `figure: ${join(folder, "figure.svg")} (and .png, data.csv, data.json, comparison.json)`,
    styled("dim", `${figure}, ${scale}, ${comparison.seconds.toFixed(1)} s`),
  ].join("\n");
}

function comparisonLines({ comparisons }: FigureComparison): readonly string[] {
  if (comparisons.length === 0) return ["no reference number has its runs yet"];
  const rows = comparisons.map((one) => [
    one.what,
    threeDigits(one.expected),
    threeDigits(one.found),
    signed(one.difference),
    one.tolerance === null ? "–" : `±${threeDigits(one.tolerance)}`,
    verdictOf(one),
  ]);
  const judged = comparisons.filter(({ inside }) => inside !== null);
  const inside = judged.filter((one) => one.inside).length;
  const notes = comparisons.filter(({ note }) => note !== "").map(({ what, note }) => `  ${what}: ${note}`);
  const sources = [...new Set(comparisons.map(({ source }) => source))].map((source) => `from ${source}`);
  return [
    alignedTable([["", "reference", "ours", "difference", "tolerance", "inside"], ...rows]),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    `${inside} of ${judged.length} inside`,
    ...sources,
  ];
}

const signed = (value: number) => `${value > 0 ? "+" : ""}${threeDigits(value, 2)}`;

function verdictOf({ inside }: Comparison): string {
  if (inside === null) return "–";
  return inside ? "yes" : "no";
}
