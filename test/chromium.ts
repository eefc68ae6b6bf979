/** The Chromium of the machine: nothing is downloaded. */

import { existsSync } from "node:fs";

/** Its path; null where there is none. @throws where `CHROMIUM` names what is not there */
export function findChromium(): string | null {
  const given = process.env.CHROMIUM;
  if (given !== undefined && !existsSync(given)) {
    throw new Error(`CHROMIUM: expected the path of a Chromium, got "${given}"; correct it or leave it out`);
  }
  return given ?? ["/usr/bin/chromium"].find((path) => existsSync(path)) ?? null;
}

/** It reaches no host but this machine's. */
export const CHROMIUM_WORDS: readonly string[] = [
  "--no-sandbox", // continuous integration runs as root
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
