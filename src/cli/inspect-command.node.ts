/** `syngeo inspect`: what is in this file? */

import type { Command } from "commander";
import { inspectPath } from "../data/index.node.ts";
import type { FileDescription } from "../data/index.ts";
import { alignedTable, figure } from "./terminal.node.ts";

const EXAMPLES = `
Examples:
  syngeo inspect weights.npz
  syngeo inspect checkpoints/epoch0/
  syngeo inspect spines.csv --json`;

export function addInspectCommand(program: Command): void {
  program
    .command("inspect")
    .description("Lists the arrays (name, type, shape) or the columns (kind, range, first values) of a file.")
    .argument(
      "<file>",
      'a file of arrays or a table (docs/formats.md lists them), a folder of such, or a pattern of tables ("runs/*.csv")',
    )
    .option("--sheet <name>", "sheet of an Excel workbook (the first unless given)")
    .option("--json", "print one JSON object (schema syngeo.inspect/1)")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, flags: { json?: true; sheet?: string }) => {
      const description = await inspectPath(path, { sheet: flags.sheet });
      const text = flags.json
        ? JSON.stringify({ schema: "syngeo.inspect/1", file: path, ...description })
        : inspectSummary(path, description);
      process.stdout.write(`${text}\n`);
    });
}

function inspectSummary(path: string, description: FileDescription): string {
  if (description.kind === "tensors") {
    const rows = description.tensors.map(({ name, dtype, shape }) => [name, dtype, `[${shape.join(", ")}]`]);
    const leftOut = description.leftOut.map(({ name, reason }) => `left out ${name}: ${reason}`);
    const metadata = Object.entries(description.metadata ?? {});
    return [
      `${path}: ${description.format}, ${rows.length} ${rows.length === 1 ? "array" : "arrays"}`,
      alignedTable([["name", "type", "shape"], ...rows]),
      ...metadata.map(([key, text]) => `metadata ${key}: ${text}`),
      ...leftOut,
    ].join("\n");
  }
  const rows = description.columns.map((column) =>
    column.kind === "number"
      ? [
          column.name,
          "number",
          figure(column.missing),
          figure(column.min),
          figure(column.median),
          figure(column.max),
          "",
        ]
      : [
          column.name,
          "text",
          figure(column.missing),
          "",
          "",
          "",
          `${figure(column.distinct)} values, such as ${column.first.filter(Boolean).slice(0, 3).join(", ")}`,
        ],
  );
  return [
    `${path}: ${description.format}, ${description.rows.toLocaleString("en-GB")} rows, ${rows.length} columns`,
    alignedTable([["column", "kind", "missing", "min", "median", "max", ""], ...rows]),
    ...(description.leftOut ?? []).map(({ name, reason }) => `left out ${name}: ${reason}`),
  ].join("\n");
}
