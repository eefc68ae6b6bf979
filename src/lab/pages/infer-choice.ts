/** What a visitor chooses of files, and the words of the same in a terminal. */

import { inferWords, type NoiseChoice, type PairSelection, shellWord } from "../../pairing/index.ts";
import { flag, numberBetween, oneOf, type Parameter, textThat, wholeNumberBetween } from "../route.ts";
import type { Offer } from "./infer-offer.ts";

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
  sensitivity: flag(false),
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
  /** Whether to try what noise would do; it takes longer, and a report of the command line always has it. */
  readonly sensitivity: boolean;
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
    sensitivity: choice.sensitivity && triesNoise(choice),
  };
}

/** Without any noise or control there is something to try. */
export const triesNoise = ({ noise, control }: Pick<Choice, "noise" | "control">) =>
  noise === "none" && control === "none";

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

/** The same in a terminal, a flag a line. */
export function commandOf(names: readonly string[], question: Question): string {
  const { selection, noise, potentials, level, seed, sensitivity } = question;
  const others = [
    ...(potentials === "" ? [] : [`--potentials ${shellWord(potentials)}`]),
    ...(level === parameters.level.initial ? [] : [`--level ${level}`]),
    ...(seed === parameters.seed.initial ? [] : [`--seed ${seed}`]),
    ...(sensitivity ? ["--report report.html"] : []),
  ];
  const files = ["syngeo infer", ...names.map(shellWord)].join(" ");
  return [files, ...inferWords({ ...selection, ...noise }), ...others].join(" \\\n  ");
}
