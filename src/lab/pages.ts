/** The pages of the lab, each loaded when it is first opened. A page is a row here and a file in `pages/`. */

import type { ComponentType } from "preact";

export interface Page {
  /** In the address, after `#/`. */
  readonly path: string;
  /** In the navigation, and the title of the window. */
  readonly title: string;
  /** One sentence under the heading. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const pages: readonly Page[] = [
  {
    path: "infer",
    title: "Infer",
    summary: "In which geometry did these synapses change? Drop weights from before and after learning.",
    load: () => import("./pages/infer.tsx"),
  },
  {
    path: "mirror-descent",
    title: "Mirror descent",
    summary: "Two weights learn in several geometries: each path is straight in the picture of its own.",
    load: () => import("./pages/mirror.tsx"),
  },
  {
    path: "learn",
    title: "Learn",
    summary: "Train a network in a geometry and watch its weights; then ask which geometry it was.",
    load: () => import("./pages/learn.tsx"),
  },
  {
    path: "how-many",
    title: "How many synapses?",
    summary:
      "How many synapses an experiment needs to tell one geometry from another, by formula and by simulation.",
    load: () => import("./pages/how-many.tsx"),
  },
  {
    path: "figures",
    title: "Figures",
    summary:
      "Figures of papers, redrawn from new runs, with the distance to the published or reference numbers.",
    load: () => import("./pages/figures.tsx"),
  },
];
