export interface ChoicesProps<Name extends string> {
  /** What is chosen; read by screen readers. */
  readonly legend: string;
  readonly options: readonly { readonly name: Name; readonly label: string }[];
  readonly chosen: string;
  readonly choose: (name: Name) => void;
}

/** A row of buttons, one of which is pressed. */
export function Choices<Name extends string>({ legend, options, chosen, choose }: ChoicesProps<Name>) {
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{legend}</legend>
      {options.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          class="button"
          data-kind="quiet"
          aria-pressed={name === chosen}
          onClick={() => choose(name)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
