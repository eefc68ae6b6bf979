/** `syngeo infer`: which geometry changed these synapses? */

import { type Command, Option } from "commander";
import { potentialForms } from "../geometry/index.ts";
import { requireOneOrTwo } from "../pairing/index.ts";
import { requireFolder } from "./figure-file.node.ts";
import { aNumber, notNegative, positiveNumber, wholeNumber } from "./flag-values.node.ts";
import { answerOf, type InferFlags, optionsOf } from "./infer-answer.node.ts";
import { writePictures } from "./infer-pictures.node.ts";
import { inferSummary } from "./infer-summary.node.ts";
import { terminalProgress } from "./terminal.node.ts";

type ListFlag = "where" | "include" | "exclude" | "repeat" | "control";

const EXAMPLES = `
Examples:
  syngeo infer before.npy after.npy --report report.html
  syngeo infer spines.csv --initial day0 --final day8 --cluster dendrite --repeat day0 day0b
  syngeo infer long.csv --id animal,spine --time day --from 0 --to 8 --value volume --where type=apical
  syngeo infer spines.csv --initial day0 --final day8 --cluster dendrite --where group=trained --control group=untrained
  syngeo infer first.npz last.npz --include "*weight_hh*" --json
  syngeo infer epoch0/ epoch30/ --exclude "*head*"
  syngeo infer checkpoints/ --snapshots

Potentials: ${potentialForms}.
Exit codes: 0 an answer (decided, undecided or none), 2 bad input, 3 misfit or unidentifiable, 130 stopped, 1 a fault of syngeo.`;

const collect = (value: string, previous: readonly string[] = []) => [...previous, value];

export function addInferCommand(program: Command): void {
  const command = program
    .command("infer")
    .description("Finds the geometry of plasticity from weights before and after learning.")
    .argument(
      "<files...>",
      'two files or folders of weights (INITIAL FINAL), one table, or a pattern of tables ("runs/*.csv")',
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
      positiveNumber,
    )
    .option(
      "--snapshots",
      "a series of checkpoints: a folder, a run, or files in order; each step, then first to last",
    )
    .option("--report <file.html>", "write a self-contained report with figures")
    .option("--figures <dir>", "write each figure as SVG and PNG")
    .addOption(new Option("--seed <number>", "seed of everything random").default(1).argParser(wholeNumber))
    .option("--json", "print one JSON object (schema syngeo.infer/1, of a series syngeo.snapshots/1)")
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
  if (!flags.snapshots) requireOneOrTwo(files);
  if (flags.report !== undefined) await requireFolder("infer", flags.report);
  if (flags.figures !== undefined) await requireFolder("infer", flags.figures);
  if (flags.snapshots) return (await import("./infer-snapshots.node.ts")).inferSnapshots(files, flags);
  const progress = terminalProgress();
  const options = optionsOf(flags, progress.report);
  const { fit, picture, ...loaded } = await answerOf(files, flags, options).finally(progress.end);
  const written = await writePictures(loaded, fit, picture, flags);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...fit, leftOut: loaded.leftOut })}\n`);
  else process.stdout.write(`${[inferSummary(fit, loaded.leftOut), ...written].join("\n")}\n`);
  if (fit.verdict.status === "misfit" || fit.verdict.status === "unidentifiable") process.exitCode = 3;
}
