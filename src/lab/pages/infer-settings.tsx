/** The choices of the page Infer: columns or arrays, groups, noise, control. */

import { batch, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { parsePotentials } from "../../geometry/index.ts";
import { Choice, NumberField, SelectField, SliderField, TextField, Toggle } from "../parts/fields.tsx";
import { Term } from "../parts/term.tsx";
import type { AddressState } from "../route.ts";
import { type Choice as Choices, triesNoise } from "./infer-choice.ts";
import type { ColumnOffer, Offer } from "./infer-offer.ts";

export type Values = AddressState<Choices>["values"];

interface SettingsProps {
  readonly offer: Offer;
  readonly values: Values;
}

const NONE = { value: "", label: "–" };
const named = (names: readonly string[]) => [NONE, ...names.map((name) => ({ value: name, label: name }))];

export function Settings({ offer, values }: SettingsProps) {
  return (
    <>
      {offer.kind === "table" ? (
        <Choice
          label="Rows of the table"
          value={values.layout}
          choices={[
            { value: "wide", label: "one a synapse" },
            { value: "long", label: "one a measurement" },
          ]}
        />
      ) : null}
      <EndsFields offer={offer} values={values} />
      {offer.kind === "two-arrays" ? <ArrayNames values={values} /> : null}
      {offer.kind === "table" || offer.kind === "two-tables" ? (
        <Grouping columns={offer.columns} values={values} />
      ) : null}
      <ControlFields offer={offer} values={values} />
      <NoiseFields offer={offer} values={values} />
      <details>
        <summary>More</summary>
        <div class="stack">
          <TextField
            label={<Term word="potential">Potentials</Term>}
            value={values.potentials}
            help="separated by commas; five unless given"
            check={(text) => text === "" || parsePotentials(text, "potentials")}
          />
          <SliderField
            label="Level of confidence"
            value={values.level}
            low={0.51}
            high={0.999}
            format={(level) => `${Number((100 * level).toFixed(1))} %`}
          />
          <NumberField label="Seed" value={values.seed} low={0} high={2 ** 31} step={1} />
        </div>
      </details>
    </>
  );
}

/** Columns of numbers, arrays, or the columns of a long table. */
function EndsFields({ offer, values }: SettingsProps) {
  if (offer.kind === "two-arrays") return null;
  if (offer.kind === "table" && values.layout.value === "long")
    return <LongFields columns={offer.columns} values={values} />;
  const numbers = (columns: readonly ColumnOffer[]) =>
    columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  const first = offer.kind === "arrays" ? offer.arrays.map(({ name }) => name) : numbers(offer.columns);
  const second = offer.kind === "two-tables" ? numbers(offer.finalColumns) : first;
  return (
    <>
      <SelectField
        label={
          <>
            Initial <Term word="weight">weights</Term>
          </>
        }
        value={values.initial}
        choices={named(first)}
      />
      <SelectField label="Final weights" value={values.final} choices={named(second)} />
      {offer.kind === "two-tables" ? (
        <Columns label="A synapse is named by" value={values.id} columns={offer.columns} />
      ) : null}
    </>
  );
}

function LongFields({
  columns,
  values,
}: {
  readonly columns: readonly ColumnOffer[];
  readonly values: Values;
}) {
  const names = columns.map(({ name }) => name);
  const times = columns.find(({ name }) => name === values.time.value)?.values ?? [];
  const numbers = columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  return (
    <>
      <Columns label="A synapse is named by" value={values.id} columns={columns} />
      <SelectField label="Time" value={values.time} choices={named(names)} />
      <SelectField label="Initial time" value={values.from} choices={named(times)} />
      <SelectField label="Final time" value={values.to} choices={named(times)} />
      <SelectField label={<Term word="weight">Weight</Term>} value={values.value} choices={named(numbers)} />
    </>
  );
}

function ArrayNames({ values }: { readonly values: Values }) {
  return (
    <>
      <TextField label="Only arrays named" value={values.include} help="such as *weight*; all unless given" />
      <TextField label="But not" value={values.exclude} help="such as *bias*" />
    </>
  );
}

function Grouping({
  columns,
  values,
}: {
  readonly columns: readonly ColumnOffer[];
  readonly values: Values;
}) {
  return (
    <>
      <Columns label={<Term word="cluster">Clusters</Term>} value={values.cluster} columns={columns} />
      <Columns label={<Term word="group">Groups</Term>} value={values.group} columns={columns} />
      <SelectField label="Only rows where" value={values.where} choices={named(conditionsOf(columns))} />
    </>
  );
}

/** `COLUMN=VALUE` for each value of columns that have few. */
function conditionsOf(columns: readonly ColumnOffer[]): string[] {
  return columns.flatMap(({ name, values }) => values.map((value) => `${name}=${value}`));
}

function ControlFields({ offer, values }: SettingsProps) {
  if (offer.kind === "two-arrays" || offer.kind === "two-tables") return null;
  const numbers =
    offer.kind === "arrays"
      ? offer.arrays.map(({ name }) => name)
      : offer.columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  const conditions = offer.kind === "arrays" ? [] : conditionsOf(offer.columns);
  const kinds = [
    { value: "none", label: "none" },
    ...(conditions.length > 0 ? [{ value: "rows", label: "rows" } as const] : []),
    { value: "columns", label: offer.kind === "arrays" ? "arrays" : "columns" },
  ] as const;
  const { control } = values;
  const times = offer.kind === "table" && values.layout.value === "long";
  const ends = times ? (offer.columns.find(({ name }) => name === values.time.value)?.values ?? []) : numbers;
  return (
    <>
      <Choice
        label={
          <>
            <Term word="control">Control</Term> without learning
          </>
        }
        value={control}
        choices={kinds}
        onChoose={(chosen) => {
          // What a control changes holds the noise already.
          if (chosen !== "none") values.noise.value = "none";
        }}
      />
      {control.value === "rows" ? (
        <SelectField label="Rows of the control" value={values.controlRows} choices={named(conditions)} />
      ) : null}
      {control.value === "columns" ? (
        <>
          <SelectField label="Control, initial" value={values.controlInitial} choices={named(ends)} />
          <SelectField label="Control, final" value={values.controlFinal} choices={named(ends)} />
        </>
      ) : null}
    </>
  );
}

function NoiseFields({ offer, values }: SettingsProps) {
  const { noise } = values;
  const isTable = offer.kind === "table" || offer.kind === "two-tables";
  const columns = isTable
    ? offer.columns.filter(({ kind }) => kind === "number").map(({ name }) => name)
    : [];
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
          ...(isTable ? [{ value: "repeats", label: "read twice" } as const] : []),
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
          <SelectField label="First reading" value={values.first} choices={named(columns)} />
          <SelectField label="Second reading" value={values.second} choices={named(columns)} />
        </>
      ) : null}
    </>
  );
}

interface ColumnsProps {
  readonly label: ComponentChildren;
  /** Names separated by commas. */
  readonly value: Signal<string>;
  readonly columns: readonly ColumnOffer[];
}

/** Any number of columns, whose values together make a label. */
function Columns({ label, value, columns }: ColumnsProps) {
  const id = useId();
  const chosen = value.value === "" ? [] : value.value.split(",");
  return (
    <fieldset class="field choice">
      <legend>{label}</legend>
      <div class="segments many">
        {columns.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              name={id}
              checked={chosen.includes(name)}
              onChange={() =>
                batch(() => {
                  const rest = chosen.filter((other) => other !== name);
                  value.value = (chosen.includes(name) ? rest : [...chosen, name]).join(",");
                })
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
