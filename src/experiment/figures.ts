/** All figures, in the order in which they are listed. */

import type { FigureDefinition } from "./figure-definition.ts";
import { dynamics } from "./figures/dynamics.ts";
import { rOfK } from "./figures/r-of-k.ts";
import { rnn } from "./figures/rnn.ts";

export const paperFigures: readonly FigureDefinition[] = [dynamics, rnn, rOfK];
