/** All figures, in the order in which they are listed. */

import type { FigureDefinition } from "./figure-definition.ts";
import { accuracy } from "./figures/accuracy.ts";
import { dynamics } from "./figures/dynamics.ts";
import { rOfK } from "./figures/r-of-k.ts";
import { regression } from "./figures/regression.ts";
import { rnn } from "./figures/rnn.ts";
import { robustness } from "./figures/robustness.ts";

export const paperFigures: readonly FigureDefinition[] = [
  dynamics,
  regression,
  robustness,
  rnn,
  accuracy,
  rOfK,
];
