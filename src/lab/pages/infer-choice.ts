/** What a visitor chooses of files, what is guessed at first, and the words of the same in a terminal. */

import { inferWords, type NoiseChoice, type PairSelection, shellWord } from "../../pairing/index.ts";
import { numberBetween, oneOf, type Parameter, textThat, wholeNumberBetween } from "../route.ts";
import type { ColumnOffer, Offer } from "./infer-offer.ts";

export const EXAMPLES = ["digits-negative-entropy", "digits-2-norm", "spines-simulated"] as const;
export type Example = (typeof EXAMPLES)[number];

const LAYOUTS = ["wide", "long"] as const;
const NOISES = ["none", "known", "repeats"] as const;
const CONTROLS = ["none", "rows", "columns"] as const;
const text: Parameter<string> = textThat("", String);

/** As they stand in the address; names of columns are "" where none is chosen. */
export const parameters = {
  example: oneOf<Example | "">("", ["", ...EXAMPLES]),
  layout: oneOf<(typeof LAYOUTS)[number]>("wide", LAYOUTS),
  initial: text,
  final: text,
  group: text,
  cluster: text,
  where: text,
  id: text,
  time: text,
  from: text,
  to: text,
  value: text,
  include: text,
  exclude: text,
  control: oneOf<(typeof CONTROLS)[number]>("none", CONTROLS),
  controlRows: text,
  controlInitial: text,
  controlFinal: text,
  noise: oneOf<(typeof NOISES)[number]>("none", NOISES),
  additive: numberBetween(0, 0, 1e9),
  multiplicative: numberBetween(0.1, 0, 10),
  first: text,
  second: text,
  potentials: text,
  level: numberBetween(0.95, 0.51, 0.999),
  seed: wholeNumberBetween(1, 0, 2 ** 31),
};

export type Choice = {
  readonly [K in keyof typeof parameters]: (typeof parameters)[K] extends Parameter<infer T> ? T : never;
};

/** All that an inference depends on, beside the files. */
export interface Question {
  readonly selection: PairSelection;
  readonly noise: NoiseChoice;
  /** Separated by commas; "" for the usual five. */
  readonly potentials: string;
  readonly level: number;
  readonly seed: number;
}

/** Null while a column that the layout needs is not chosen. */
export function questionOf(choice: Choice, offer: Offer): Question | null {
  const { potentials, level, seed } = choice;
  const ends = endsOf(choice, offer);
  if (ends === null) return null;
  const isTable = offer.kind === "table" || offer.kind === "two-tables";
  const listed = (name: string) => (name === "" ? [] : [name]);
  const arrays = offer.kind === "two-arrays";
  return {
    selection: {
      ...ends,
      ...(isTable ? set({ group: choice.group, cluster: choice.cluster }) : {}),
      where: isTable ? listed(choice.where) : [],
      include: arrays ? listed(choice.include) : [],
      exclude: arrays ? listed(choice.exclude) : [],
      repeat:
        isTable && choice.noise === "repeats" ? [...listed(choice.first), ...listed(choice.second)] : [],
      control: offer.kind === "table" && choice.control === "rows" ? listed(choice.controlRows) : [],
      ...(offer.kind !== "two-tables" && !arrays && choice.control === "columns"
        ? set({ controlInitial: choice.controlInitial, controlFinal: choice.controlFinal })
        : {}),
    },
    noise:
      choice.noise === "known"
        ? { noiseAdditive: choice.additive, noiseMultiplicative: choice.multiplicative }
        : {},
    potentials,
    level,
    seed,
  };
}

type Ends = Pick<PairSelection, "initial" | "final" | "id" | "time" | "from" | "to" | "value">;

function endsOf(choice: Choice, { kind }: Offer): Ends | null {
  const { initial, final, id, time, from, to, value } = choice;
  if (kind === "two-arrays") return {};
  if (kind === "two-tables") return set({ initial, final, id });
  if (kind === "table" && choice.layout === "long")
    return [id, time, from, to, value].includes("") ? null : { id, time, from, to, value };
  return initial === "" || final === "" ? null : { initial, final };
}

/** Without what is not chosen. */
function set<K extends string>(names: { readonly [N in K]: string }): { readonly [N in K]?: string } {
  const chosen = Object.entries(names).filter(([, name]) => name !== "");
  // fromEntries forgets the keys.
  return Object.fromEntries(chosen) as { readonly [N in K]?: string };
}

/** The same in a terminal, on lines that fit a page. */
export function commandOf(names: readonly string[], question: Question): string {
  const { selection, noise, potentials, level, seed } = question;
  const others = [
    ...(potentials === "" ? [] : [`--potentials ${shellWord(potentials)}`]),
    ...(level === parameters.level.initial ? [] : [`--level ${level}`]),
    ...(seed === parameters.seed.initial ? [] : [`--seed ${seed}`]),
    "--report report.html",
  ];
  return [
    "syngeo infer",
    ...names.map(shellWord),
    ...inferWords({ ...selection, ...noise }),
    ...others,
  ].reduce((lines, word) =>
    lines.length - lines.lastIndexOf("\n") + word.length > 72 ? `${lines} \\\n  ${word}` : `${lines} ${word}`,
  );
}

/** Whether every name chosen is still there, so that a mended file keeps what was chosen of the broken one. */
export function stillFits(choice: Choice, offer: Offer): boolean {
  if (offer.kind === "two-arrays") return true;
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
const REPEAT = /(again|repeat|rep|_?b|_2)$/i;
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
  if (control !== null) return { ...ends, ...grouping, control: "rows", controlRows: control };
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
