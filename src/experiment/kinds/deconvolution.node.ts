/** The kind of run `deconvolution`: sizes of synapses in a file, and which weights before learning could have become them. */

import { createHash } from "node:crypto";
import { readPath } from "../../data/index.node.ts";
import { numberColumn, placeOf } from "../../data/index.ts";
import { InputError } from "../../errors.ts";
import { parsePotential } from "../../geometry/index.ts";
import { createRandom } from "../../random.ts";
import type { Table } from "../../tensor.ts";
import { initialWeights } from "../initial-weights.ts";
import type { RunKind } from "../run-kind.ts";
import { checkedSettings, z } from "../schema.ts";

const settings = z.strictObject({
  /** A table with a line a synapse. */
  data: z.string(),
  /** Its sizes, each > 0; where it is not given, PUBLISHED, or else the only column of numbers. */
  column: z.string().optional(),
  /** Of these sizes, in hexadecimal digits; found where it is not given. */
  sha256: z.string().optional(),
  potential: z.string(),
  /** How many sizes of change the distance is taken at. */
  widths: z.int().min(2).default(12),
  /** How often the synapses are drawn again for the intervals of the Wasserstein distance. */
  resamples: z.int().min(0).default(0),
  seed: z.int().min(0).default(1),
});

export type DeconvolutionSettings = Readonly<z.output<typeof settings>>;

/** What the table of Dorkenwald et al. 2022 calls them. */
const PUBLISHED = "spine_vol_um3";

/** Kolmogorov's bound holds from about here on. */
const FEWEST = 35;

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
  withContents: async (given) => {
    const { column, sha256 } = await readSizes(given);
    return { ...given, column, sha256 };
  },
  run: async (given, { signal, onProgress }) => {
    const { potential, widths, resamples, seed } = given;
    const { column, sizes, sha256 } = await readSizes(given);
    const { rows, doubts } = await initialWeights(sizes, {
      potential: parsePotential(potential),
      widths,
      resamples,
      random: createRandom(seed),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    const known = { unit: unitOf(column), contents: sha256 };
    const message = doubts.length === 0 ? "" : `${potential}: ${doubts.join("; ")}`;
    return {
      status: doubts.length === 0 ? "done" : "doubtful",
      message,
      rows: rows.map((row) => (row.part === "sizes" ? { ...row, ...known } : row)),
    };
  },
};

/** @throws InputError where they are not what the settings say, or none that can be used */
async function readSizes({ data, column: named, sha256: expected }: DeconvolutionSettings) {
  const contents = await readPath(data);
  if (contents.kind !== "table") {
    throw new InputError({
      code: "not-a-table",
      message: `${contents.format} "${data}": expected a table with a column of sizes, got tensors; give a CSV, Parquet or Excel file`,
    });
  }
  const { table } = contents;
  const column = named ?? columnOf(table);
  const sizes = numberColumn(table, column);
  const odd = sizes.findIndex((size) => !(size > 0 && size < Number.POSITIVE_INFINITY));
  const refuse = (code: string, message: string) =>
    new InputError({ code, message: `${table.source}: ${message}` });
  if (odd >= 0) {
    const got = Number.isNaN(sizes[odd]) ? "an empty cell" : sizes[odd];
    const place = placeOf(table, odd);
    throw refuse(
      "outside-domain",
      `expected sizes > 0 in "${column}", got ${got} (${place}); leave such synapses out`,
    );
  }
  const distinct = new Set(sizes).size;
  if (sizes.length < FEWEST || distinct < 3) {
    const got = `${sizes.length} with ${distinct} different`;
    throw refuse(
      "too-few-values",
      `expected ${FEWEST} or more sizes in "${column}", 3 of them different, got ${got}; measure more`,
    );
  }
  const sha256 = createHash("sha256").update(Float64Array.from(sizes)).digest("hex");
  if (expected !== undefined && sha256 !== expected) {
    throw refuse(
      "other-contents",
      `expected the sizes that the run is named by (SHA-256 ${expected.slice(0, 12)}…), got others (${sha256.slice(0, 12)}…); make the runs of the changed file by the same command again`,
    );
  }
  return { column, sizes, sha256 };
}

/** Of volumes whose column says so; null where it says nothing. */
const unitOf = (column: string) => (/(^|[^a-z])[uµμ]m(\^?3|³)($|[^a-z0-9])/i.test(column) ? "µm³" : null);

function columnOf({ source, columns }: Table): string {
  const names = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  if (names.includes(PUBLISHED)) return PUBLISHED;
  if (names.length === 1) return names[0];
  throw new InputError({
    code: "no-column",
    message: `${source}: expected one column of numbers, or the name of the one with sizes, got ${names.join(", ") || "none"}; name it by --column (in a plan "column")`,
  });
}
