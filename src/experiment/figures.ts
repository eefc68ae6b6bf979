/** All figures, in the order in which they are listed. */

import type { FigureDefinition } from "./figure-definition.ts";
import { rOfK } from "./figures/r-of-k.ts";

export const paperFigures: readonly FigureDefinition[] = [rOfK];
