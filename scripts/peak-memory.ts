/** The built command in a process of its own that says what it took of memory and processor. */

import { spawnSync } from "node:child_process";

const main = new URL("../dist/cli/main.node.js", import.meta.url).href;

/** Runs `syngeo WORDS`; `peak` is the largest resident memory in MB, looked at every 5 ms; `processor` its seconds. */
export function runMeasured(words: readonly string[], cwd: string) {
  // resourceUsage().maxRSS would begin at the size of the process that starts this one.
  const script = `let peak = 0;
    const look = () => { peak = Math.max(peak, process.memoryUsage.rss()); };
    setInterval(look, 5).unref();
    process.on("exit", () => {
      look();
      const { user, system } = process.cpuUsage();
      process.stderr.write("PEAK " + peak + " BUSY " + (user + system));
    });
    await import(${JSON.stringify(main)});`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script, "--", ...words],
    { encoding: "utf8", cwd, maxBuffer: 1e8 },
  );
  const [, peak, busy] = /PEAK (\d+) BUSY (\d+)/.exec(stderr) ?? [];
  return { status, stdout, stderr, peak: Number(peak) / 2 ** 20, processor: Number(busy) / 1e6 };
}
