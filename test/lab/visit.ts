/** A visit to the lab: its server, a browser, and pages that keep what goes wrong in them. */

import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { labServer } from "../../src/cli/lab-server.node.ts";
import { CHROMIUM_WORDS } from "../chromium.ts";

/** What Chromium says where a page asks for a graphics card and there is none. */
const NO_GRAPHICS_CARD = "No available adapters.";

export interface Visit {
  readonly address: string;
  readonly browser: Browser;
  /** Opens `#/path` in a page of its own; what its console and its policy complain of goes to `complaints`. */
  open(path: string, options?: BrowserContextOptions): Promise<Opened>;
  end(): Promise<void>;
}

export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

/** Serves the built lab, with its own figures or those of a folder, and starts the browser at this path. */
export async function startVisit(executablePath: string, figures: string | null = null): Promise<Visit> {
  const server = labServer({ page: resolve(import.meta.dirname, "../../dist/lab"), figures });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  // A server on an address and a port has both.
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_WORDS] });
  return {
    address,
    browser,
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        const isComplaint = message.type() === "error" || message.type() === "warning";
        if (isComplaint && message.text() !== NO_GRAPHICS_CARD) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${address}#/${path}`);
      await page.locator("h1").waitFor();
      return { page, complaints };
    },
    async end() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Drops a file on the page, as a visitor does with the pointer. */
export async function drop(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, plain);
  await page.locator(".file-drop").dispatchEvent("drop", { dataTransfer: transfer });
}

/** Drops files and folders of the disk, as a visitor does from another window. */
export async function dropPaths(page: Page, files: readonly string[], place = ".file-drop"): Promise<void> {
  const box = await page.locator(place).first().boundingBox();
  if (box === null) throw new Error(`nowhere to drop at ${place}`);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + 10, data };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at });
  await session.detach();
}

/** The heading of the verdict, once there is one and nothing is being computed. */
export async function verdictOf(page: Page, timeout = 120_000): Promise<string> {
  await page.locator("[aria-busy=false] #verdict").waitFor({ timeout });
  return `${await page.locator("#verdict").textContent()}: ${await page.locator(".verdict .answer").textContent()}`;
}
