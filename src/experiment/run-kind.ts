/** What a plan can run: one kind of run, from settings as JSON to rows of a table. */

/** A value in a table of results. */
export type Cell = string | number | boolean | null;

/** One line of a table: names of columns and their values. */
export type Row = Readonly<Record<string, Cell>>;

/** What a run may use. */
export interface RunTools {
  readonly signal?: AbortSignal;
  /** Work done, of all that is known to be needed, and what it is at. */
  readonly onProgress?: (event: {
    readonly done: number;
    readonly total: number;
    readonly label: string;
  }) => void;
  /** An empty folder of the run's own, for weights and other files that belong to its result. */
  readonly folder: string;
  /** Of the software. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a run found. A run that could not be made throws instead. */
export interface RunOutcome {
  /** `done`, or a doubtful result, which `message` explains in one sentence. */
  readonly status: "done" | "doubtful";
  readonly message: string;
  /** The results, one or more lines. Columns that are settings come from the plan, not from here. */
  readonly rows: readonly Row[];
}

/** One kind of run: a row in `run-kinds.node.ts`. */
export interface RunKind<Settings> {
  /** One line for `syngeo sweep --help`. */
  readonly summary: string;
  /**
   * All settings of one run, from JSON that may leave some to their defaults. What it returns is plain JSON, complete, and
   * names the run: two runs with the same settings are the same run.
   *
   * @param source  what the JSON is called in messages
   * @throws InputError for a key that is unknown, missing or has a value it cannot have
   */
  parse(json: unknown, source: string): Settings;
  /**
   * Of a kind that reads files of the user's: the parsed settings with what names the contents of these files, so that other
   * contents make another run.
   *
   * @throws InputError where a file cannot be used, before any run is made
   */
  withContents?(settings: Settings): Promise<Settings>;
  /** Makes the run in this process. The same settings give the same rows, bit for bit, on one machine. */
  run(settings: Settings, tools: RunTools): Promise<RunOutcome>;
}

/** Settings as they are known outside their own kind. */
export type Settings = { readonly [key: string]: unknown };
