/** What Node computes for the page to compare with, anew for each run of the tests. */

import type { TestProject } from "vitest/node";
import { openFileSource } from "../../src/data/index.node.ts";
import { readFile } from "../../src/data/index.ts";
import { openSession } from "../../src/graph/index.node.ts";
import { encodeModel } from "../../src/graph/index.ts";
import { EXAMPLE, inferExample } from "./example.ts";
import { learn, type ModelName, models, STEPS } from "./models.ts";

export interface NodeRun {
  /** The `.onnx` file of the training step, in base64. */
  readonly graph: string;
  /** The loss before each step. */
  readonly losses: readonly number[];
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly nodeRuns: Readonly<Record<ModelName, NodeRun>>;
    /** The fit of a shipped example, as JSON. */
    readonly nodeFit: string;
  }
}

async function runOf(name: ModelName): Promise<NodeRun> {
  const model = models[name]();
  const bytes = encodeModel(model.step.graph);
  const session = await openSession(bytes);
  const losses = await learn(model, session, STEPS);
  await session.close();
  return { graph: Buffer.from(bytes).toString("base64"), losses };
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide("nodeRuns", {
    perceptron: await runOf("perceptron"),
    "recurrent network": await runOf("recurrent network"),
    "convolutional network": await runOf("convolutional network"),
  });
  const path = new URL(`../../${EXAMPLE}`, import.meta.url).pathname;
  const source = await openFileSource(path);
  project.provide("nodeFit", JSON.stringify(inferExample(await readFile(source))));
  await source.close();
}
