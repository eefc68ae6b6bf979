/** A table as spine imaging gives it, simulated: animals, dendrites, a group without learning, one repeated reading. */

import type { Random } from "../src/random.ts";

const SPINES_ON_DENDRITE = 20;
const DENDRITES_IN_ANIMAL = 5;
const ANIMALS = { trained: 6, untrained: 5 } as const;
/** Median volume in µm³, and the SD of its logarithm. */
const SIZE = { median: 0.1, logDeviation: 0.7 } as const;
/** Mean and SD of the dual change of learning: the negative entropy, so that it is a share of size. */
const LEARNING = { mean: 0.08, deviation: 0.28 } as const;
/** SD of ln of the factor that the changes on a dendrite share. */
const SHARED = 0.4;
/** SD of spontaneous change, a share of size. */
const FLUCTUATION = 0.1;
/** SD of one reading: a share of size, and µm³. */
const NOISE = { multiplicative: 0.05, additive: 0.003 } as const;
/** A smaller spot is not found in an image. */
const SMALLEST = 0.005;

/** The table as CSV: day 0, day 0 read again, day 8, in µm³ to four decimals. Readings are the only thing rounded. */
export function simulatedSpines(random: Random): string {
  const rows = ["animal,dendrite,group,day0,day0_again,day8"];
  const read = (volume: number) => {
    const noise = NOISE.multiplicative * volume * random.normal() + NOISE.additive * random.normal();
    return Math.max(SMALLEST, volume + noise).toFixed(4);
  };
  let animal = 0;
  for (const [group, animals] of Object.entries(ANIMALS)) {
    for (let own = 0; own < animals; own++) {
      animal++;
      for (let dendrite = 1; dendrite <= DENDRITES_IN_ANIMAL; dendrite++) {
        const factor = Math.exp(SHARED * random.normal());
        for (let spine = 0; spine < SPINES_ON_DENDRITE; spine++) {
          const initial = SIZE.median * Math.exp(SIZE.logDeviation * random.normal());
          const learned = LEARNING.mean + LEARNING.deviation * factor * random.normal();
          const learns = group === "trained" ? Math.exp(learned) : 1;
          const final = initial * learns * (1 + FLUCTUATION * random.normal());
          const name = `${animal}-${dendrite}`;
          rows.push([animal, name, group, read(initial), read(initial), read(final)].join(","));
        }
      }
    }
  }
  return `${rows.join("\n")}\n`;
}
