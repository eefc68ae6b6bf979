/** All figures, in the order in which they are listed. */

import type { FigureDefinition } from "./figure-definition.ts";
import { rOfK } from "./figures/r-of-k.ts";
import { regression } from "./figures/regression.ts";

export const paperFigures: readonly FigureDefinition[] = [regression, rOfK];
