import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/data/byte-source.ts";
import { readTable } from "../src/data/readers/csv.ts";
import { readNpy } from "../src/data/readers/npy.ts";
import { readNpz } from "../src/data/readers/npz.ts";
import { numberColumn } from "../src/data/table.ts";
import { parsePotential } from "../src/geometry/potentials.ts";
import { cellCounts, type DeltaCdf, deltaCdf } from "../src/inference/delta-cdf.ts";
import { infer } from "../src/inference/infer.ts";
import { pairWeights } from "../src/inference/paired-weights.ts";
import { createRandom } from "../src/random.ts";
import { toFloats } from "../src/tensor.ts";

// Values of the paper's reference implementation (github.com/romanpogodin/synaptic-weight-distr); not shipped.
const oracle = new URL("../../shared/oracle/", import.meta.url);
const isHere = existsSync(new URL("C_pairs_upto_1e4.npz", oracle));
if (!isHere)
  console.warn(
    "skipped: the reference implementation's weight pairs (../shared/oracle) are not on this machine",
  );

type Floats = Float64Array | Float32Array;
type Measured = Extract<DeltaCdf, { status: "ok" }>;

const open = (file: string) => bytesSource(file, new Uint8Array(readFileSync(new URL(file, oracle))));

/** Arrays of an archive, by name; members that are text are left out by the reader. */
async function arraysOf(file: string): Promise<(name: string) => Floats> {
  const { tensors } = await readNpz(open(file));
  const arrays = new Map(tensors.map(({ name, tensor }) => [name, toFloats(tensor)]));
  return (name) => {
    const found = arrays.get(name);
    if (found === undefined) throw new Error(`no array ${name} in ${file}`);
    return found;
  };
}

/** The measure, or a failed test where it has no number. */
function measured(potential: string, initial: Floats, final: Floats, changes?: Float64Array): Measured {
  const measure = deltaCdf(
    parsePotential(potential),
    initial,
    final,
    changes === undefined ? {} : { changes },
  );
  if (measure.status !== "ok") throw new Error(`expected a ΔCDF under ${potential}, got ${measure.status}`);
  return measure;
}

const names: readonly (readonly [string, string])[] = [
  ["negative-entropy", "NE"],
  ["1.5-norm", "1.5"],
  ["2-norm", "2"],
  ["2.5-norm", "2.5"],
  ["3-norm", "3"],
];

/** The reference rounds δ, its SD and z to float32, which moves single counts by 0.01001/D each. */
const roundedToFloat32 = 5e-5;

describe.skipIf(!isHere)("ΔCDF of 24 sets of pairs equals the reference implementation", async () => {
  const weights = isHere ? await arraysOf("C_pairs_upto_1e4.npz") : () => new Float32Array();
  const table = isHere ? await readTable(open("C_delta_upto_1e4.csv")) : null;
  const column = (name: string) => (table ? numberColumn(table, name) : new Float64Array());
  const sets = Array.from(column("pair"), (pair) => String(pair).padStart(2, "0"));

  it.each(names)("under %s: both centrings within 5e-5, the relative change to 1e-5", (name, key) => {
    const uncentred = column(`uncentered_${key}`);
    const centred = column(`centered_${key}`);
    const magnitude = column(`magnitude_${key}`);
    const deviation = column(`diff_std_${key}`);
    expect(sets).toHaveLength(24);
    for (const [row, set] of sets.entries()) {
      const ours = measured(name, weights(`w0_${set}`), weights(`w1_${set}`));
      expect(Math.abs(ours.uncentred - uncentred[row]), `pairs ${set}`).toBeLessThan(roundedToFloat32);
      expect(Math.abs(ours.centred - centred[row]), `pairs ${set}`).toBeLessThan(roundedToFloat32);
      // Two sums of up to 10,000 float32 squares.
      expect(Math.abs(ours.magnitude / magnitude[row] - 1), `pairs ${set}`).toBeLessThan(1e-5);
      expect(Math.abs(ours.deviation / deviation[row] - 1), `pairs ${set}`).toBeLessThan(1e-5);
    }
  });

  it("weights that change sign are among them, and count", () => {
    const flips = column("n_sign_changes");
    for (const [row, set] of sets.entries()) {
      const [initial, final] = [weights(`w0_${set}`), weights(`w1_${set}`)];
      expect([...initial.keys()].filter((i) => initial[i] * final[i] < 0)).toHaveLength(flips[row]);
    }
    expect(flips.filter((count) => count > 0)).toHaveLength(13);
  });
});

describe.skipIf(!isHere)("the counts behind ΔCDF", async () => {
  const weights = isHere ? await arraysOf("C_pairs_upto_1e4.npz") : () => new Float32Array();
  const counts = isHere ? await arraysOf("C_counts.npz") : () => new Float32Array();
  const rows = ["00", "05", "10", "13"].flatMap((set) =>
    names.map(([name, key]) => [set, name, key] as const),
  );

  function below(cells: Int32Array): Int32Array {
    let sum = 0;
    return cells.subarray(0, 1000).map((count) => {
      sum += count;
      return sum;
    });
  }

  it.each(rows)(
    "of pairs %s under %s are exactly the reference's from the reference's own z",
    (set, _, key) => {
      const z = Float64Array.from(counts(`z_${set}_${key}`));
      expect(Array.from(below(cellCounts(z, 1, 0).uncentred))).toEqual(
        Array.from(counts(`count_${set}_${key}`)),
      );
    },
  );

  it.each(rows)("of pairs %s under %s differ by at most 3 at any point from our own z", (set, name, key) => {
    const [initial, final] = [weights(`w0_${set}`), weights(`w1_${set}`)];
    const changes = new Float64Array(initial.length);
    const { deviation } = measured(name, initial, final, changes);
    const wanted = counts(`count_${set}_${key}`);
    const ours = below(cellCounts(changes, deviation, 0).uncentred);
    // The reference's z is rounded to float32, so that one beside a grid point can fall on its other side.
    const gaps = Array.from(ours, (count, k) => Math.abs(count - wanted[k]));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3);
  });
});

describe.skipIf(!isHere)("degenerate pairs", () => {
  type Case = { readonly w0: readonly string[]; readonly w1: readonly string[] } & Readonly<
    Record<string, Readonly<Record<"uncentered" | "centered" | "magnitude", string>>>
  >;
  const { cases }: { cases: Record<string, Case> } = isHere
    ? JSON.parse(readFileSync(new URL("C_edge_cases.json", oracle), "utf8"))
    : { cases: {} };
  const read = (text: string) => Number(text.replace("inf", "Infinity"));
  const rows = Object.keys(cases).flatMap((label) => names.map(([name, key]) => [label, name, key] as const));

  it.each(rows)(
    "%s under %s: a status where the reference returns 5.005, else its number",
    (label, name, key) => {
      const { w0, w1, [key]: wanted } = cases[label];
      const [initial, final] = [Float32Array.from(w0, read), Float32Array.from(w1, read)];
      const potential = parsePotential(name);
      if (initial.length < 2) {
        // One pair has no SD: an argument out of range, not a property of the data.
        expect(() => deltaCdf(potential, initial, final)).toThrow(
          expect.objectContaining({ code: "too-few-pairs" }),
        );
        expect(Number(wanted.uncentered)).toBeCloseTo(5.005, 3);
        return;
      }
      const ours = deltaCdf(potential, initial, final);
      if (Number(wanted.uncentered) > 5) {
        const isConstant = !/zero|nan|inf|-1_0_1/.test(label);
        expect(ours).toEqual({ status: isConstant ? "no-change" : "outside-domain" });
        return;
      }
      if (ours.status !== "ok") throw new Error(`expected a number, got ${ours.status}`);
      expect(Math.abs(ours.uncentred - Number(wanted.uncentered))).toBeLessThan(roundedToFloat32);
      expect(Math.abs(ours.centred - Number(wanted.centered))).toBeLessThan(roundedToFloat32);
      expect(Math.abs(ours.magnitude / Number(wanted.magnitude) - 1)).toBeLessThan(1e-5);
    },
  );

  it("cover twelve cases", () => expect(Object.keys(cases)).toHaveLength(12));
});

describe.skipIf(!isHere).each(["lognormal", "normal"])("figure 3B, %s start", async (start) => {
  const pairs = isHere ? await arraysOf("D_robustness_pairs.npz") : () => new Float32Array();
  const wanted = isHere ? await arraysOf("D_robustness.npz") : () => new Float32Array();
  const seeds = 30;
  const size = 1000;
  const tested = ["negative-entropy", ...Array.from({ length: 20 }, (_, k) => `${(11 + k) / 10}-norm`)];

  it.each([0, 1, 2])(
    "true potential %i: 30 seeds by 21 potentials within 5e-5, curves within 1e-5",
    (truth) => {
      const [initial, final] = [pairs(`${start}_w0`), pairs(`${start}_w1`)];
      for (const [p, name] of tested.entries()) {
        const values = Array.from({ length: seeds }, (_, seed) => {
          const from = (truth * seeds + seed) * size;
          const place = (truth * seeds + seed) * tested.length + p;
          const ours = measured(name, initial.subarray(from, from + size), final.subarray(from, from + size));
          expect(Math.abs(ours.uncentred - wanted(`${start}_uncentered`)[place])).toBeLessThan(
            roundedToFloat32,
          );
          expect(Math.abs(ours.centred - wanted(`${start}_centered`)[place])).toBeLessThan(roundedToFloat32);
          expect(Math.abs(ours.magnitude / wanted(`${start}_magnitude`)[place] - 1)).toBeLessThan(1e-5);
          return ours.uncentred;
        });
        const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
        const deviation = Math.sqrt(
          values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1),
        );
        const curve = truth * tested.length + p;
        // Single counts moved by float32 average out over the seeds.
        expect(Math.abs(mean - wanted(`${start}_mean`)[curve])).toBeLessThan(1e-5);
        expect(Math.abs(deviation - wanted(`${start}_std`)[curve])).toBeLessThan(1e-5);
      }
    },
  );
});

describe.skipIf(!isHere)("the reference's own recurrent networks, before and after finetuning", () => {
  const trained = [
    ["negative_entropy", "negative-entropy", 0],
    ["2-norm", "2-norm", 1],
    ["3-norm", "3-norm", 2],
  ] as const;
  const rows = trained.flatMap(([file, name, exponent]) =>
    [0, 1, 2].map((seed) => [file, seed, name, exponent] as const),
  );

  it.each(rows)("%s, seed %i: the verdict is %s, λ within 0.1 of %i", async (file, seed, name, exponent) => {
    const read = async (end: string) => toFloats(await readNpy(open(`F_weights/H100_m0_${file}_${end}.npy`)));
    const pairs = pairWeights(await read("init"), await read(`final_s${seed}`), { source: file });
    const { verdict, exponent: found, pairs: counts } = infer(pairs, { random: createRandom(1) });
    expect(counts.total).toBe(10_000);
    expect(verdict).toMatchObject({ status: "decided", potential: name });
    expect(Math.abs((found.estimate ?? Number.NaN) - exponent)).toBeLessThanOrEqual(0.1);
  });
});
