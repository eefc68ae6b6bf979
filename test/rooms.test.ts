/** The rooms of the project: which may import which, and what each file may look like. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");

/** What each room may import beside itself and the ground floor. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  geometry: [],
  data: [],
  graph: ["data"],
  inference: ["geometry"],
  plot: ["geometry", "inference"],
  task: ["data"],
  network: ["graph"],
  learning: ["geometry", "graph", "network"],
  experiment: ["geometry", "data", "graph", "network", "learning", "task", "inference", "plot"],
  cli: ["geometry", "data", "inference", "plot", "experiment"],
  lab: ["geometry", "data", "graph", "inference", "network", "learning", "task", "experiment", "plot"],
};
const GROUND_FLOOR = ["tensor.ts", "errors.ts", "random.ts"];

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\.tsx?$/.test(file),
);
const code = files.filter((file) => !/\.test\.tsx?$/.test(file));

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), "utf8");
  const found = text.matchAll(/(?:from\s+|import\s*\(?\s*)"([^"]+)"/g);
  return Array.from(found, (match) => match[1]);
}

const roomOf = (file: string) => (file.includes("/") ? file.split("/")[0] : "");
const targetsOf = (file: string) =>
  importsOf(file)
    .filter((path) => path.startsWith("."))
    .map((path) => relative(source, resolve(source, dirname(file), path)));

describe("rooms", () => {
  it("finds files in every room of the table, and no room that is not in it", () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== ""));
    expect([...rooms].sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it.each(code)("%s imports only what its room may import", (file) => {
    const room = roomOf(file);
    for (const target of targetsOf(file)) {
      const allowed = room === "" ? [] : [room, ...ARROWS[room]];
      const ok = GROUND_FLOOR.includes(target) || allowed.includes(roomOf(target));
      expect(ok, `${file} imports ${target}`).toBe(true);
    }
  });

  it("has a ground floor of three files and folders at most two deep", () => {
    expect(code.filter((file) => !file.includes("/")).sort()).toEqual([...GROUND_FLOOR].sort());
    for (const file of files) expect(file.split("/").length, file).toBeLessThanOrEqual(3);
  });

  it("keeps Node out of every file that is not named *.node.ts", () => {
    for (const file of code.filter((name) => !name.endsWith(".node.ts"))) {
      const node = importsOf(file).filter((path) => path.startsWith("node:") || path.endsWith(".node.ts"));
      expect(node, file).toEqual([]);
    }
  });

  it("imports each dependency in one file only", () => {
    const users = new Map<string, Set<string>>();
    for (const file of code) {
      for (const path of importsOf(file).filter(
        (name) => !name.startsWith(".") && !name.startsWith("node:"),
      )) {
        const name = path.startsWith("@") ? path.split("/").slice(0, 2).join("/") : path.split("/")[0];
        users.set(name, (users.get(name) ?? new Set()).add(file));
      }
    }
    users.delete("commander"); // every command file adds itself to the one program
    // What pages are written in.
    for (const name of ["preact", "@preact/signals"]) {
      for (const where of users.get(name) ?? []) expect(roomOf(where)).toBe("lab");
      users.delete(name);
    }
    for (const [name, where] of users) expect([...where], name).toHaveLength(1);
  });

  it("keeps files below 400 lines", () => {
    for (const file of code) {
      const lines = readFileSync(join(source, file), "utf8").split("\n").length;
      expect(lines, file).toBeLessThan(400);
    }
  });
});
