/** The built command in a process of its own that says how much memory it took. */

import { spawnSync } from "node:child_process";

const main = new URL("../dist/cli/main.node.js", import.meta.url).href;

/** Runs `syngeo WORDS`; `peak` is the largest resident memory in MB, looked at every 5 ms. */
export function runMeasured(words: readonly string[], cwd: string) {
  // resourceUsage().maxRSS would begin at the size of the process that starts this one.
  const script = `let peak = 0;
    const look = () => { peak = Math.max(peak, process.memoryUsage.rss()); };
    setInterval(look, 5).unref();
    process.on("exit", () => { look(); process.stderr.write("PEAK " + peak); });
    await import(${JSON.stringify(main)});`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script, "--", ...words],
    { encoding: "utf8", cwd, maxBuffer: 1e8 },
  );
  return { status, stdout, stderr, peak: Number(/PEAK (\d+)/.exec(stderr)?.[1]) / 2 ** 20 };
}
