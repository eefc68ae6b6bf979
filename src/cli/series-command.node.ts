/** `syngeo series`: how do sizes change over several times? */

import type { Command } from "commander";
import { joinByTimes, numberColumn } from "../data/index.ts";
import { fitSeries, type SeriesFit } from "../inference/index.ts";
import { columnsOf, labels, splitRows } from "../pairing/index.ts";
import { createRandom } from "../random.ts";
import { aNumber, wholeNumber } from "./flag-values.node.ts";
import { tableFrom } from "./load-pairs.node.ts";
import { alignedTable, figure, terminalProgress } from "./terminal.node.ts";

interface SeriesFlags {
  readonly id: string;
  readonly time: string;
  readonly value: string;
  readonly cluster?: string;
  readonly where?: readonly string[];
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  readonly json?: true;
}

const EXAMPLES = `
Example:
  syngeo series spines.csv --id dendrite,synapse --time day --value volume --cluster dendrite --where type=apical`;

export function addSeriesCommand(program: Command): void {
  program
    .command("series")
    .description(
      "Exponent and variance against the lag, births and eliminations by size; the exponent corrected for the size variable by simulation.",
    )
    .argument("<file>", "a long table: a row a synapse and time (0: absent)")
    .requiredOption("--id <columns>", "columns that name a synapse")
    .requiredOption("--time <column>", "column of times, numbers")
    .requiredOption("--value <column>", "column of sizes")
    .option("--cluster <columns>", "neuron, dendrite or animal: resampled whole (a synapse unless given)")
    .option(
      "--where <column=value>",
      "use only these rows (repeatable)",
      (value: string, previous: readonly string[] = []) => [...previous, value],
    )
    .option("--level <level>", "confidence level", aNumber, 0.95)
    .option("--resamples <count>", "resamples of whole clusters", wholeNumber, 200)
    .option("--seed <number>", "seed of everything random", wholeNumber, 1)
    .option("--json", "print one JSON object (schema syngeo.series/1)")
    .addHelpText("after", EXAMPLES)
    .action(runSeries);
}

async function runSeries(path: string, flags: SeriesFlags): Promise<void> {
  const { learning: table } = splitRows(await tableFrom(path), { where: flags.where ?? [], control: [] });
  const times = Array.from(new Set(numberColumn(table, flags.time)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const wide = joinByTimes(table, {
    id: columnsOf(flags.id, "--id"),
    time: flags.time,
    times: times.map(String),
    value: flags.value,
    keep: columnsOf(flags.cluster, "--cluster"),
  }).table;
  const progress = terminalProgress();
  const fit = fitSeries(
    {
      source: table.source,
      times,
      sizes: times.map((time) => numberColumn(wide, String(time))),
      cluster: flags.cluster === undefined ? null : labels(wide, flags.cluster, "--cluster"),
    },
    {
      random: createRandom(flags.seed),
      level: flags.level,
      resamples: flags.resamples,
      onProgress: (done, total, label) => progress.report({ done, total, label }),
    },
  );
  progress.end();
  process.stdout.write(`${flags.json ? JSON.stringify(fit) : seriesSummary(fit)}\n`);
}

function fixed(value: number | null): string {
  return value === null ? "…" : value.toFixed(2).replace("-", "−");
}

function seriesSummary({ lags, growth, turnover, source, clusters }: SeriesFit): string {
  const rows = lags.map(
    ({ lag, pairs, births, eliminations, variance, byFirstSize, byMeanSize, corrected }) => [
      figure(lag),
      pairs.toLocaleString("en-GB"),
      `${births}, ${eliminations}`,
      figure(variance),
      `${fixed(byFirstSize.estimate)} [${fixed(byFirstSize.low)}, ${fixed(byFirstSize.high)}]`,
      fixed(corrected.first),
      fixed(byMeanSize),
      fixed(corrected.mean),
    ],
  );
  const quarters = turnover.map(({ from, to, synapses, eliminated, born }) => [
    `${figure(from)} – ${figure(to)}`,
    String(synapses),
    `${Math.round(100 * eliminated)} %`,
    `${Math.round(100 * born)} %`,
  ]);
  return [
    `${source}: ${lags.length} lags, ${clusters} clusters`,
    growth === null
      ? "the growth of the variance needs two lags"
      : `variance ∝ lag^${fixed(growth.exponent)} [${fixed(growth.low)}, ${fixed(growth.high)}] (1: a random walk, 0: fluctuation about a fixed size)`,
    "",
    alignedTable([
      [
        "lag",
        "pairs",
        "births, eliminations",
        "variance",
        "λ by first size",
        "corrected",
        "by mean size",
        "corrected",
      ],
      ...rows,
    ]),
    "",
    "corrected: the λ under which sizes like these, changed as much, would read so (simulated; … beyond −0.5 to 2)",
    "",
    alignedTable([["size, shortest lag", "synapses", "eliminated", "of all births"], ...quarters]),
  ].join("\n");
}
