/** `syngeo runs`: what the runs of a store found. */

import type { Command } from "commander";
import {
  csvText,
  failedRuns,
  queryRuns,
  type RunDetails,
  readRunTable,
  showRun,
} from "../experiment/index.node.ts";
import { flatSettings, type Row } from "../experiment/index.ts";
import { wholeNumber } from "./flag-values.node.ts";
import { DEFAULT_STORE } from "./sweep-command.node.ts";
import { alignedTable, styled } from "./terminal.node.ts";

interface RunsFlags {
  readonly store?: string;
  readonly where?: string;
  readonly columns?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly json?: true;
  readonly csv?: true;
}

const STORE_HELP = `where the runs are kept; ${DEFAULT_STORE} unless given`;

const EXAMPLES = `
Examples:
  syngeo runs
  syngeo runs --where "task.inputs >= 200 and accuracy > 0.9" --sort=-accuracy,seed --limit 10
  syngeo runs --columns run,geometry.potential,accuracy,run.seconds --csv > table.csv
  syngeo runs show 6bdb                # settings, outcome and files of one run

Columns: settings by dotted path, results by their names, and run, run.kind, run.plan, run.status, run.message, run.seconds,
run.host, run.started. Without --columns: settings and results that differ between runs.`;

export function addRunsCommand(program: Command): void {
  const command = program
    .command("runs")
    .description("Lists all runs of a store with their settings and results, by a condition in SQL.")
    .option("--store <folder>", STORE_HELP)
    .option("--where <condition>", "only rows for which it is true, in SQL")
    .option("--columns <list>", "columns to show")
    .option("--sort <list>", "columns to sort by; a minus before one for falling order")
    .option("--limit <count>", "the most rows", wholeNumber)
    .option("--json", "print one JSON object (schema syngeo.runs/1)")
    .option("--csv", "print CSV")
    .addHelpText("after", EXAMPLES)
    .action(listRuns);
  command
    .command("show")
    .summary("one run: settings, outcome, files")
    .description("Shows all that is known of one run.")
    .argument("<id>", "the run's id, or the beginning of it")
    .option("--store <folder>", STORE_HELP)
    .option("--json", "print one JSON object (schema syngeo.run-details/1)")
    .addHelpText("after", "\nExample:\n  syngeo runs show 6bdb --store figures/r-of-k-quick/store")
    .action(async (id: string, own: RunsFlags) => {
      await showOne(id, { ...command.opts<RunsFlags>(), ...own });
    });
}

const listOf = (text: string) => text.split(",").map((name) => name.trim());

async function listRuns({ store = DEFAULT_STORE, where, columns, sort, limit, json, csv }: RunsFlags) {
  const table = await readRunTable(store);
  const found = await queryRuns(table, {
    where: where ?? null,
    columns: columns === undefined ? null : listOf(columns),
    sort: sort === undefined ? [] : listOf(sort),
    limit: limit ?? null,
  });
  const failed = [...(await failedRuns(store))];
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema: "syngeo.runs/1", store, ...found, failed })}\n`);
    return;
  }
  if (csv) {
    process.stdout.write(csvText(found.rows, found.columns));
    return;
  }
  const cells = found.rows.map((row) => found.columns.map((column) => shortText(row[column])));
  const runs = new Set(table.rows.map(({ run }) => run)).size;
  const rest = failed.length === 0 ? "" : `, ${failed.length} failed (syngeo runs show ${failed[0]})`;
  process.stdout.write(
    `${alignedTable([found.columns, ...cells])}\n${found.rows.length} of ${table.rows.length} rows, ${runs} runs${rest}\n`,
  );
}

/** Six digits: enough to compare by eye; --csv and --json have all. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "–";
  return typeof cell === "number" ? String(Number(cell.toPrecision(6))).replace("-", "−") : String(cell);
}

/** The widest cell of a table, in characters. */
const WIDEST = 40;

/** One long sentence or list would move all other columns out of sight. */
function shortText(cell: unknown): string {
  const text = cellText(cell);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1).trimEnd()}…` : text;
}

async function showOne(id: string, { store = DEFAULT_STORE, json }: RunsFlags): Promise<void> {
  const details = await showRun(store, id);
  const text = json ? JSON.stringify({ schema: "syngeo.run-details/1", ...details }) : detailsText(details);
  process.stdout.write(`${text}\n`);
}

function detailsText(details: RunDetails): string {
  const known = details.state === "failed" ? details.failure : { ...details.settings, ...details.outcome };
  const { id, kind, plan, settings, message, seconds, host, started, versions } = known;
  const status = details.state === "failed" ? "failed" : details.outcome.status;
  const colour = status === "done" ? "green" : status === "failed" ? "red" : "yellow";
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${styled(["bold", colour], status)}  ${id}, kind ${kind}, plan ${plan}`,
    ...(message === "" ? [] : [message]),
    `${started}, ${seconds.toFixed(1)} s on ${host}, ${software.join(", ")}`,
    "",
    pairsTable(flatSettings(settings)),
    ...(details.state === "failed" ? [] : resultLines(details)),
  ].join("\n");
}

function resultLines({ rows, folder, files }: Extract<RunDetails, { state: "complete" }>): readonly string[] {
  const shapes = [...new Set(rows.map((row) => Object.keys(row).join("\n")))];
  const results = shapes.flatMap((shape) => [
    "",
    rowsTable(rows.filter((row) => Object.keys(row).join("\n") === shape)),
  ]);
  const sizes = files.map(({ name, bytes }) => [name, `${bytes.toLocaleString("en-GB")} B`]);
  return [...results, "", folder, alignedTable(sizes)];
}

/** Of rows that have the same columns. */
function rowsTable(rows: readonly Row[]): string {
  const [first] = rows;
  if (rows.length === 1) return pairsTable(first);
  const columns = Object.keys(first);
  return alignedTable([columns, ...rows.map((row) => columns.map((column) => shortText(row[column])))]);
}

/** Values begin at one column, each as long as it is. */
function pairsTable(row: Row): string {
  const entries = Object.entries(row);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, cell]) => `${name.padEnd(width)}  ${cellText(cell)}`).join("\n");
}
