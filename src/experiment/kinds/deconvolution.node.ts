/** The kind of run `deconvolution`: sizes of synapses in a file, and which weights before learning could have become them. */

import { readPath } from "../../data/index.node.ts";
import { numberColumn, placeOf } from "../../data/index.ts";
import { InputError } from "../../errors.ts";
import { parsePotential } from "../../geometry/index.ts";
import { initialWeights } from "../initial-weights.ts";
import type { RunKind } from "../run-kind.ts";
import { checkedSettings, z } from "../schema.ts";

const settings = z.strictObject({
  /** A table with a line a synapse. */
  data: z.string(),
  /** Its sizes, each > 0. */
  column: z.string().default("spine_vol_um3"),
  potential: z.string(),
  /** How many sizes of change the distance is taken at. */
  widths: z.int().min(2).default(12),
});

export type DeconvolutionSettings = Readonly<z.output<typeof settings>>;

export const deconvolution: RunKind<DeconvolutionSettings> = {
  summary: "sizes of synapses in a table, and the weights before a normal change in the dual that give them",
  parse: (json, source) => {
    const given = checkedSettings(settings, json, { source, code: "bad-deconvolution" });
    const { name, exponent } = parsePotential(given.potential, `${source}: potential`);
    if (exponent === null) {
      throw new InputError({
        code: "bad-deconvolution",
        message: `${source}: expected negative-entropy or a P-norm, got "${given.potential}" ("potential"); its changes cannot be compared with those of a log-normal`,
      });
    }
    return { ...given, potential: name };
  },
  run: async ({ data, column, potential, widths }) => {
    const sizes = await readSizes(data, column);
    const rows = initialWeights(sizes, { potential: parsePotential(potential), widths });
    return { status: "done", message: "", rows };
  },
};

async function readSizes(data: string, column: string): Promise<Float64Array> {
  const contents = await readPath(data);
  if (contents.kind !== "table") {
    throw new InputError({
      code: "not-a-table",
      message: `--data: expected a table with a column "${column}", got ${contents.format} with tensors ("${data}"); give a CSV, Parquet or Excel file`,
    });
  }
  const sizes = numberColumn(contents.table, column);
  const odd = sizes.findIndex((size) => !(size > 0 && size < Number.POSITIVE_INFINITY));
  if (odd < 0) return sizes;
  throw new InputError({
    code: "outside-domain",
    message: `--data: expected sizes > 0 in "${column}", got ${sizes[odd]} (${placeOf(contents.table, odd)} of "${data}"); leave such synapses out`,
  });
}
