import { IanaZone } from './iana-zone.ts';
import { isZoneName, offsetOfName } from './zone-names.ts';

/** Converts local times to instants. Offsets are in ms east of UTC. */
export interface TimeZone {
  /** Offset at every time, or undefined if it depends on the time. */
  readonly fixedMs: number | undefined;
  /**
   * Returns the offset at a local time in ms, or null if it is not certain: the local time is skipped or repeated by a
   * change of the clocks, or the zone's name has several meanings.
   */
  offsetAt(localMs: number): number | null;
}

/** `+07`, `+0545`, `+05:45`, `-3:30`, and with a prefix `UTC+1`; up to 15:59 hours. */
const OFFSET = /^(?:(?:UTC|GMT)(?=[+-]))?([+-])(0?\d|1[0-5])(?::?([0-5]\d)(?::?[0-5]\d)?)?$/;
/** Names of the tz database contain a slash. */
const IANA = /^[A-Za-z_]{2,20}(?:\/[A-Za-z0-9_+-]{2,20}){1,2}$/;

export const UTC: TimeZone = { fixedMs: 0, offsetAt: () => 0 };
/** A zone that is named but has no certain offset. */
const UNCERTAIN: TimeZone = { fixedMs: undefined, offsetAt: () => null };

/** Reads the zone of an upload: `UTC`, an offset or a name of the tz database. Returns null for anything else. */
export function zoneOf(text: string): TimeZone | null {
  if (/^(?:UTC|GMT|Z)$/i.test(text)) return UTC;
  const offsetMs = offsetOf(text);
  if (offsetMs !== null) return { fixedMs: offsetMs, offsetAt: () => offsetMs };
  return IANA.test(text) ? IanaZone.of(text) : null;
}

/**
 * Validates the zone of an upload. Returns its canonical text (`UTC`, `+05:30`, `Europe/Berlin`), or null if it is
 * neither an offset nor a name of the tz database. Abbreviations such as `CST` are refused: the offset depends on the
 * country and on the season.
 */
export function parseTimeZone(text: string): string | null {
  const trimmed = text.trim();
  const zone = zoneOf(trimmed);
  if (zone === null || zone === UTC) return zone === null ? null : 'UTC';
  if (zone instanceof IanaZone) return zone.name;
  const minutes = Math.abs(zone.fixedMs ?? 0) / 60_000;
  const sign = (zone.fixedMs ?? 0) < 0 ? '-' : '+';
  return `${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Reads the zones that a file's times carry, in the light of the upload's zone. Use one per file. */
export class WrittenZones {
  readonly #home: TimeZone;
  readonly #homeName: string;
  readonly #homeOffsetsMs: readonly number[];
  #lastText = '';
  #last: TimeZone;

  /** `year` is the year whose offsets of the upload's zone choose among the meanings of a zone's name. */
  constructor(home: TimeZone, homeName: string, year: number) {
    this.#home = home;
    this.#homeName = homeName;
    this.#last = home;
    this.#homeOffsetsMs = [0, 6].flatMap((month) => home.offsetAt(Date.UTC(year, month, 15)) ?? []);
  }

  /** Returns the zone of a text that `zoneEnd` found; '' is the upload's zone. */
  zone(text: string): TimeZone {
    if (text === this.#lastText) return this.#last;
    this.#lastText = text;
    this.#last = this.#read(text);
    return this.#last;
  }

  /** Returns what to call the zone of a text. */
  nameOf(text: string): string {
    return text === '' ? this.#homeName : text;
  }

  #read(text: string): TimeZone {
    if (text === '') return this.#home;
    // Of `+0530 IST` and `+01:00[Europe/Berlin]` the offset counts.
    const written = /^[+-][\d:]+|^Z(?=\[)/.exec(text)?.[0] ?? text.replace(/^[[(]|[\])]$/g, '');
    if (!isZoneName(written)) return zoneOf(written) ?? UNCERTAIN;
    const offsetMs = offsetOfName(written, this.#homeOffsetsMs);
    return offsetMs === null ? UNCERTAIN : { fixedMs: offsetMs, offsetAt: () => offsetMs };
  }
}

function offsetOf(text: string): number | null {
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const ms = (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000;
  return match[1] === '-' ? 0 - ms : ms;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
