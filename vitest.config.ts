import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { CHROMIUM_WORDS, findChromium } from "./test/chromium.ts";

const BROWSER_TESTS = "test/browser/**/*.test.ts";

const inNode: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: "node", include: ["src/**/*.test.ts", "test/**/*.test.ts"], exclude: [BROWSER_TESTS] },
};

const inBrowser = (executablePath: string): TestProjectInlineConfiguration => ({
  extends: true,
  // The runtime finds its .wasm beside its own file, which bundling would move.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  test: {
    name: "browser",
    include: [BROWSER_TESTS],
    globalSetup: ["./test/browser/node-side.ts"],
    // One page at a time, after the tests in Node: each has the two cores to itself.
    fileParallelism: false,
    sequence: { groupOrder: 1 },
    browser: {
      enabled: true,
      headless: true,
      api: { host: "127.0.0.1" },
      screenshotFailures: false,
      instances: [{ browser: "chromium" }],
      provider: playwright({
        launchOptions: {
          executablePath,
          args: [...CHROMIUM_WORDS],
        },
      }),
    },
  },
});

const chromium = findChromium();
const notice =
  chromium === null ? "skipped: no Chromium, so no browser tests; install it or set CHROMIUM=PATH" : null;

export default defineConfig({
  test: {
    projects: chromium === null ? [inNode] : [inNode, inBrowser(chromium)],
    reporters: ["default", ["./test/count-reporter.ts", { notice }]],
    testTimeout: 60_000,
  },
});
