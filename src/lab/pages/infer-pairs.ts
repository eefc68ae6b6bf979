/** The pairs as a table to save: both ends, labels, and the dual change in every geometry compared. */

import { isInside, type Potential, parsePotential, parsePotentials } from "../../geometry/index.ts";
import { DEFAULT_POTENTIALS, type Labels, type PairedWeights } from "../../inference/index.ts";

/** Lines that become one part of the file, so that no string grows with the pairs. */
const LINES_A_PART = 10_000;

/**
 * CSV with a line a pair, in the order of the file, all digits kept; cells that do not exist are empty.
 *
 * @param potentials  separated by commas; "" for the usual five
 */
export function pairsCsv(pairs: PairedWeights, potentials: string): Blob {
  const compared =
    potentials === ""
      ? DEFAULT_POTENTIALS.map((name) => parsePotential(name))
      : parsePotentials(potentials, "--potentials");
  const { initial, final, group, cluster } = pairs;
  const labels: readonly (readonly [string, Labels])[] = [
    ...(group === null ? [] : [["group", group] as const]),
    ...(cluster === null ? [] : [["cluster", cluster] as const]),
  ];
  const header = [
    "initial",
    "final",
    ...labels.map(([name]) => name),
    ...compared.map(({ name }) => `dual change ${name}`),
  ];
  const parts = [`${header.map(cell).join(",")}\n`];
  for (let start = 0; start < initial.length; start += LINES_A_PART) {
    const lines = Array.from({ length: Math.min(LINES_A_PART, initial.length - start) }, (_, k) => {
      const i = start + k;
      const names = labels.map(([, { names, index }]) => cell(names[index[i]]));
      const changes = compared.map((potential) => changeOf(potential, initial[i], final[i]));
      return `${[number(initial[i]), number(final[i]), ...names, ...changes].join(",")}\n`;
    });
    parts.push(lines.join(""));
  }
  return new Blob(parts, { type: "text/csv" });
}

/** A synapse that is absent or was not measured at one end has no dual change, nor one outside the domain. */
function changeOf(potential: Potential, initial: number, final: number): string {
  const present = [initial, final].every(
    (weight) => Number.isFinite(weight) && weight !== 0 && isInside(potential.domain, weight),
  );
  return present ? number(potential.dualChange(initial, final)) : "";
}

const number = (value: number) => (Number.isNaN(value) ? "" : String(value));
const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
