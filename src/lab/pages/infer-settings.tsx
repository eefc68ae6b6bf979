/** The choices of the page Infer: columns or arrays, groups, and what to compare. */

import { parsePotentials } from "../../geometry/index.ts";
import { ColumnsField } from "../parts/columns-field.tsx";
import { Choice, NumberField, SelectField, SliderField, TextField } from "../parts/fields.tsx";
import { ListField } from "../parts/list-field.tsx";
import { Term } from "../parts/term.tsx";
import { usesOf } from "./infer-choice.ts";
import {
  ControlFields,
  conditionsOf,
  endsOffered,
  NoiseFields,
  named,
  type SettingsProps,
  type Values,
} from "./infer-control.tsx";
import { type ColumnOffer, numbersIn, type Offer } from "./infer-offer.ts";

export function Settings({ offer, values, control }: SettingsProps) {
  const uses = usesOf(offer, { layout: values.layout.value, initial: values.initial.value });
  return (
    <>
      {offer.kind === "table" && (offer.otherSheets.length > 0 || values.sheet.value !== "") ? (
        <SelectField
          label="Sheet"
          value={values.sheet}
          choices={sheets(offer.otherSheets, values.sheet.value)}
        />
      ) : null}
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
      {uses.picksArrays ? <ArrayNames offer={offer} values={values} /> : null}
      {uses.columns.length > 0 ? (
        <Grouping columns={uses.columns} normalises={uses.normalises} values={values} />
      ) : null}
      <ControlFields offer={offer} values={values} control={control} />
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
          <NumberField
            label="Resamples of clusters"
            value={values.resamples}
            low={200}
            high={100_000}
            step={1}
          />
          <NumberField label="Seed" value={values.seed} low={0} high={2 ** 31} step={1} />
        </div>
      </details>
    </>
  );
}

function sheets(others: readonly string[], chosen: string) {
  const names = new Set([...others, chosen].filter((name) => name !== ""));
  return [{ value: "", label: "the first" }, ...Array.from(names, (name) => ({ value: name, label: name }))];
}

/** Columns of numbers, arrays, or the columns of a long table. */
function EndsFields({ offer, values }: Pick<SettingsProps, "offer" | "values">) {
  if (offer.kind === "table" && values.layout.value === "long")
    return <LongFields columns={offer.columns} values={values} />;
  const first = endsOffered(offer);
  const second =
    offer.kind === "two-tables"
      ? numbersIn(offer.finalColumns)
      : offer.kind === "two-arrays"
        ? offer.finalArrays.map(({ name }) => name)
        : first;
  const choices = (names: readonly string[]) => {
    const [none, ...others] = named(names);
    return [offer.kind === "two-arrays" ? { ...none, label: "all arrays, by name" } : none, ...others];
  };
  return (
    <>
      <SelectField
        label={
          <>
            Initial <Term word="weight">weights</Term>
          </>
        }
        value={values.initial}
        choices={choices(first)}
      />
      <SelectField label="Final weights" value={values.final} choices={choices(second)} />
      {offer.kind === "two-tables" ? (
        <ColumnsField label="A synapse is named by" value={values.id} columns={offer.columns} />
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
  return (
    <>
      <ColumnsField label="A synapse is named by" value={values.id} columns={columns} />
      <SelectField label="Time" value={values.time} choices={named(names)} />
      <SelectField label="Initial time" value={values.from} choices={named(times)} />
      <SelectField label="Final time" value={values.to} choices={named(times)} />
      <SelectField
        label={<Term word="weight">Weight</Term>}
        value={values.value}
        choices={named(numbersIn(columns))}
      />
    </>
  );
}

interface ArrayNamesProps {
  readonly offer: Offer;
  readonly values: Values;
}

function ArrayNames({ offer, values }: ArrayNamesProps) {
  const names = endsOffered(offer);
  return (
    <>
      <ListField
        label="Only arrays named"
        value={values.include}
        offered={names}
        help="such as *weight*; all unless given"
      />
      <ListField label="But not" value={values.exclude} offered={names} help="such as *bias*" />
    </>
  );
}

interface GroupingProps {
  readonly columns: readonly ColumnOffer[];
  readonly normalises: boolean;
  readonly values: Values;
}

function Grouping({ columns, normalises, values }: GroupingProps) {
  return (
    <>
      <ColumnsField label={<Term word="cluster">Clusters</Term>} value={values.cluster} columns={columns} />
      <ColumnsField label={<Term word="group">Groups</Term>} value={values.group} columns={columns} />
      <ListField
        label="Only rows where"
        value={values.where}
        offered={conditionsOf(columns)}
        help="COLUMN=VALUE; of several, all have to hold"
      />
      {normalises ? (
        <ColumnsField
          label="Sizes over the baseline of each"
          value={values.normaliseBy}
          columns={columns}
          help="divided by the median initial size, such as of a cell"
        />
      ) : null}
    </>
  );
}
