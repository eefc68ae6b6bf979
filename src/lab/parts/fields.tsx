/** Fields of a form, each bound to a signal. */

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps<T> {
  /** May hold a `Term`. */
  readonly label: ComponentChildren;
  readonly value: Signal<T>;
  /** A line below. */
  readonly help?: ComponentChildren;
  readonly disabled?: boolean;
}

interface NumberProps extends FieldProps<number> {
  readonly low: number;
  readonly high: number;
  /** Of the arrow keys; any unless given. */
  readonly step?: number;
  readonly unit?: string;
}

/** A number that is typed; one outside is named and not taken. */
export function NumberField({ label, value, low, high, step, unit, help, disabled = false }: NumberProps) {
  const id = useId();
  const wrong = useSignal<string | null>(null);
  const take = (text: string) => {
    const number = Number(text);
    const inside = text.trim() !== "" && number >= low && number <= high;
    wrong.value = inside ? null : `expected a number from ${low} to ${high}, got "${text}"`;
    if (inside) value.value = number;
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="with-unit">
        <input
          id={id}
          type="number"
          inputMode="decimal"
          min={low}
          max={high}
          step={step ?? "any"}
          value={value.value}
          disabled={disabled}
          aria-invalid={wrong.value !== null}
          aria-describedby={`${id}-help`}
          onInput={({ currentTarget }) => take(currentTarget.value)}
        />
        {unit === undefined ? null : <span class="unit">{unit}</span>}
      </span>
      <Help id={`${id}-help`} wrong={wrong.value} help={help} />
    </div>
  );
}

interface SliderProps extends NumberProps {
  /** Equal steps of the logarithm; `low` > 0. */
  readonly logarithmic?: boolean;
  /** How the value is said; three digits unless given. */
  readonly format?: (value: number) => string;
}

const POSITIONS = 200;

/** A number that is dragged, or moved by the arrow keys. */
export function SliderField(props: SliderProps) {
  const { label, value, low, high, logarithmic = false, unit, help, disabled = false } = props;
  const format = props.format ?? ((number: number) => String(Number(number.toPrecision(3))));
  const id = useId();
  const [map, unmap] = logarithmic ? [Math.log, Math.exp] : [Number, Number];
  const span = map(high) - map(low);
  const position = Math.round((POSITIONS * (map(value.value) - map(low))) / span);
  const text = unit === undefined ? format(value.value) : `${format(value.value)} ${unit}`;
  return (
    <div class="field">
      <span class="slider-head">
        <label for={id}>{label}</label>
        <output for={id}>{text}</output>
      </span>
      <input
        id={id}
        type="range"
        min={0}
        max={POSITIONS}
        value={position}
        disabled={disabled}
        aria-valuetext={text}
        aria-describedby={`${id}-help`}
        onInput={({ currentTarget }) => {
          const raw = unmap(map(low) + (span * Number(currentTarget.value)) / POSITIONS);
          value.value = Number(raw.toPrecision(3));
        }}
      />
      <Help id={`${id}-help`} wrong={null} help={help} />
    </div>
  );
}

interface ChoiceProps<T extends string> extends FieldProps<T> {
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  /** What else a visitor's choice changes. */
  readonly onChoose?: (value: T) => void;
}

/** One of a few, all in sight. */
export function Choice<T extends string>({
  label,
  value,
  choices,
  help,
  onChoose,
  disabled = false,
}: ChoiceProps<T>) {
  const id = useId();
  return (
    <fieldset class="field choice" disabled={disabled} aria-describedby={`${id}-help`}>
      <legend>{label}</legend>
      <div class="segments">
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name={id}
              checked={value.value === choice.value}
              onChange={() => {
                value.value = choice.value;
                onChoose?.(choice.value);
              }}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      <Help id={`${id}-help`} wrong={null} help={help} />
    </fieldset>
  );
}

/** One of many, in a list that opens. */
export function SelectField<T extends string>({
  label,
  value,
  choices,
  help,
  onChoose,
  disabled = false,
}: ChoiceProps<T>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value.value}
        disabled={disabled}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => {
          const chosen = choices.find((choice) => choice.value === currentTarget.value);
          if (chosen === undefined) return;
          value.value = chosen.value;
          onChoose?.(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Help id={`${id}-help`} wrong={null} help={help} />
    </div>
  );
}

interface TextProps extends FieldProps<string> {
  /** Texts to choose from, beside any other. */
  readonly offered?: readonly string[];
  /** Throws the sentence to show for a text that cannot be used. */
  readonly check?: (text: string) => unknown;
}

/** A text that is taken when it is finished; one that cannot be used stays in the field with a sentence. */
export function TextField({ label, value, help, check, offered = [], disabled = false }: TextProps) {
  const id = useId();
  const wrong = useSignal<string | null>(null);
  const take = (text: string) => {
    try {
      check?.(text);
      wrong.value = null;
      value.value = text;
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        list={offered.length > 0 ? `${id}-list` : undefined}
        value={value.value}
        disabled={disabled}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={wrong.value !== null}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => take(currentTarget.value.trim())}
      />
      {offered.length > 0 && (
        <datalist id={`${id}-list`}>
          {offered.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      <Help id={`${id}-help`} wrong={wrong.value} help={help} />
    </div>
  );
}

/** Yes or no. */
export function Toggle({ label, value, help, disabled = false }: FieldProps<boolean>) {
  const id = useId();
  return (
    <div class="field toggle">
      <input
        id={id}
        type="checkbox"
        checked={value.value}
        disabled={disabled}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.checked;
        }}
      />
      <label for={id}>{label}</label>
      <Help id={`${id}-help`} wrong={null} help={help} />
    </div>
  );
}

interface HelpProps {
  readonly id: string;
  readonly wrong: string | null;
  readonly help: ComponentChildren;
}

export function Help({ id, wrong, help }: HelpProps) {
  return (
    <span id={id} class={wrong === null ? "help" : "help wrong"} aria-live="polite">
      {wrong ?? help}
    </span>
  );
}
