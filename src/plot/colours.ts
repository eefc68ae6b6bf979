/** Colours and dashes: told apart by colour-blind readers, and in black and white by the dashes. */

/** Text, axes and data. */
export const INK = "#1a1a1a";
/** Notes, grid labels and what is secondary. */
export const GREY = "#595959";
export const GRID = "#e3e3e3";
export const PAPER = "#ffffff";
/** The headline estimate and its interval, in every figure. */
export const HEADLINE = "#7b3294";

interface LineLook {
  readonly colour: string;
  /** SVG dash pattern; null is solid. */
  readonly dash: string | null;
}

/** Colours of the negative entropy, the 2-norm and the 3-norm as in Pogodin et al. 2024. */
const LOOKS: { readonly [name: string]: LineLook } = {
  "negative-entropy": { colour: "#0072B2", dash: null },
  "1.5-norm": { colour: "#56B4E9", dash: "7 3" },
  "2-norm": { colour: "#009E73", dash: "2 3" },
  "2.5-norm": { colour: "#E69F00", dash: "9 3 2 3" },
  "3-norm": { colour: "#D55E00", dash: "4 4" },
};

const FURTHER: readonly LineLook[] = [
  { colour: "#CC79A7", dash: "12 3" },
  { colour: "#882255", dash: "2 2" },
  { colour: "#999933", dash: "8 2 2 2 2 2" },
  { colour: "#332288", dash: "5 2" },
  { colour: "#44AA99", dash: "1 4" },
];

/** How the potential `name` is drawn in a figure that shows `names`. */
export function potentialLook(name: string, names: readonly string[]): LineLook {
  if (Object.hasOwn(LOOKS, name)) return LOOKS[name];
  const place = names.filter((other) => !Object.hasOwn(LOOKS, other)).indexOf(name);
  return FURTHER[Math.max(0, place) % FURTHER.length];
}
