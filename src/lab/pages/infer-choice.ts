/** What a visitor chooses of files, and the words of the same in a terminal. */

import { inferWords, type NoiseChoice, type PairSelection, shellWord } from "../../pairing/index.ts";
import {
  flag,
  listOfTexts,
  numberBetween,
  oneOf,
  type Parameter,
  textThat,
  wholeNumberBetween,
} from "../route.ts";
import type { GivenFiles } from "./infer-files.ts";
import { type Offer, vectorsLike } from "./infer-offer.ts";

export const EXAMPLES = ["digits-negative-entropy", "digits-2-norm", "spines-simulated"] as const;
export type Example = (typeof EXAMPLES)[number];

const LAYOUTS = ["wide", "long"] as const;
const NOISES = ["none", "known", "repeats"] as const;
const CONTROLS = ["none", "rows", "columns", "files"] as const;
const text: Parameter<string> = textThat("", String);

/** As they stand in the address; names of columns are "" where none is chosen. */
export const parameters = {
  example: oneOf<Example | "">("", ["", ...EXAMPLES]),
  sheet: text,
  layout: oneOf<(typeof LAYOUTS)[number]>("wide", LAYOUTS),
  initial: text,
  final: text,
  group: text,
  cluster: text,
  where: listOfTexts,
  normaliseBy: text,
  id: text,
  time: text,
  from: text,
  to: text,
  value: text,
  include: listOfTexts,
  exclude: listOfTexts,
  control: oneOf<(typeof CONTROLS)[number]>("none", CONTROLS),
  controlRows: listOfTexts,
  controlInitial: text,
  controlFinal: text,
  noise: oneOf<(typeof NOISES)[number]>("none", NOISES),
  additive: numberBetween(0, 0, 1e9),
  multiplicative: numberBetween(0.1, 0, 10),
  sensitivity: flag(false),
  first: text,
  second: text,
  potentials: text,
  level: numberBetween(0.95, 0.51, 0.999),
  resamples: wholeNumberBetween(400, 200, 100_000),
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
  /** Of whole clusters. */
  readonly resamples: number;
  readonly seed: number;
  /** Whether to try what noise would do; it takes longer, and a report of the command line always has it. */
  readonly sensitivity: boolean;
}

/** What of a choice the files have a use for. */
export function usesOf(offer: Offer, { layout, initial }: Pick<Choice, "layout" | "initial">) {
  const isTable = offer.kind === "table";
  return {
    isLong: isTable && layout === "long",
    /** Those that label rows and choose among them. */
    columns: offer.kind === "arrays" ? vectorsLike(offer.arrays, initial) : columnsOf(offer),
    normalises: isTable,
    /** Of which those that pair by name may be left out. */
    picksArrays: offer.kind === "two-arrays",
    controls: [
      "none",
      ...(isTable ? (["rows"] as const) : []),
      ...(isTable || offer.kind === "arrays" ? (["columns"] as const) : []),
      ...(offer.kind === "two-arrays" || offer.kind === "two-tables" ? (["files"] as const) : []),
    ] as const,
  };
}

const columnsOf = (offer: Offer) =>
  offer.kind === "table" || offer.kind === "two-tables" ? offer.columns : [];

/** Null while a column that the layout needs is not chosen. */
export function questionOf(choice: Choice, offer: Offer, { control }: GivenFiles): Question | null {
  const { potentials, level, resamples, seed, noise } = choice;
  const ends = endsOf(choice, offer);
  if (ends === null) return null;
  const uses = usesOf(offer, choice);
  const hasColumns = uses.columns.length > 0;
  const listed = (name: string) => (name === "" ? [] : [name]);
  const kind = uses.controls.find((each) => each === choice.control) ?? "none";
  return {
    selection: {
      ...ends,
      ...(hasColumns ? set({ group: choice.group, cluster: choice.cluster }) : {}),
      ...(offer.kind === "table" ? set({ sheet: choice.sheet }) : {}),
      ...(uses.normalises ? set({ normaliseBy: choice.normaliseBy }) : {}),
      where: hasColumns ? choice.where : [],
      include: uses.picksArrays ? choice.include : [],
      exclude: uses.picksArrays ? choice.exclude : [],
      repeat: hasColumns && noise === "repeats" ? [...listed(choice.first), ...listed(choice.second)] : [],
      control: kind === "rows" ? choice.controlRows : [],
      ...(kind === "columns"
        ? set({ controlInitial: choice.controlInitial, controlFinal: choice.controlFinal })
        : {}),
      ...(kind === "files"
        ? set({ controlInitial: control[0]?.name ?? "", controlFinal: control[1]?.name ?? "" })
        : {}),
    },
    noise:
      noise === "known" ? { noiseAdditive: choice.additive, noiseMultiplicative: choice.multiplicative } : {},
    potentials,
    level,
    resamples,
    seed,
    sensitivity: choice.sensitivity && triesNoise(choice),
  };
}

/** Without any noise or control there is something to try. */
export const triesNoise = ({ noise, control }: Pick<Choice, "noise" | "control">) =>
  noise === "none" && control === "none";

type Ends = Pick<PairSelection, "initial" | "final" | "id" | "time" | "from" | "to" | "value">;

function endsOf(choice: Choice, { kind }: Offer): Ends | null {
  const { initial, final, id, time, from, to, value } = choice;
  if (kind === "two-arrays") return set({ initial, final });
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

/** The same in a terminal, a flag a line. */
export function commandOf(names: readonly string[], question: Question): string {
  const { selection, noise, potentials, level, resamples, seed, sensitivity } = question;
  const others = [
    ...(potentials === "" ? [] : [`--potentials ${shellWord(potentials)}`]),
    ...(level === parameters.level.initial ? [] : [`--level ${level}`]),
    ...(resamples === parameters.resamples.initial ? [] : [`--resamples ${resamples}`]),
    ...(seed === parameters.seed.initial ? [] : [`--seed ${seed}`]),
    ...(sensitivity ? ["--report report.html"] : []),
  ];
  const files = ["syngeo infer", ...names.map(shellWord)].join(" ");
  return [files, ...inferWords({ ...selection, ...noise }), ...others].join(" \\\n  ");
}
