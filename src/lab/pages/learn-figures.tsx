/** What moves as the network learns: its loss, its weights, and their dual changes. */

import { useMemo } from "preact/hooks";
import { parsePotential } from "../../geometry/index.ts";
import type { Tensors } from "../../graph/index.ts";
import { dualChangesOf } from "../../inference/index.ts";
import { dualChangePanels, learningCurve, svgText, weightHistograms } from "../../plot/index.ts";
import { FigureFrame } from "../parts/figure-frame.tsx";
import type { Standpoint } from "./learn.worker.ts";
import type { LayerChoice } from "./learn-settings.ts";

/** The most weights that histograms are made of: more would not change them to the eye. */
const MOST_WEIGHTS = 20_000;
const COMPARED: readonly string[] = ["negative-entropy", "2-norm", "3-norm"];

interface FiguresProps {
  readonly standpoint: Standpoint;
  readonly layer: LayerChoice;
  /** The geometry of the run. */
  readonly potential: string;
}

export function Figures({ standpoint, layer, potential }: FiguresProps) {
  const { initial, weights, passes } = standpoint;
  const curve = useMemo(
    () => svgText(learningCurve(passes, titleOf(passes), { document }), "learning-curve"),
    [passes],
  );
  const [first, now] = useMemo(
    () => [someWeights(initial, layer.tensor), someWeights(weights, layer.tensor)],
    [initial, weights, layer.tensor],
  );
  const histograms = useMemo(
    () => svgText(weightHistograms(first, now, capitalised(layer.label), { document }), "weight-histograms"),
    [first, now, layer.label],
  );
  const changes = useMemo(() => {
    const own = parsePotential(potential).name;
    const names = COMPARED.includes(own) ? COMPARED : [...COMPARED, own];
    const drawn = names.map((name) => dualChangesOf(parsePotential(name), first, now));
    return svgText(
      dualChangePanels(drawn, "Their change in the dual space of each geometry", { document }),
      "dual-changes",
    );
  }, [first, now, potential]);
  return (
    <div class="figures">
      {passes.length === 0 ? null : <FigureFrame svg={curve} name="learning-curve" />}
      <FigureFrame svg={histograms} name="weight-histograms" />
      <FigureFrame
        svg={changes}
        name="dual-changes"
        caption="Where the bars follow the line, learning added alike to all weights as that geometry sees them."
      />
    </div>
  );
}

const titleOf = (passes: Standpoint["passes"]) =>
  passes.at(-1)?.accuracy == null ? "Loss, pass by pass" : "Loss and accuracy, pass by pass";

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);

/** Every k-th weight of a tensor, so that there are not too many. */
function someWeights(tensors: Tensors, name: string): Float32Array {
  const { data } = tensors[name];
  const stride = Math.ceil(data.length / MOST_WEIGHTS);
  return Float32Array.from({ length: Math.floor(data.length / stride) }, (_, k) => Number(data[k * stride]));
}
