/** The server of the lab: a static folder on 127.0.0.1, read only, for pages of its own. */

import { readdir, readFile, realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

export const LAB_HOST = "127.0.0.1";

/** What a page may do: run its own scripts and WebAssembly, in its own workers, and talk to nobody else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": POLICY,
  // Isolation, without which browsers give no threads to WebAssembly.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  Vary: "Accept-Encoding",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".npz": "application/octet-stream",
};
/** Already compressed, or too seldom asked for to be. */
const COMPRESSED = new Set([".png", ".npz"]);

export interface LabFolders {
  /** The built page. */
  readonly page: string;
  /** Results of `syngeo figure`, served under `/figures/` in place of those of the page; null for these. */
  readonly figures: string | null;
}

/** A server that does not listen yet. It answers GET and HEAD for its own address, from the folders and nothing else. */
export function labServer(folders: LabFolders): Server {
  const compressed = new Map<string, Promise<Buffer>>();
  return createServer((request, response) => {
    answer(request, response, folders, compressed).catch((error: unknown) => {
      refuse(
        response,
        500,
        `lab: expected to answer ${request.url}, got ${String(error)}; start syngeo lab again`,
      );
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  folders: LabFolders,
  compressed: Map<string, Promise<Buffer>>,
): Promise<void> {
  const { method, url = "", headers, socket } = request;
  const hosts = [LAB_HOST, "localhost"].map((name) => `${name}:${socket.localPort}`);
  if (!hosts.includes(headers.host ?? "")) {
    // Else a page of another name that resolves to this machine could read the answers.
    return refuse(
      response,
      403,
      `lab: expected the host ${hosts.join(" or ")}, got "${headers.host ?? ""}"; open http://${hosts[0]}/`,
    );
  }
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405, `lab: expected GET or HEAD, got ${method}; nothing is written here`);
  }
  const parts = partsOf(url);
  const found = parts === null ? null : await contentOf(parts, folders);
  if (found === null)
    return refuse(response, 404, `lab: expected a file of the lab, got "${url.slice(0, 200)}"; open /`);
  const ending = extname(found.name);
  const gzipped = acceptsGzip(headers["accept-encoding"]) && !COMPRESSED.has(ending);
  const body = gzipped ? await compressedOnce(found, compressed) : found.bytes;
  response.writeHead(200, {
    ...HEADERS,
    "Content-Type": TYPES[ending] ?? "application/octet-stream",
    "Content-Length": body.byteLength,
    // A built file carries its content in its name.
    "Cache-Control": parts?.[0] === "assets" ? "max-age=31536000, immutable" : "no-cache",
    ...(gzipped ? { "Content-Encoding": "gzip" } : {}),
  });
  response.end(method === "HEAD" ? undefined : body);
}

const acceptsGzip = (accepted: string | string[] | undefined) => String(accepted ?? "").includes("gzip");

function compressedOnce(
  { name, bytes, isLasting }: Found,
  compressed: Map<string, Promise<Buffer>>,
): Promise<Buffer> {
  if (!isLasting) return compress(bytes);
  const known = compressed.get(name) ?? compress(bytes);
  compressed.set(name, known);
  return known;
}

/** The parts of a path below the folder; null for one that could lead out of it, or to what is hidden. */
function partsOf(url: string): readonly string[] | null {
  const [path] = url.split(/[?#]/);
  if (!path.startsWith("/")) return null;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  const parts = decoded.split("/").filter((part) => part !== "");
  const isPlain = parts.every((part) => !part.startsWith(".") && !/[\\\0:]/.test(part));
  if (!isPlain) return null;
  return parts.length === 0 ? ["index.html"] : parts;
}

interface Found {
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether the name always has this content. */
  readonly isLasting: boolean;
}

async function contentOf(parts: readonly string[], { page, figures }: LabFolders): Promise<Found | null> {
  if (parts[0] !== "figures" || figures === null) return fileIn(page, parts, parts[0] === "assets");
  if (parts.length === 2 && parts[1] === "index.json") {
    return {
      name: "index.json",
      bytes: Buffer.from(JSON.stringify(await figureFolders(figures))),
      isLasting: false,
    };
  }
  return fileIn(figures, parts.slice(1), false);
}

/** Folders with a comparison in them. */
async function figureFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const kept = await Promise.all(
    names.map(async (name) => (await fileIn(folder, [name, "comparison.json"], false)) !== null),
  );
  return names.filter((_, k) => kept[k]).sort();
}

/** A file of the folder; null where there is none, or where a link leads out of the folder. */
async function fileIn(folder: string, parts: readonly string[], isLasting: boolean): Promise<Found | null> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, ...parts))]);
    if (!path.startsWith(root + sep)) return null;
    return { name: path, bytes: await readFile(path), isLasting };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "EACCES"].includes(String(code))) return null;
    throw error;
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${sentence}\n`);
}
