/** The lab's server: its own address, its own folder, nothing else. */

import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { labServer } from "../../src/cli/lab-server.node.ts";
import { expectRefusal } from "../command.ts";

const root = mkdtempSync(join(tmpdir(), "syngeo-lab-"));
const page = join(root, "page");
const figures = join(root, "figures");
const server = labServer({ page, figures });
let port = 0;

beforeAll(async () => {
  mkdirSync(join(page, "assets"), { recursive: true });
  mkdirSync(join(figures, "regression-quick"), { recursive: true });
  mkdirSync(join(figures, "empty"));
  writeFileSync(join(root, "secret.txt"), "secret");
  writeFileSync(join(page, "index.html"), "<!doctype html><title>lab</title>");
  writeFileSync(join(page, ".hidden"), "secret");
  writeFileSync(join(page, "assets", "index-1.js"), `${"export const a = 1;".repeat(100)}`);
  writeFileSync(join(page, "assets", "runtime.wasm"), "wasm");
  writeFileSync(join(figures, "regression-quick", "comparison.json"), "{}");
  symlinkSync(join(root, "secret.txt"), join(page, "link.txt"));
  symlinkSync(root, join(page, "linked"));
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  // A server on an address and a port has both.
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

/** The bytes of an answer to a request line as it stands: `fetch` would tidy the path. */
function ask(line: string, headers: Readonly<Record<string, string>> = {}) {
  const all = { Host: `127.0.0.1:${port}`, Connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return new Promise<{ status: number; head: string; body: Buffer }>((done, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const end = bytes.indexOf("\r\n\r\n");
      const head = bytes.subarray(0, end).toString();
      done({ status: Number(head.split(" ")[1]), head, body: bytes.subarray(end + 4) });
    });
    socket.write(`${line} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  });
}

describe("labServer", () => {
  it("answers with its page under a strict policy, isolated from other origins", async () => {
    const { status, head, body } = await ask("GET /");
    expect(status).toBe(200);
    expect(body.toString()).toContain("<title>lab</title>");
    for (const line of [
      "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
      "Cross-Origin-Opener-Policy: same-origin",
      "Cross-Origin-Embedder-Policy: require-corp",
      "Cross-Origin-Resource-Policy: same-origin",
      "X-Content-Type-Options: nosniff",
      "Content-Type: text/html",
    ]) {
      expect(head).toContain(line);
    }
    expect(head).not.toContain("unsafe-inline");
    expect(head).not.toContain("Access-Control-Allow-Origin");
  });

  it("names WebAssembly as such and lets browsers keep what carries its content in its name", async () => {
    const { head } = await ask("GET /assets/runtime.wasm");
    expect(head).toContain("Content-Type: application/wasm");
    expect(head).toContain("immutable");
  });

  it("compresses for those who take it, to the same bytes", async () => {
    const plain = await ask("GET /assets/index-1.js");
    const { head, body } = await ask("GET /assets/index-1.js", { "Accept-Encoding": "gzip, br" });
    expect(head).toContain("Content-Encoding: gzip");
    expect(body.byteLength).toBeLessThan(plain.body.byteLength);
    expect(gunzipSync(body)).toEqual(plain.body);
  });

  it.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""])(
    "refuses the host %j, so that another name for this machine reads nothing",
    async (host) => {
      const { status, body } = await ask("GET /", { Host: host });
      expect(status).toBe(403);
      expect(body.toString()).toContain("expected the host 127.0.0.1:");
    },
  );

  it("answers to localhost too", async () => {
    expect((await ask("GET /", { Host: `localhost:${port}` })).status).toBe(200);
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/....//secret.txt",
    "/assets/%00/../index.html",
    "/link.txt",
    "/linked/secret.txt",
    "/.hidden",
    "//secret.txt",
    "/%",
    "/C:/secret.txt",
    "/figures/../secret.txt",
    "/figures/..%2f..%2fsecret.txt",
    "http://127.0.0.1/secret.txt",
    `/${"a".repeat(5000)}`,
    "/assets",
    "/missing.js",
  ])("gives nothing for %s", async (path) => {
    const { status, body } = await ask(`GET ${path}`);
    expect(status).toBe(404);
    expect(body.toString()).not.toContain("secret\n");
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s: nothing is written", async (method) => {
    const before = readdirSync(page, { recursive: true });
    const { status, head } = await ask(`${method} /index.html`, { "Content-Length": "0" });
    expect(status).toBe(405);
    expect(head).toContain("Allow: GET, HEAD");
    expect(readdirSync(page, { recursive: true })).toEqual(before);
  });

  it("answers HEAD without a body", async () => {
    const { status, head, body } = await ask("HEAD /");
    expect(status).toBe(200);
    expect(head).toContain(`Content-Length: ${readFileSync(join(page, "index.html")).byteLength}`);
    expect(body.byteLength).toBe(0);
  });

  it("lists the folders that hold a figure, and serves their files", async () => {
    expect(JSON.parse((await ask("GET /figures/index.json")).body.toString())).toEqual(["regression-quick"]);
    const { status, head } = await ask("GET /figures/regression-quick/comparison.json");
    expect(status).toBe(200);
    expect(head).toContain("Content-Type: application/json");
  });
});

describe("syngeo lab", () => {
  const main = resolve(import.meta.dirname, "../../dist/cli/main.node.js");

  it("prints its address, serves the built page there on 127.0.0.1, and ends with Ctrl-C", async () => {
    const child = spawn(process.execPath, [main, "lab", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<number | null>((done) => child.on("exit", done));
    const line = await new Promise<string>((done) => child.stdout.once("data", (text) => done(String(text))));
    const { schema, address } = JSON.parse(line);
    expect(schema).toBe("syngeo.lab/1");
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const answer = await fetch(address);
    expect(await answer.text()).toContain("<title>Syngeo lab</title>");
    // The page has the policy too, for servers that send none.
    const built = readFileSync(resolve(main, "../../lab/index.html"), "utf8");
    const own = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(built)?.[1];
    expect(answer.headers.get("Content-Security-Policy")).toBe(`${own}; frame-ancestors 'none'`);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  it("refuses what it cannot serve in one sentence", () => {
    expectRefusal(
      root,
      ["lab", "--port", "70000"],
      /--port: expected a port from 0 to 65535 that is free, got 70000/,
    );
    expectRefusal(
      root,
      ["lab", "--port", String(port)],
      /that is free, got \d+ \(EADDRINUSE\); leave it out/,
    );
    expectRefusal(
      root,
      ["lab", "--figures", "nowhere"],
      /lab: expected a folder of figures, got nothing at "nowhere"/,
    );
  });
});
