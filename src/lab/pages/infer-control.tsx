/** The choices of the page Infer about what is not learning: a control, and the noise of a reading. */

import { type Signal, useSignal } from "@preact/signals";
import type { Chosen } from "../chosen.ts";
import { Choice, NumberField, SelectField, Toggle } from "../parts/fields.tsx";
import { FileDrop } from "../parts/file-drop.tsx";
import { ListField } from "../parts/list-field.tsx";
import { Problem, wordsOf } from "../parts/problem.tsx";
import { Term } from "../parts/term.tsx";
import type { AddressState } from "../route.ts";
import { type Choice as Choices, triesNoise, usesOf } from "./infer-choice.ts";
import { type ColumnOffer, numbersIn, type Offer } from "./infer-offer.ts";
import { Ends, inOrder } from "./infer-source.tsx";

export type Values = AddressState<Choices>["values"];

export interface SettingsProps {
  readonly offer: Offer;
  readonly values: Values;
  /** Files of a control of its own. */
  readonly control: Signal<readonly Chosen[]>;
}

export const named = (names: readonly string[]) => [
  { value: "", label: "–" },
  ...names.map((name) => ({ value: name, label: name })),
];

/** `COLUMN=VALUE` for each value of columns that have few. */
export function conditionsOf(columns: readonly ColumnOffer[]): readonly string[] {
  return columns.flatMap(({ name, values }) => values.map((value) => `${name}=${value}`));
}

/** What may be the initial weights: columns of numbers, or arrays. */
export const endsOffered = (offer: Offer): readonly string[] =>
  offer.kind === "table" || offer.kind === "two-tables"
    ? numbersIn(offer.columns)
    : offer.arrays.map(({ name }) => name);

/** The times of a long table, else what may be the initial weights. */
function readingsOffered(offer: Offer, values: Values): readonly string[] {
  if (offer.kind !== "table" || values.layout.value !== "long") return endsOffered(offer);
  return offer.columns.find(({ name }) => name === values.time.value)?.values ?? [];
}

export function ControlFields({ offer, values, control: files }: SettingsProps) {
  const uses = usesOf(offer, { layout: values.layout.value, initial: values.initial.value });
  const { control } = values;
  const labels = {
    none: "none",
    rows: "rows",
    columns: offer.kind === "arrays" ? "arrays" : uses.isLong ? "times" : "columns",
    files: "files",
  } as const;
  const ends = named(readingsOffered(offer, values));
  return (
    <>
      <Choice
        label={
          <>
            <Term word="control">Control</Term> without learning
          </>
        }
        value={control}
        choices={uses.controls.map((value) => ({ value, label: labels[value] }))}
        onChoose={(chosen) => {
          // What a control changes holds the noise already.
          if (chosen !== "none") values.noise.value = "none";
        }}
      />
      {control.value === "rows" ? (
        <ListField
          label="Rows of the control"
          value={values.controlRows}
          offered={[...conditionsOf(uses.columns), ...uses.columns.map(({ name }) => `${name}=*`)]}
          help="COLUMN=VALUE, * for any value; the rows above hold for them too, but for columns named here"
        />
      ) : null}
      {control.value === "columns" ? (
        <>
          <SelectField label="Control, initial" value={values.controlInitial} choices={ends} />
          <SelectField label="Control, final" value={values.controlFinal} choices={ends} />
        </>
      ) : null}
      {control.value === "files" ? <ControlFiles files={files} /> : null}
    </>
  );
}

/** Two files or folders without learning; one more than two starts anew. */
function ControlFiles({ files }: { readonly files: Signal<readonly Chosen[]> }) {
  const problem = useSignal<string | null>(null);
  const take = (chosen: readonly Chosen[]) => {
    problem.value = null;
    const now = files.value.length === 1 ? [...files.value, ...chosen] : chosen;
    files.value = now.length === 2 ? inOrder(now) : now.slice(0, 2);
  };
  return (
    <>
      <Problem message={problem.value} />
      <FileDrop
        multiple
        folders
        onChosen={take}
        onProblem={(error) => {
          problem.value = wordsOf(error);
        }}
      >
        {files.value.length === 1
          ? "And the control’s final file or folder"
          : "Drop the control’s two files or folders"}
      </FileDrop>
      {files.value.length === 0 ? null : <Ends names={files.value.map(({ name }) => name)} />}
      {files.value.length < 2 ? null : (
        <button
          type="button"
          onClick={() => {
            files.value = files.value.toReversed();
          }}
        >
          Swap initial and final
        </button>
      )}
    </>
  );
}

export function NoiseFields({ offer, values }: Pick<SettingsProps, "offer" | "values">) {
  const { noise } = values;
  const uses = usesOf(offer, { layout: values.layout.value, initial: values.initial.value });
  const readings = named(
    offer.kind === "arrays" ? uses.columns.map(({ name }) => name) : readingsOffered(offer, values),
  );
  return (
    <>
      <Choice
        label={
          <>
            <Term word="noise">Noise</Term> of a reading
          </>
        }
        value={noise}
        choices={[
          { value: "none", label: "negligible" },
          { value: "known", label: "known" },
          ...(uses.columns.length > 0 ? [{ value: "repeats", label: "read twice" } as const] : []),
        ]}
        onChoose={(chosen) => {
          if (chosen !== "none") values.control.value = "none";
        }}
      />
      {noise.value === "known" ? (
        <>
          <NumberField
            label="Share of each size"
            value={values.multiplicative}
            low={0}
            high={10}
            step={0.01}
            help="SD of one reading over the size, such as 0.1"
          />
          <NumberField
            label="The same at every size"
            value={values.additive}
            low={0}
            high={1e9}
            help="SD of one reading in the unit of the weights"
          />
        </>
      ) : null}
      {triesNoise({ noise: noise.value, control: values.control.value }) ? (
        <Toggle
          label="Try what noise would do"
          value={values.sensitivity}
          help="5, 10 and 20 % of it; takes longer"
        />
      ) : null}
      {noise.value === "repeats" ? (
        <>
          <SelectField label="First reading" value={values.first} choices={readings} />
          <SelectField label="Second reading" value={values.second} choices={readings} />
        </>
      ) : null}
    </>
  );
}
