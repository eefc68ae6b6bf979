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

/** Of a part under way, before its rate says how long the rest takes: the first units hold what is done once, such as a start. */
const ENOUGH = { units: 3, share: 0.05 } as const;

/**
 * A line of progress on standard error: share, and rate and time left once they are known; nothing in the first second or without a
 * terminal.
 *
 * Rate and time left are those of the part under way: a part ends where `done` falls or `total` changes.
 */
export function terminalProgress(): { report(event: ProgressEvent): void; end(): void } {
  const started = performance.now();
  let last = 0;
  let shown = false;
  let part = { done: 0, total: 0, began: started };
  let before = 0;
  return {
    report: ({ done, total, label, unit = "steps" }) => {
      const now = performance.now();
      // A run that goes on begins far from 0, which was not done now.
      if (done < before || total !== part.total) part = { done, total, began: now };
      before = done;
      if (!process.stderr.isTTY || now - started < 1000 || now - last < 100) return;
      last = now;
      shown = true;
      const share = Math.round((100 * done) / Math.max(1, total));
      const columns = process.stderr.columns || 80;
      const enough = Math.min(ENOUGH.units, ENOUGH.share * (total - part.done));
      const known = done - part.done >= enough;
      const pace = known ? paceOf(done - part.done, total - done, (now - part.began) / 1000, unit) : "";
      const line = `${share} %  ${pace}${label}`;
      // A line that wraps cannot be taken back.
      process.stderr.write(`\r\x1b[K${line.slice(0, columns - 1)}`);
    },
    end: () => {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}

/** Steps (or what else is counted) a second and the time that the others take at that rate; empty where too little is known. */
function paceOf(done: number, left: number, seconds: number, unit: string): string {
  if (done === 0 || seconds < 0.2) return "";
  const rate = done / seconds;
  return `${shortRate(rate)} ${unit}/s  ${durationText(left / rate)} left  `;
}

/** `42 s`, `3 min`, `1.5 h` */
function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
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
