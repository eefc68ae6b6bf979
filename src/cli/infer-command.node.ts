/** `syngeo infer`: which geometry changed these synapses? */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { writing } from "../data/index.node.ts";
import { parsePotentials, potentialForms } from "../geometry/index.ts";
import {
  type GeometryFit,
  type GeometryPicture,
  type InferOptions,
  infer,
  pictureOf,
} from "../inference/index.ts";
import {
  chosenNoise,
  type LoadedPairs,
  type NoiseChoice,
  type PairSelection,
  requireOneOrTwo,
  shellWord,
} from "../pairing/index.ts";
import { createRandom } from "../random.ts";
import { requireFolder } from "./figure-file.node.ts";
import { aNumber, notNegative, wholeNumber } from "./flag-values.node.ts";
import { inferSummary } from "./infer-summary.node.ts";
import { loadPairs } from "./load-pairs.node.ts";
import { inferStreamed, openPairBlocks } from "./stream-pairs.node.ts";
import { styled, terminalProgress } from "./terminal.node.ts";
import { packageVersion } from "./version.node.ts";

interface InferFlags extends PairSelection, NoiseChoice {
  readonly potentials?: string;
  readonly level: number;
  readonly seed: number;
  readonly resamples: number;
  readonly threads?: number;
  readonly report?: string;
  readonly figures?: string;
  readonly json?: true;
}

type ListFlag = "where" | "include" | "exclude" | "repeat" | "control";

const EXAMPLES = `
Examples:
  syngeo infer before.npy after.npy --report report.html
  syngeo infer spines.csv --initial day0 --final day8 --cluster dendrite --repeat day0 day0b
  syngeo infer long.csv --id animal,spine --time day --from 0 --to 8 --value volume --where type=apical
  syngeo infer spines.csv --initial day0 --final day8 --cluster dendrite --where group=trained --control group=untrained
  syngeo infer first.npz last.npz --include "*weight_hh*" --json

Potentials: ${potentialForms}.
Exit codes: 0 an answer (decided, undecided or none), 2 bad input, 3 misfit or unidentifiable, 130 stopped, 1 a fault of syngeo.`;

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function addInferCommand(program: Command): void {
  const command = program
    .command("infer")
    .summary("which geometry changed these synapses?")
    .description("Finds the geometry of plasticity from weights before and after learning.")
    .argument(
      "<files...>",
      'two files of weights (INITIAL FINAL), one table, or a pattern of tables ("runs/*.csv")',
    )
    .option("--initial <name>", "column (or array) of the weights before learning")
    .option("--final <name>", "column (or array) of the weights after learning")
    .option("--group <columns>", "layer or cell type: own drift and scale of change")
    .option(
      "--cluster <columns>",
      "neuron, dendrite or animal (or animal,cell): not independent, resampled whole",
    )
    .option("--where <column=value>", "use only these rows (repeatable)", collect)
    .option(
      "--control <column=value>",
      "rows that did not learn (repeatable); --where holds for them too, but for a column named here (* for any value)",
      collect,
    )
    .option(
      "--control-initial <name>",
      "the control's initial column, array, time or file (of the same synapses: give --cluster)",
    )
    .option("--control-final <name>", "the control's final column, array, time or file")
    .option(
      "--normalise-by <columns>",
      "divide sizes by the median baseline of this group, such as a cell (all rows, all times up to --from)",
    )
    .option("--id <columns>", "columns that name a synapse, for long tables or two tables of different order")
    .option("--time <column>", "column of times of a long table, with --from, --to, --value and --id")
    .option("--from <value>", "initial time of a long table")
    .option("--to <value>", "final time of a long table")
    .option("--value <column>", "column of sizes of a long table")
    .option("--sheet <name>", "sheet of an Excel workbook (the first unless given)")
    .option("--include <glob>", "use only arrays with such names (repeatable)", collect)
    .option("--exclude <glob>", "leave arrays with such names out (repeatable)", collect)
    .option(
      "--noise-additive <sd>",
      "SD of one reading that does not depend on size, in the unit of the weights",
      notNegative,
    )
    .option(
      "--noise-multiplicative <share>",
      "SD of one reading as a share of size, such as 0.1",
      notNegative,
    )
    .option(
      "--repeat <columns...>",
      "two columns (or times) of repeated measurements with nothing between them",
    )
    .option("--potentials <list>", "potentials to compare, separated by commas")
    .option("--level <level>", "confidence level", aNumber, 0.95)
    .option("--resamples <count>", "resamples of whole clusters", wholeNumber, 400)
    .option(
      "--threads <count>",
      "threads for files of millions of weights; the cores, up to 8, unless given",
      wholeNumber,
    )
    .option("--report <file.html>", "write a self-contained report with figures")
    .option("--figures <dir>", "write each figure as SVG and PNG")
    .addOption(new Option("--seed <number>", "seed of everything random").default(1).argParser(wholeNumber))
    .option("--json", "print one JSON object (schema syngeo.infer/1)")
    .addHelpText("after", EXAMPLES);
  command.action(
    async (files: string[], flags: Omit<InferFlags, ListFlag> & Partial<Pick<InferFlags, ListFlag>>) => {
      const { where = [], include = [], exclude = [], repeat = [], control = [] } = flags;
      // A list option takes every word up to the next flag, files that follow it included.
      await runInfer([...files, ...repeat.slice(2)], {
        ...flags,
        where,
        include,
        exclude,
        repeat: repeat.slice(0, 2),
        control,
      });
    },
  );
}

async function runInfer(files: readonly string[], flags: InferFlags): Promise<void> {
  requireOneOrTwo(files);
  if (flags.report !== undefined) await requireFolder("infer", flags.report);
  if (flags.figures !== undefined) await requireFolder("infer", flags.figures);
  const noise = chosenNoise(flags);
  const potentials =
    flags.potentials === undefined ? undefined : parsePotentials(flags.potentials, "--potentials");
  const progress = terminalProgress();
  const { fit, picture, ...loaded } = await answerOf(files, flags, {
    random: createRandom(flags.seed),
    seed: flags.seed,
    level: flags.level,
    resamples: flags.resamples,
    sensitivity: flags.report !== undefined || flags.figures !== undefined,
    onProgress: progress.report,
    ...(noise ? { noise } : {}),
    ...(potentials ? { potentials } : {}),
  }).finally(progress.end);
  const written = await writePictures(loaded, fit, picture, flags);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...fit, leftOut: loaded.leftOut })}\n`);
  else process.stdout.write(`${[inferSummary(fit, loaded.leftOut), ...written].join("\n")}\n`);
  if (fit.verdict.status === "misfit" || fit.verdict.status === "unidentifiable") process.exitCode = 3;
}

interface Answer extends Omit<LoadedPairs, "pairs" | "control"> {
  readonly fit: GeometryFit;
  /** Null where no figure is asked for. */
  readonly picture: GeometryPicture | null;
}

/** Large arrays are read a block at a time, all else whole. */
async function answerOf(files: readonly string[], flags: InferFlags, options: InferOptions): Promise<Answer> {
  const wantsPicture = flags.report !== undefined || flags.figures !== undefined;
  const notice = (sentence: string) => process.stderr.write(`syngeo: ${sentence}\n`);
  const streamed = await openPairBlocks(files, flags, notice);
  if (streamed) {
    const { leftOut, files: described } = streamed;
    const { threads } = flags;
    return {
      ...(await inferStreamed(streamed, options, { threads, picture: wantsPicture })),
      leftOut,
      files: described,
    };
  }
  const { pairs, control, ...loaded } = await loadPairs(files, flags);
  const fit = infer(pairs, control === null ? options : { ...options, control, sensitivity: false });
  return {
    ...loaded,
    fit,
    picture: wantsPicture ? pictureOf(pairs, fit, options.random.stream("picture"), control) : null,
  };
}

/** Writes what was asked for and returns a line for each. */
async function writePictures(
  loaded: Pick<LoadedPairs, "files" | "leftOut">,
  fit: GeometryFit,
  picture: GeometryPicture | null,
  { report, figures }: InferFlags,
): Promise<string[]> {
  if (picture === null) return ["", styled("dim", "add --report report.html for the figures")];
  const { drawFigures, reportHtml } = await import("../plot/index.ts");
  const { createDocument, svgToPng } = await import("../plot/index.node.ts");
  const drawn = drawFigures(fit, picture, { document: await createDocument() });
  const lines: string[] = [""];
  if (figures !== undefined) {
    await writing("infer", figures, async () => {
      await mkdir(figures).catch(ignoreExisting);
      for (const { name, svg } of drawn) {
        await writeFile(join(figures, `${name}.svg`), svg);
        await writeFile(join(figures, `${name}.png`), svgToPng(svg));
      }
    });
    lines.push(`figures: ${figures} (${drawn.length} as SVG and PNG)`);
  }
  if (report !== undefined) {
    const html = reportHtml(fit, drawn, {
      command: `syngeo ${process.argv.slice(2).map(shellWord).join(" ")}`,
      version: packageVersion(),
      files: loaded.files,
      leftOut: loaded.leftOut,
      date: new Date().toISOString().slice(0, 10),
    });
    await writing("infer", report, () => writeFile(report, html));
    lines.push(`report: ${report}`);
  }
  return lines;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
