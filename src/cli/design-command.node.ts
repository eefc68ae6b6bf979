/** `syngeo design`: how many synapses do I need? */

import type { Command } from "commander";
import { InputError } from "../errors.ts";
import { parsePotential, potentialForms } from "../geometry/index.ts";
import { type Design, type DesignSettings, designControl } from "../inference/index.ts";
import { createRandom } from "../random.ts";
import { requireFigurePath, writeFigure } from "./figure-file.node.ts";
import { aNumber, notNegative, wholeNumber } from "./flag-values.node.ts";
import { loadPairs } from "./load-pairs.node.ts";
import { alignedTable, figure, styled, terminalProgress } from "./terminal.node.ts";

interface DesignFlags {
  readonly between: readonly string[];
  readonly sizes?: string;
  readonly column?: string;
  readonly sizeSpread: number;
  readonly change: number;
  readonly tails: string;
  readonly fluctuation: number;
  readonly noiseMultiplicative: number;
  readonly noiseAdditive: number;
  readonly controlRatio: number;
  readonly perCluster: number;
  readonly clusterCorrelation: number;
  readonly power: number;
  readonly level: number;
  readonly seed: number;
  readonly figure?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  syngeo design --change 0.3 --fluctuation 0.15 --noise-multiplicative 0.07
  syngeo design --between negative-entropy 1.5-norm --control-ratio 0.5 --per-cluster 8 --cluster-correlation 0.1
  syngeo design --sizes spines.csv --column day0 --change 0.4 --json
  syngeo design --change 0.3 --figure power.svg

All sizes of change and noise are shares of the median synapse. Potentials: ${potentialForms}; only powers have an exponent.`;

export function addDesignCommand(program: Command): void {
  program
    .command("design")
    .description(
      "Finds how many synapses, with a control group, tell two geometries apart: by formula and by simulation.",
    )
    .option("--between <potentials...>", "the two geometries", ["negative-entropy", "2-norm"])
    .option("--sizes <file>", "draw initial sizes from this file instead of a log-normal law")
    .option("--column <name>", "its column or array of sizes")
    .option("--size-spread <sd>", "SD of the logarithm of the initial size", notNegative, 0.7)
    .option("--change <share>", "SD of the change by learning", notNegative, 0.2)
    .option("--tails <law>", "law of that change: gaussian or student-4 (heavy tails)", "gaussian")
    .option(
      "--fluctuation <share>",
      "SD of the change without learning, growing with size",
      notNegative,
      0.15,
    )
    .option("--noise-multiplicative <share>", "SD of one reading, growing with size", notNegative, 0.07)
    .option("--noise-additive <share>", "SD of one reading that does not depend on size", notNegative, 0.05)
    .option("--control-ratio <ratio>", "control synapses for each learning synapse", notNegative, 1)
    .option("--per-cluster <count>", "synapses in a cell, dendrite or animal", wholeNumber, 1)
    .option("--cluster-correlation <rho>", "how alike squared changes in one of them are", notNegative, 0)
    .option("--power <power>", "probability to exclude the other geometry", aNumber, 0.8)
    .option("--level <level>", "confidence level of the interval that excludes it", aNumber, 0.95)
    .option("--seed <number>", "seed of everything random", wholeNumber, 1)
    .option("--figure <file.svg>", "draw power against synapses, as SVG and as PNG beside it")
    .option("--json", "print one JSON object (schema syngeo.design/1)")
    .addHelpText("after", EXAMPLES)
    .action(runDesign);
}

async function runDesign(flags: DesignFlags): Promise<void> {
  if (flags.figure !== undefined) await requireFigurePath("design", flags.figure);
  const settings: Partial<DesignSettings> = {
    between: exponentsOf(flags.between),
    power: flags.power,
    level: flags.level,
    logSizeDeviation: flags.sizeSpread,
    sizes: await sizesOf(flags),
    change: flags.change,
    law: lawOf(flags.tails),
    fluctuation: flags.fluctuation,
    noise: { multiplicative: flags.noiseMultiplicative, additive: flags.noiseAdditive },
    controlRatio: flags.controlRatio,
    perCluster: flags.perCluster,
    clusterCorrelation: flags.clusterCorrelation,
  };
  const progress = terminalProgress();
  const design = designControl(settings, {
    random: createRandom(flags.seed),
    onProgress: (done, total) => progress.report({ done, total, label: "simulated experiments" }),
  });
  progress.end();
  const written = flags.figure === undefined ? [] : [await drawPower(flags.figure, design, flags.between)];
  const text = flags.json ? JSON.stringify(design) : [designSummary(design, flags), ...written].join("\n\n");
  process.stdout.write(`${text}\n`);
}

async function drawPower(path: string, design: Design, between: readonly string[]): Promise<string> {
  const { powerCurve } = await import("../plot/index.ts");
  // `exponentsOf` has refused all but two.
  const names = [between[0], between[1]] as const;
  return writeFigure("design", path, "power-curve", (document) => powerCurve(design, names, { document }));
}

function exponentsOf(names: readonly string[]): readonly [number, number] {
  if (names.length !== 2) {
    throw new InputError({
      code: "two-potentials",
      message: `--between: expected two geometries, got ${names.length} ("${names.join('", "')}"); such as --between negative-entropy 2-norm`,
    });
  }
  const exponents = names.map((name) => {
    const { exponent } = parsePotential(name, "--between");
    if (exponent !== null) return exponent;
    throw new InputError({
      code: "no-exponent",
      message: `--between: expected a potential with an exponent, got "${name}"; such as negative-entropy, 2-norm or 2.5-norm`,
    });
  });
  return [exponents[0], exponents[1]];
}

function lawOf(tails: string): DesignSettings["law"] {
  if (tails === "gaussian" || tails === "student-4") return tails;
  throw new InputError({
    code: "unknown-law",
    message: `--tails: unknown "${tails}"; one of gaussian, student-4`,
  });
}

async function sizesOf({ sizes, column }: DesignFlags): Promise<Float64Array | null> {
  if (sizes === undefined) return null;
  const selection = { where: [], include: [], exclude: [], repeat: [], control: [] };
  const named = column === undefined ? {} : { initial: column, final: column };
  const files = column === undefined ? [sizes, sizes] : [sizes];
  const { pairs } = await loadPairs(files, { ...selection, ...named });
  const found = Float64Array.from(pairs.initial, Math.abs).filter(
    (size) => size > 0 && Number.isFinite(size),
  );
  if (found.length >= 10) return found;
  throw new InputError({
    code: "too-few-sizes",
    message: `--sizes: expected at least 10 sizes in "${sizes}", got ${found.length}; leave it out and give --size-spread`,
  });
}

function designSummary(design: Design, { between, perCluster }: DesignFlags): string {
  const { simulation, formula, curve, simulated, designEffect } = design;
  const count = (value: number) => value.toLocaleString("en-GB");
  const cells =
    perCluster > 1
      ? ` (${count(simulation.clusters)} and ${count(simulation.controlClusters)} clusters of ${perCluster})`
      : "";
  const percent = (power: number) => `${Math.round(100 * power)} %`;
  const rows = [
    ...curve.map(({ learning, control, power }) => ({
      learning,
      control,
      formula: percent(power),
      found: "",
    })),
    ...simulated.map(({ learning, control, power, runs }) => ({
      learning,
      control,
      formula: "",
      found: `${percent(power)} (2 × ${runs} runs)`,
    })),
  ].sort((a, b) => a.learning - b.learning);
  return [
    styled(
      "bold",
      `${count(simulation.learning)} learning and ${count(simulation.control)} control synapses${cells} tell ${between[0]} from ${between[1]} with ${percent(design.power)} power.`,
    ),
    `Simulated experiments of that size exclude the other geometry in ${percent(simulation.power)}, by the variance function with control; the formula says ${count(formula.learning)} and ${count(formula.control)}.`,
    `Learning would be ${percent(Math.min(...design.learningShare))} to ${percent(Math.max(...design.learningShare))} of the variance of the change${designEffect > 1 ? `; the design effect of clusters is ${figure(designEffect)}` : ""}.`,
    "",
    alignedTable([
      ["learning", "control", "power by formula", "power by simulation"],
      ...rows.map((row) => [count(row.learning), count(row.control), row.formula, row.found]),
    ]),
  ].join("\n");
}
