/** What a figure is: a name, a drawing, a caption, and whether there is anything to draw. */

import type { GeometryFit } from "../inference/geometry-fit.ts";
import type { GeometryPicture } from "../inference/geometry-picture.ts";

export interface FigureOptions {
  /** Where elements are made: a page's own document, or jsdom's in Node. */
  readonly document: Document;
  /** Dark ink on white paper, the only theme: figures are saved and printed. */
  readonly theme?: "light";
}

export interface Figure {
  /** Kebab-case; the file name when it is saved, and the start of its ids. */
  readonly name: string;
  /** Stands in the figure. */
  readonly title: string;
  /** Whether the fit calls for this figure at all; one that applies but lacks numbers says why in its frame. */
  readonly applies: (fit: GeometryFit) => boolean;
  /** One sentence or two with the numbers. */
  readonly caption: (fit: GeometryFit, picture: GeometryPicture) => string;
  /** A standalone SVG with its title and legend. */
  readonly draw: (fit: GeometryFit, picture: GeometryPicture, options: FigureOptions) => SVGElement;
}
