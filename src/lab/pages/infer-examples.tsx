/** The examples that are shipped: each one click away. */

import type { Signal } from "@preact/signals";
import { EXAMPLES, type Example } from "./infer-choice.ts";

interface ExampleFile {
  readonly name: string;
  readonly address: string;
  /** What it is, without the answer. */
  readonly words: string;
}

const FILES: { readonly [E in Example]: ExampleFile } = {
  "digits-negative-entropy": {
    name: "digits-negative-entropy.npz",
    address: new URL("../../../examples/digits-negative-entropy.npz", import.meta.url).href,
    words: "A network that learned digits by exponentiated gradient",
  },
  "digits-2-norm": {
    name: "digits-2-norm.npz",
    address: new URL("../../../examples/digits-2-norm.npz", import.meta.url).href,
    words: "The same network, learned by gradient descent",
  },
  "spines-simulated": {
    name: "spines-simulated.csv",
    address: new URL("../../../examples/spines-simulated.csv", import.meta.url).href,
    words: "Simulated spines on dendrites, with an untrained control",
  },
};

/** The example as a file that might have been dropped. */
export async function exampleFile(example: Example): Promise<File> {
  const { name, address } = FILES[example];
  const answer = await fetch(address);
  if (!answer.ok)
    throw new Error(
      `example "${name}": expected the file, got ${answer.status} ${answer.statusText}; reload the page`,
    );
  return new File([await answer.blob()], name);
}

export function ExampleButtons({ chosen }: { readonly chosen: Signal<Example | ""> }) {
  return (
    <section class="examples" aria-labelledby="examples">
      <h2 id="examples">{chosen.value === "" ? "Or try an example" : "Examples"}</h2>
      <ul>
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button
              type="button"
              aria-pressed={example === chosen.value}
              onClick={() => {
                chosen.value = example;
              }}
            >
              {FILES[example].words}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
