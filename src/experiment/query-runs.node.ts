/** Questions to all runs of a store, in SQL: their settings and results as one table in memory, asked by DuckDB. */

import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError, nearestName, UnsupportedError } from "../errors.ts";
import { columnsOf } from "./csv.node.ts";
import { flatSettings } from "./plan.ts";
import type { Cell, Row } from "./run-kind.ts";
import { completeRuns, type FinishedRun, readRun, requireStore } from "./store.node.ts";

export interface RunQuery {
  /** A condition in SQL; dotted columns may stand without quotes. */
  readonly where: string | null;
  /** Null for those that `shownColumns` gives. */
  readonly columns: readonly string[] | null;
  /** Columns; a minus before one for falling order. By run unless given. */
  readonly sort: readonly string[];
  readonly limit: number | null;
}

export interface RunTable {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** What is known of a run beside settings and results: columns that begin with `run`. */
const factsOf = ({ settings, outcome }: FinishedRun): Row => ({
  run: settings.id,
  "run.kind": settings.kind,
  "run.plan": settings.plan,
  "run.status": outcome.status,
  "run.message": outcome.message,
  "run.seconds": outcome.seconds,
  "run.host": outcome.host,
  "run.started": outcome.started,
});

/** How many runs are read at once. */
const READ_AT_ONCE = 32;

/**
 * Every row of every run: facts of the run, all its settings by dotted path, and what it found.
 *
 * @throws InputError `not-a-store`, `damaged-store`
 */
export async function readRunTable(store: string): Promise<RunTable> {
  await requireStore(store);
  const ids = [...(await completeRuns(store))].sort();
  const rows: Row[] = [];
  for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
    const part = await Promise.all(ids.slice(start, start + READ_AT_ONCE).map((id) => readRun(store, id)));
    for (const run of part) {
      const shared = { ...factsOf(run), ...flatSettings(run.settings.settings) };
      for (const row of run.rows) rows.push({ ...shared, ...row });
    }
  }
  return { columns: columnsOf(rows), rows };
}

/** The run, its status, what differs between runs of its settings, and all results. */
export function shownColumns({ columns, rows }: RunTable): readonly string[] {
  const facts = columns.filter((column) => column.startsWith("run."));
  const values = (column: string) => new Set(rows.map((row) => row[column] ?? null)).size;
  return columns.filter(
    (column) => column === "run.status" || (!facts.includes(column) && values(column) > 1),
  );
}

/**
 * Rows of a table of runs by a condition, in order. The database holds the table alone and reaches no file.
 *
 * @throws InputError `bad-condition` with the columns there are, `unknown-column`; UnsupportedError `no-duckdb`
 */
export async function queryRuns(table: RunTable, query: RunQuery): Promise<RunTable> {
  const columns = query.columns ?? shownColumns(table);
  const order = query.sort.map((name) => (name.startsWith("-") ? name.slice(1) : name));
  for (const name of columns) requireColumn(name, "--columns", table);
  for (const name of order) requireColumn(name, "--sort", table);
  if (table.rows.length === 0) return { columns, rows: [] };
  const connection = await openDatabase();
  try {
    await load(connection, table);
    const falling = (k: number) => (query.sort[k].startsWith("-") ? " desc" : "");
    const terms = [...order.map((name, k) => `${quoted(name)}${falling(k)} nulls last`), `"row"`];
    const sql = [
      `select ${columns.map(quoted).join(", ")} from runs`,
      // A line of its own ends a comment in the condition.
      ...(query.where === null ? [] : [`where (${withQuotes(query.where, table.columns)}\n)`]),
      `order by ${terms.join(", ")}`,
      ...(query.limit === null ? [] : [`limit ${query.limit}`]),
    ].join("\n");
    const result = await connection.runAndReadAll(sql).catch((error: unknown) => {
      throw badCondition(error, String(query.where), table.columns);
    });
    const rows = result.getRows().map((cells) => {
      // Columns are made below, of text, numbers and truth values only.
      const entries = cells.map((cell, k) => [columns[k], cell as Cell]);
      return Object.fromEntries(entries);
    });
    return { columns, rows };
  } finally {
    connection.closeSync();
  }
}

function requireColumn(name: string, flag: string, { columns }: RunTable): void {
  if (columns.includes(name)) return;
  const near = nearestName(name, columns);
  throw new InputError({
    code: "unknown-column",
    message: `${flag}: expected one of ${columns.join(", ")}, got "${name}"; ${near === null ? "choose one" : `did you mean "${near}"?`}`,
  });
}

/** One connection to a database of its own, which can read and write no file, whatever it is asked. */
async function openDatabase(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch((cause: unknown) => {
    const message = `runs: expected the package @duckdb/node-api, which is optional, got ${cause instanceof Error ? cause.message : String(cause)}; npm install @duckdb/node-api`;
    throw new UnsupportedError({ code: "no-duckdb", message, cause });
  });
  const database = await DuckDBInstance.create(":memory:", {
    // Each option may be changed until external access is off.
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    enable_external_access: "false",
    lock_configuration: "true",
  });
  return database.connect();
}

async function load(connection: DuckDBConnection, { columns, rows }: RunTable): Promise<void> {
  const types = columns.map((column) => typeOf(rows, column));
  const fields = columns.map((column, k) => `${quoted(column)} ${types[k]}`);
  await connection.run(`create table runs (${[...fields, `"row" integer`].join(", ")})`);
  const appender = await connection.createAppender("runs");
  rows.forEach((row, place) => {
    columns.forEach((column, k) => {
      const cell = row[column] ?? null;
      if (cell === null) appender.appendNull();
      else if (types[k] === "double") appender.appendDouble(Number(cell));
      else if (types[k] === "boolean") appender.appendBoolean(cell === true);
      else appender.appendVarchar(String(cell));
    });
    appender.appendInteger(place);
    appender.endRow();
  });
  appender.closeSync();
}

/** Numbers where all cells are numbers, text where they differ. */
function typeOf(rows: readonly Row[], column: string): "double" | "boolean" | "varchar" {
  const types = new Set(rows.flatMap((row) => row[column] ?? []).map((cell) => typeof cell));
  if (types.size > 1) return "varchar";
  if (types.has("number")) return "double";
  return types.has("boolean") ? "boolean" : "varchar";
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Strings and quoted names as they are; dotted columns in quotes, as SQL wants them. */
function withQuotes(where: string, columns: readonly string[]): string {
  return where.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\d_.]*/gu, (word) =>
    word.includes(".") && columns.includes(word) ? quoted(word) : word,
  );
}

function badCondition(cause: unknown, where: string, columns: readonly string[]): InputError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return new InputError({
    code: "bad-condition",
    message: `--where: expected a condition in SQL, got "${where}" (${reason}); the columns are ${columns.join(", ")}`,
    cause,
  });
}
