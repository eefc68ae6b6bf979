/** Ends a test run with one plain line of counts, for people who read only the last line; a notice stands above it. */

import type { Reporter, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  private readonly notice: string | null;

  constructor({ notice }: { readonly notice: string | null }) {
    this.notice = notice;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") counts[state]++;
      }
      // A file that does not load has no tests to fail.
      if (module.errors().length > 0) counts.failed++;
    }
    const failed = counts.failed + errors.length;
    const skipped = counts.skipped > 0 ? `${counts.skipped} skipped\n` : "";
    const notice = this.notice === null ? "" : `${this.notice}\n`;
    setTimeout(
      () => process.stdout.write(`${notice}${skipped}${counts.passed} passed, ${failed} failed\n`),
      0,
    );
  }
}
