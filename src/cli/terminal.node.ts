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
}

/**
 * A line of progress on standard error: share, rate and time left; nothing in the first second or without a terminal.
 */
export function terminalProgress(): { report(event: ProgressEvent): void; end(): void } {
  const started = performance.now();
  let last = 0;
  let shown = false;
  return {
    report: ({ done, total, label }) => {
      const now = performance.now();
      const seconds = (now - started) / 1000;
      if (!process.stderr.isTTY || seconds < 1 || now - last < 100) return;
      last = now;
      shown = true;
      const rate = done / seconds;
      const left = rate > 0 ? `${Math.ceil((total - done) / rate)} s left` : "";
      const share = Math.round((100 * done) / Math.max(1, total));
      process.stderr.write(
        `\r\x1b[K${share} %  ${rate.toFixed(rate < 10 ? 1 : 0)} steps/s  ${left}  ${label}`,
      );
    },
    end: () => {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}
