/** What is chosen at first of files, by the names that people give. */

import type { Choice } from "./infer-choice.ts";
import type { ArrayOffer, ColumnOffer, Offer } from "./infer-offer.ts";

/** Whether every name chosen is still there, so that a mended file keeps what was chosen of the broken one. */
export function stillFits(choice: Choice, offer: Offer): boolean {
  if (offer.kind === "two-arrays") {
    const { initial, final } = choice;
    const isIn = (name: string, arrays: readonly ArrayOffer[]) =>
      name === "" || arrays.some((array) => array.name === name);
    return isIn(initial, offer.arrays) && isIn(final, offer.finalArrays);
  }
  const names =
    offer.kind === "arrays" ? offer.arrays.map(({ name }) => name) : offer.columns.map(({ name }) => name);
  const { initial, group, cluster, id, time, value } = choice;
  const chosen = [initial, group, cluster, id, time, value].flatMap((list) => list.split(","));
  const real = chosen.filter((name) => name !== "");
  return real.length > 0 && real.every((name) => names.includes(name));
}

export type Guess = Partial<Choice>;

const INITIAL = /^(initial|before|pre|baseline|first|start|w_?0|t_?0|day_?-?0|d_?0)/i;
const FINAL = /^(final|after|post|last|end|w_?1|t_?1)/i;
const REPEAT = /(_?(again|repeat|rep|b)|_2)$/i;
const CLUSTERS = /^(dendrite|branch|cell|neuron|animal|mouse|subject)/i;
const TIMES = /^(time|day|session|timepoint|age)s?$/i;
const NO_LEARNING = /^(control|sham|untrained|naive|no.?learning|stationary|unpaired)/i;

/** Sensible ends, clusters and control by the names that people give; nothing where they tell nothing. */
export function guessOf(offer: Offer): Guess {
  if (offer.kind === "two-arrays") return {};
  if (offer.kind === "arrays") return guessEnds(offer.arrays.map(({ name }) => name));
  const numbers = offer.columns.filter(({ kind }) => kind === "number");
  const texts = offer.columns.filter(({ kind }) => kind === "text");
  const cluster = offer.columns.find(({ name }) => CLUSTERS.test(name) && /dendr|branch/i.test(name));
  const named = cluster ?? offer.columns.find(({ name }) => CLUSTERS.test(name));
  const time = offer.columns.find(({ name }) => TIMES.test(name));
  const grouping = named === undefined ? {} : { cluster: named.name };
  if (offer.kind === "two-tables") {
    const only = numbers.length === 1 ? numbers[0].name : "";
    return { initial: only, final: only };
  }
  if (time !== undefined && time.values.length > 1) return { ...grouping, ...guessLong(offer.columns, time) };
  const { first, second, ...ends } = guessEnds(numbers.map(({ name }) => name));
  const control = guessControl(texts);
  if (control !== null) return { ...ends, ...grouping, control: "rows", controlRows: [control] };
  const repeats: Guess = first === undefined ? {} : { noise: "repeats", first, second: second ?? "" };
  return { ...ends, ...grouping, ...repeats };
}

/** First and last, but for a column that reads another one again. */
function guessEnds(names: readonly string[]): {
  initial: string;
  final: string;
  first?: string;
  second?: string;
} {
  const again = names.find((name) => REPEAT.test(name) && names.includes(name.replace(REPEAT, "")));
  const readings = names.filter((name) => name !== again);
  const initial = readings.find((name) => INITIAL.test(name)) ?? readings[0] ?? "";
  const others = readings.filter((name) => name !== initial);
  const final = others.find((name) => FINAL.test(name)) ?? others[others.length - 1] ?? "";
  const repeats = again === undefined ? {} : { first: again.replace(REPEAT, ""), second: again };
  return { initial, final, ...repeats };
}

function guessControl(texts: readonly ColumnOffer[]): string | null {
  for (const { name, values } of texts) {
    const still = values.find((value) => NO_LEARNING.test(value));
    if (still !== undefined && values.length > 1) return `${name}=${still}`;
  }
  return null;
}

function guessLong(columns: readonly ColumnOffer[], time: ColumnOffer): Guess {
  const times = [...time.values].sort((a, b) => Number(a) - Number(b) || a.localeCompare(b));
  const id = columns.filter(({ name }) => /spine|synapse|(^|_)id$/i.test(name)).map(({ name }) => name);
  const value = columns.findLast(
    ({ name, kind }) => kind === "number" && name !== time.name && !id.includes(name),
  );
  return {
    layout: "long",
    time: time.name,
    from: times[0],
    to: times[times.length - 1],
    id: id.join(","),
    value: value?.name ?? "",
  };
}
