import type { UploadFields } from '@pilotlight/client';
import { chosenReadAs } from './upload-queue.ts';

const ORDERS = { ymd: 'year, month, day', dmy: 'day, month, year', mdy: 'month, day, year' } as const;

/** Asks how to read what the files of the next uploads leave open. The api refuses what it does not know. */
export function UploadOptions() {
  return (
    <details class="upload-options small">
      <summary>Options</summary>
      <div class="fields">
        <TextOption name="timezone" label="Zone of times that name none" placeholder="UTC" />
        <DateOrder />
        <TextOption name="format" label="Format that is tried first" placeholder="detected" />
        <OwnShape />
      </div>
    </details>
  );
}

interface TextOptionProps {
  readonly name: 'timezone' | 'format';
  readonly label: string;
  readonly placeholder: string;
}

function TextOption({ name, label, placeholder }: TextOptionProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        placeholder={placeholder}
        value={chosenReadAs.value[name] ?? ''}
        maxLength={64}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value.trim() })}
      />
    </label>
  );
}

function DateOrder() {
  return (
    <label class="field">
      <span>Dates like 03/04/2026</span>
      <select
        class="input"
        value={chosenReadAs.value.date_order ?? ''}
        onChange={({ currentTarget }) => change({ date_order: currentTarget.value })}
      >
        <option value="">as the file proves</option>
        {Object.entries(ORDERS).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function OwnShape() {
  return (
    <label class="field">
      <span>Or a format of your own, as JSON</span>
      <textarea
        class="input"
        rows={2}
        placeholder='{"name": …, "pattern": …}'
        value={chosenReadAs.value.shape ?? ''}
        maxLength={20_000}
        spellcheck={false}
        onInput={({ currentTarget }) => change({ shape: currentTarget.value.trim() })}
      />
    </label>
  );
}

/** An empty value is the default, which is not sent. */
function change(fields: UploadFields): void {
  const all = Object.entries({ ...chosenReadAs.peek(), ...fields });
  chosenReadAs.value = Object.fromEntries(all.filter(([, value]) => value !== ''));
}
