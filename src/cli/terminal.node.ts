/** Words on a terminal: progress, tables, colours where they are wanted. */

import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Styles text for standard output; plain where that is not a terminal or NO_COLOR is set. */
export function styled(style: Style, text: string): string {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? styleText(style, text) : text;
}

/** Rows of cells as aligned columns, the first to the left and the others to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A number to three significant digits with a true minus sign; "–" where there is none. */
export function figure(value: number | null, digits = 3): string {
  if (value === null) return "–";
  const text =
    Math.abs(value) >= 1000
      ? Math.round(value).toLocaleString("en-GB")
      : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

export interface ProgressEvent {
  readonly done: number;
  readonly total: number;
  readonly label: string;
  /** What is counted; "steps" unless given. */
  readonly unit?: string;
}

/**
 * A line of progress on standard error: share, rate and time left; nothing in the first second or without a terminal.
 */
export function terminalProgress(): { report(event: ProgressEvent): void; end(): void } {
  const first = performance.now();
  let started = first;
  let last = 0;
  let counted = "";
  let shown = false;
  return {
    report: ({ done, total, label, unit = "steps" }) => {
      const now = performance.now();
      // Another count has a rate of its own.
      if (counted !== `${total} ${unit}`) started = now;
      counted = `${total} ${unit}`;
      const seconds = (now - started) / 1000;
      if (!process.stderr.isTTY || now - first < 1000 || now - last < 100) return;
      last = now;
      shown = true;
      const rate = seconds > 0 ? done / seconds : 0;
      const left = rate > 0 ? `${Math.ceil((total - done) / rate)} s left` : "";
      const share = Math.round((100 * done) / Math.max(1, total));
      process.stderr.write(`\r\x1b[K${share} %  ${shortRate(rate)} ${unit}/s  ${left}  ${label}`);
    },
    end: () => {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}

/** 3.2, 320 or, for millions, 320M. */
function shortRate(rate: number): string {
  if (rate < 1e5) return rate.toFixed(rate < 10 ? 1 : 0);
  return new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(rate);
}

/** A signal that Ctrl-C aborts, until it is released; the second Ctrl-C ends the process at once, as without it. */
export function interruption(): { readonly signal: AbortSignal; release(): void } {
  const abort = new AbortController();
  const stop = () => {
    release();
    abort.abort();
  };
  const release = () => process.removeListener("SIGINT", stop);
  process.on("SIGINT", stop);
  return { signal: abort.signal, release };
}
