import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { terminalProgress } from "./terminal.node.ts";

describe("terminalProgress", () => {
  let written: string[] = [];
  const wasTerminal = process.stderr.isTTY;
  const setTerminal = (value: boolean) =>
    Object.defineProperty(process.stderr, "isTTY", { value, configurable: true });

  beforeEach(() => {
    written = [];
    vi.useFakeTimers({ toFake: ["performance"] });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    setTerminal(wasTerminal);
  });

  /** Steps one after another, each taking so long; the last line drawn. */
  function drawn(
    progress: ReturnType<typeof terminalProgress>,
    { from, to, total, each }: { from: number; to: number; total: number; each: number },
  ): string {
    for (let done = from; done <= to; done++) {
      vi.advanceTimersByTime(each);
      progress.report({ done, total, label: "learning" });
    }
    return written[written.length - 1];
  }

  it("writes nothing where there is no terminal, and nothing in the first second", () => {
    setTerminal(false);
    const progress = terminalProgress();
    drawn(progress, { from: 1, to: 30, total: 100, each: 100 });
    progress.end();
    setTerminal(true);
    drawn(terminalProgress(), { from: 1, to: 9, total: 100, each: 100 });
    expect(written).toEqual([]);
  });

  it("says share, rate and time left of the part under way, though earlier parts were faster", () => {
    setTerminal(true);
    const progress = terminalProgress();
    expect(drawn(progress, { from: 1, to: 50, total: 100, each: 100 })).toBe(
      "\r\x1b[K50 %  10 steps/s  5 s left  learning",
    );
    // The next rate of a search: as many steps, each ten times slower.
    expect(drawn(progress, { from: 1, to: 20, total: 100, each: 1000 })).toContain(
      "20 %  1.0 steps/s  80 s left",
    );
    // The run itself: more steps.
    expect(drawn(progress, { from: 1, to: 100, total: 1000, each: 500 })).toContain(
      "10 %  2.0 steps/s  8 min left",
    );
  });

  it("gives no time left before three units or a twentieth are done", () => {
    setTerminal(true);
    const progress = terminalProgress();
    const lineAt = (done: number, total: number) => {
      vi.advanceTimersByTime(2000);
      progress.report({ done, total, label: "0 of 200", unit: "runs" });
      return written[written.length - 1];
    };
    progress.report({ done: 0, total: 200, label: "", unit: "runs" });
    expect(lineAt(0.01, 200)).toBe("\r\x1b[K0 %  0 of 200");
    expect(lineAt(2.9, 200)).not.toContain("left");
    expect(lineAt(4, 200)).toContain("0.7 runs/s  5 min left");
    progress.report({ done: 0, total: 3, label: "", unit: "runs" });
    expect(lineAt(0.1, 3)).not.toContain("left");
    expect(lineAt(0.2, 3)).toContain("left");
  });

  it("counts only what was done now where a run goes on", () => {
    setTerminal(true);
    expect(drawn(terminalProgress(), { from: 500, to: 520, total: 1000, each: 100 })).toContain(
      "10 steps/s  48 s",
    );
  });

  it("cuts a line that would wrap, and takes the line back at the end", () => {
    setTerminal(true);
    const progress = terminalProgress();
    vi.advanceTimersByTime(2000);
    progress.report({ done: 1, total: 2, label: "x".repeat(500) });
    expect(written[0].length).toBeLessThan(5 + (process.stderr.columns || 80));
    progress.end();
    expect(written[1]).toBe("\r\x1b[K");
  });
});
