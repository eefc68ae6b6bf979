/** Words of the lab, each explained in one line. */

export const glossary = {
  weight:
    "The strength of a synapse, or what stands for it: spine volume, PSD-95, EPSP, a weight of a network.",
  pair: "One synapse measured twice: before learning and after.",
  potential:
    "The strictly convex function φ that fixes the geometry: how far a change of a weight counts as a step, depending on its size.",
  "dual weight":
    "The weight seen through the geometry, φ′(w). Learning adds to it; under the true geometry all synapses alike.",
  "dual change": "How far the dual weight moved: φ′(final) − φ′(initial).",
  "mirror descent":
    "Gradient descent in dual weights: the anti-gradient is added to φ′(w), then mapped back.",
  "negative entropy":
    "The geometry in which changes are in proportion to size (exponentiated gradient): signs stay, weights become log-normal.",
  "2-norm":
    "The Euclidean geometry, plain gradient descent: a change does not depend on the size of the weight.",
  "3-norm": "A geometry in which small weights move more than large ones.",
  exponent: "λ = p − 1 places a geometry on a line: 0 negative entropy, 1 Euclidean, 2 the 3-norm.",
  interval: "The values of λ that the data do not contradict, at the chosen level of confidence.",
  ΔCDF: "The measure of Pogodin et al. 2024: the area between the distribution of dual changes and the normal one; small under the true geometry.",
  floor: "What ΔCDF is on average for this many synapses even if the geometry is the true one.",
  cluster:
    "Synapses that may change together, such as those of one dendrite, neuron or animal; they are resampled whole.",
  group: "Synapses with a size and a change of their own, such as a layer or a cell type; λ is one for all.",
  noise: "The error of a measurement: two readings of an unchanged synapse differ by it.",
  control:
    "Synapses that were measured twice without learning in between: they show fluctuation and noise alone.",
  drift: "A mean change of all synapses: net potentiation or depression.",
  likelihood: "How probable the final weights are under each geometry, given the initial ones.",
  "learning rate":
    "The size of a step: what the gradient is multiplied by before it is added to the dual weight.",
  momentum: "The share of the last step that the next one keeps.",
  "Bregman ball":
    "All points within one distance of a centre, as the geometry measures distance: a circle only for the 2-norm.",
  power: "The probability that an experiment tells the two geometries apart, if they are as assumed.",
  kurtosis:
    "How heavy the tails of the changes are: 3 for normal ones, more where a few synapses change a lot.",
  "size spread":
    "The standard deviation of the logarithm of size: without spread no geometry can be told from another.",
  loss: "What learning makes small: how wrong the answers are.",
  accuracy: "The share of answers that are right.",
  initialisation: "How weights are drawn before learning.",
} as const;

export type GlossaryWord = keyof typeof glossary;
