import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/data/byte-source.ts";
import { readNpz } from "../src/data/readers/npz.ts";
import { bregmanDivergence } from "../src/geometry/bregman-divergence.ts";
import { isInside } from "../src/geometry/domain.ts";
import { parsePotential } from "../src/geometry/potentials.ts";

// Values of the paper's reference implementation (github.com/romanpogodin/synaptic-weight-distr); not shipped.
const numbers = new URL("../../shared/oracle/A_potentials.npz", import.meta.url);
const edges = new URL("../../shared/oracle/A_edge_values.json", import.meta.url);
const isHere = existsSync(numbers) && existsSync(edges);
if (!isHere)
  console.warn(
    "skipped: the reference implementation's potentials (../shared/oracle) are not on this machine",
  );

const names: readonly (readonly [string, string])[] = [
  ["negative-entropy", "NE"],
  ["1.5-norm", "1.5"],
  ["2-norm", "2"],
  ["2.5-norm", "2.5"],
  ["3-norm", "3"],
];

type Arrays = ReadonlyMap<string, ArrayLike<number>>;

async function readArrays(): Promise<Arrays> {
  const { tensors } = await readNpz(bytesSource("A_potentials.npz", new Uint8Array(readFileSync(numbers))));
  const arrays = new Map<string, ArrayLike<number>>();
  for (const { name, tensor } of tensors) {
    if (!(tensor.data instanceof BigInt64Array) && !(tensor.data instanceof BigUint64Array))
      arrays.set(name, tensor.data);
  }
  return arrays;
}

function column(arrays: Arrays, name: string): ArrayLike<number> {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`no array ${name} in the oracle`);
  return found;
}

describe.skipIf(!isHere).each(names)("%s equals the reference implementation", async (name, key) => {
  const potential = parsePotential(name);
  const arrays: Arrays = isHere ? await readArrays() : new Map();
  const weights = isHere ? Array.from(column(arrays, "w_f64")) : [];
  const order = isHere ? Array.from(column(arrays, "perm")) : [];

  /** The largest |got − want| over all weights, as a share of |want| or of a scale that is handed in. */
  function worst(
    quantity: string,
    compute: (weight: number, i: number) => number,
    scale?: (weight: number, i: number) => number,
  ): number {
    const wanted = column(arrays, `${key}_f64_${quantity}`);
    expect(wanted.length).toBe(1000);
    return Math.max(
      ...weights.map((weight, i) => {
        const share = scale === undefined ? Math.abs(wanted[i]) : scale(weight, i);
        return Math.abs(compute(weight, i) - wanted[i]) / share;
      }),
    );
  }

  function signOf(weight: number): 1 | -1 {
    return weight < 0 ? -1 : 1;
  }

  /** The largest term of φ(w₁) − φ(w₂) − φ′(w₂)(w₁ − w₂), which bounds what the reference's difference rounds. */
  function largestTerm(to: number, from: number): number {
    const slope = potential.mirrorMap(from) * (to - from);
    return Math.max(Math.abs(potential.value(to)), Math.abs(potential.value(from)), Math.abs(slope));
  }

  it("in value, dual, inverse and curvature, to 1e-12 relative", () => {
    expect(worst("phi", potential.value)).toBeLessThan(1e-12);
    expect(worst("grad", potential.mirrorMap)).toBeLessThan(1e-12);
    expect(worst("hessian_diag", potential.curvature)).toBeLessThan(1e-12);
    const duals = column(arrays, `${key}_f64_grad`);
    const inverse = (weight: number, i: number) => potential.inverseMirrorMap(duals[i], signOf(weight));
    expect(worst("inv_grad_of_grad", inverse)).toBeLessThan(1e-12);
    const sum = weights.reduce((total, weight) => total + potential.value(weight), 0);
    expect(sum / column(arrays, `${key}_f64_phi_sum`)[0]).toBeCloseTo(1, 12);
  });

  it("in the divergence of weights of one sign, to 1e-12 of the largest term that the reference subtracts", () => {
    const other = (weight: number, i: number) => Math.abs(weights[order[i]]) * signOf(weight);
    const divergence = (weight: number, i: number) => potential.divergence(weight, other(weight, i));
    const scale = (weight: number, i: number) => largestTerm(weight, other(weight, i));
    expect(worst("bregman_samesign", divergence, scale)).toBeLessThan(1e-12);
    const total = bregmanDivergence(potential, weights, weights.map(other));
    expect(total / column(arrays, `${key}_f64_bregman_samesign_total`)[0]).toBeCloseTo(1, 12);
  });

  it("in the divergence of weights of any signs, where the reference's is one", () => {
    const other = (_: number, i: number) => weights[order[i]];
    const total = bregmanDivergence(potential, weights, weights.map(other));
    if (!potential.crossesZero) {
      // The reference's differences between opposite signs are no divergences; no path leads there.
      expect(total).toBe(Infinity);
      return;
    }
    const divergence = (weight: number, i: number) => potential.divergence(weight, other(weight, i));
    const scale = (weight: number, i: number) => largestTerm(weight, other(weight, i));
    expect(worst("bregman_perm", divergence, scale)).toBeLessThan(1e-12);
    expect(total / column(arrays, `${key}_f64_bregman_perm_total`)[0]).toBeCloseTo(1, 12);
  });

  it("in float32 as far as float32 goes", () => {
    const rounded = column(arrays, "w_f32");
    const duals = column(arrays, `${key}_f32_grad`);
    for (let i = 0; i < rounded.length; i++) {
      // Float32 keeps 6e-8 of each of the terms; ln|w| + 1 cancels near 1/e, |w|^(p−1) has p − 1 ≤ 2 roundings.
      const scale = Math.max(Math.abs(duals[i]), potential.crossesZero ? 0 : 1);
      expect(Math.abs(potential.mirrorMap(rounded[i]) - duals[i])).toBeLessThan(3e-7 * scale);
    }
  });
});

describe.skipIf(!isHere).each(names)("%s at the edges of float64", (name, key) => {
  interface Edges {
    readonly f64: { readonly w: readonly string[] } & Readonly<
      Record<string, Readonly<Record<"phi" | "grad" | "inv_grad_of_grad", readonly string[]>>>
    >;
  }
  const potential = parsePotential(name);
  const read = (text: string): number =>
    text.endsWith("inf") ? Number(text.replace("inf", "Infinity")) : Number(text);

  it("has the reference's values inside the domain, and refuses where those are NaN or infinite", () => {
    const { f64 }: Edges = JSON.parse(readFileSync(edges, "utf8"));
    let refused = 0;
    for (const [i, text] of f64.w.entries()) {
      const weight = read(text);
      const [value, dual, back] = (["phi", "grad", "inv_grad_of_grad"] as const).map((what) =>
        read(f64[key][what][i]),
      );
      if (!isInside(potential.domain, weight)) {
        expect(() => potential.mirrorMap(weight)).toThrow(
          expect.objectContaining({ code: "outside-domain" }),
        );
        expect(Number.isFinite(dual)).toBe(false);
        refused++;
        continue;
      }
      const scale = (number: number) => Math.abs(number) || 1;
      expect(Math.abs(potential.value(weight) - value) / scale(value)).toBeLessThan(1e-12);
      expect(Math.abs(potential.mirrorMap(weight) - dual) / scale(dual)).toBeLessThan(1e-12);
      const ours = potential.inverseMirrorMap(potential.mirrorMap(weight), weight < 0 ? -1 : 1);
      expect(Math.abs(ours - back) / scale(back)).toBeLessThan(1e-12);
      // The rounding of a dual of about 100 is 1e-14 of the weight under the negative entropy.
      expect(Math.abs(ours - weight) / scale(weight)).toBeLessThan(5e-14);
    }
    expect(refused).toBe(key === "NE" ? 5 : 3);
  });

  it("takes the reference's step, a learning rate of 0.01 without momentum", () => {
    const { step }: { step: Record<string, readonly string[]> } = JSON.parse(readFileSync(edges, "utf8"));
    const wanted = step[`${key === "NE" ? "negative_entropy" : `${key}-norm`}_f64`].map(read);
    let compared = 0;
    for (const [i, text] of step.w.entries()) {
      const weight = read(text);
      const change = 0.01 * read(step.g[i]);
      // An absent synapse and a gradient that is not finite are the optimiser's business.
      if (!isInside(potential.domain, weight) || !Number.isFinite(change)) continue;
      const next = potential.inverseMirrorMap(potential.mirrorMap(weight) - change, weight < 0 ? -1 : 1);
      const error = next === wanted[i] ? 0 : Math.abs(next - wanted[i]) / Math.abs(wanted[i]);
      expect(error).toBeLessThan(1e-12);
      compared++;
    }
    expect(compared).toBe(key === "NE" ? 6 : 9);
  });
});
