/** All figures, in the order in which they are listed. */

import type { FigureDefinition } from "./figure-definition.ts";
import { accuracy } from "./figures/accuracy.ts";
import { dynamics } from "./figures/dynamics.ts";
import { rOfK } from "./figures/r-of-k.ts";
import { robustness } from "./figures/robustness.ts";

export const paperFigures: readonly FigureDefinition[] = [dynamics, robustness, accuracy, rOfK];
