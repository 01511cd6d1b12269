import type { UploadFields } from '@pilotlight/client';
import { chosenReadAs } from './upload-queue.ts';

const ORDERS = { ymd: 'year, month, day', dmy: 'day, month, year', mdy: 'month, day, year' } as const;

/** Asks how to read what the files of the next uploads leave open. The api refuses what it does not know. */
export function UploadOptions() {
  const { timezone, date_order: order } = chosenReadAs.value;
  return (
    <details class="upload-options small">
      <summary>Options</summary>
      <div class="fields">
        <label class="field">
          <span>Zone of times that name none</span>
          <input
            class="input"
            placeholder="UTC"
            value={timezone ?? ''}
            maxLength={64}
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => change({ timezone: currentTarget.value.trim() })}
          />
        </label>
        <label class="field">
          <span>Dates like 03/04/2026</span>
          <select
            class="input"
            value={order ?? ''}
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
      </div>
    </details>
  );
}

/** An empty value is the default, which is not sent. */
function change(fields: UploadFields): void {
  const all = Object.entries({ ...chosenReadAs.peek(), ...fields });
  chosenReadAs.value = Object.fromEntries(all.filter(([, value]) => value !== ''));
}
