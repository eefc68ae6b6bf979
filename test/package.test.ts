/** The manifest and the documents: what they promise exists. */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));

describe("package", () => {
  it("has a built file for every entry point, its types and the command", () => {
    const targets = Object.entries(
      manifest.exports as Record<string, string | Record<string, string>>,
    ).flatMap(([, target]) => (typeof target === "string" ? [target] : Object.values(target)));
    for (const target of [...targets, ...Object.values(manifest.bin as Record<string, string>)]) {
      expect(existsSync(join(root, target)), target).toBe(true);
    }
  });

  it("exports the public surface that the documents describe", async () => {
    const [geometry, data, dataNode, experiment, experimentNode, graph, graphNode, graphWeb, ...others] =
      await Promise.all([
        import("../src/geometry/index.ts"),
        import("../src/data/index.ts"),
        import("../src/data/index.node.ts"),
        import("../src/experiment/index.ts"),
        import("../src/experiment/index.node.ts"),
        import("../src/graph/index.ts"),
        import("../src/graph/index.node.ts"),
        import("../src/graph/index.web.ts"),
        import("../src/inference/index.ts"),
        import("../src/learning/index.ts"),
        import("../src/network/index.ts"),
        import("../src/plot/index.ts"),
        import("../src/task/index.ts"),
        import("../src/task/index.node.ts"),
      ]);
    const [inference, learning, network, plot, task, taskNode] = others;
    expect({
      geometry: Object.keys(geometry).sort(),
      data: Object.keys(data).sort(),
      dataNode: Object.keys(dataNode).sort(),
      experiment: Object.keys(experiment).sort(),
      experimentNode: Object.keys(experimentNode).sort(),
      graph: Object.keys(graph).sort(),
      graphNode: Object.keys(graphNode).sort(),
      graphWeb: Object.keys(graphWeb).sort(),
      inference: Object.keys(inference).sort(),
      learning: Object.keys(learning).sort(),
      network: Object.keys(network).sort(),
      plot: Object.keys(plot).sort(),
      task: Object.keys(task).sort(),
      taskNode: Object.keys(taskNode).sort(),
    }).toMatchSnapshot();
  });

  it("pins every dependency exactly, types of Node apart", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const { "@types/node": _, ...others } = { ...dependencies, ...devDependencies, ...optionalDependencies };
    for (const [name, version] of Object.entries(others))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it("runs commands in the README that exist as scripts", () => {
    const scripts = Array.from(read("README.md").matchAll(/npm run ([\w:-]+)/g), (match) => match[1]);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(Object.keys(manifest.scripts), script).toContain(script);
  });

  it.each(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/real-data.md", "docs/formats.md"])(
    "%s links to files that exist",
    (file) => {
      const links = Array.from(read(file).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g), (match) => match[1]);
      for (const link of links) expect(existsSync(resolve(root, file, "..", link)), link).toBe(true);
    },
  );
});
