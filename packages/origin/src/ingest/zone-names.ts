const HOUR_MS = 3_600_000;

/**
 * Offsets in hours of the zone names that have one meaning. Sources, in this order:
 * RFC 5322, section 4.3 (obsolete zones); the names that the tz database uses today, if every zone with that name has
 * the same offset; PostgreSQL's set `Default`, if it lists neither a conflict nor a changed offset.
 */
const FIXED_HOURS: Readonly<Record<string, number>> = {
  // RFC 5322
  ...{ UT: 0, GMT: 0, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
  // tz database
  ...{ UTC: 0, WET: 0, WEST: 1, BST: 1, CET: 1, CEST: 2, MET: 1, MEST: 2, EET: 2, EEST: 3, MSK: 3, IDT: 3 },
  ...{ WAT: 1, CAT: 2, SAST: 2, EAT: 3, PKT: 5, WIB: 7, WITA: 8, WIT: 9, HKT: 8, JST: 9, KST: 9 },
  ...{ AWST: 8, ACST: 9.5, ACDT: 10.5, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
  ...{ NST: -3.5, NDT: -2.5, AKST: -9, AKDT: -8, HST: -10, HDT: -9 },
  // PostgreSQL
  ...{ SGT: 8, MYT: 8, PHT: 8, ICT: 7, NPT: 5.75, AFT: 4.5, UZT: 5 },
  ...{ BRT: -3, ART: -3, UYT: -3, BOT: -4, COT: -5, PET: -5 },
};

/**
 * Offsets in hours that names have beside the fixed one, or that names without a fixed one have. The upload's zone
 * chooses among them; without it a name that is only listed here is ambiguous.
 */
const OTHER_HOURS: Readonly<Record<string, readonly number[]>> = {
  ...{ CST: [8, -5, 9.5], CDT: [-4, 9], EST: [10], EDT: [11], PST: [8], BST: [6, 11], MST: [6.5, 8] },
  ...{ IST: [5.5, 2, 1], AST: [-4, 3], ADT: [-3, 4], AMT: [-4, 4], AMST: [-3, 5], GST: [4, -2, 10], SST: [-11, 8] },
  ...{ WST: [8, 13], ACT: [-5, 8], ECT: [-5, -4], BDT: [6, 8], CCT: [8, 6.5], BNT: [8], PGT: [10], FJT: [12] },
  ...{ CLT: [-4, -3], CLST: [-3], BRST: [-2], ARST: [-2], UYST: [-2], PYT: [-4, -3], PYST: [-3], VET: [-4, -4.5] },
  ...{ GYT: [-4], GFT: [-3], FNT: [-2], PMST: [-3], PMDT: [-2], WGT: [-3, -2], WGST: [-2, -1], EGT: [-1], EGST: [0] },
  ...{ TRT: [3, 2], MSD: [4], SAMT: [4], IRST: [3.5], IRDT: [4.5], IRT: [3.5], AZT: [4], AZST: [5], PKST: [6] },
  ...{ TMT: [5], TJT: [5], KGT: [6, 5], ALMT: [6, 5], MMT: [6.5], BTT: [6], LKT: [6, 5.5], ULAT: [8], ULAST: [9] },
  ...{ YEKT: [5, 6], YEKST: [6], OMST: [6, 7], NOVT: [7, 6], KRAT: [7, 8], IRKT: [8, 9], YAKT: [9, 10] },
  ...{ VLAT: [10, 11], MAGT: [11, 12], PETT: [12], ANAT: [12], CHST: [10], KDT: [10], PHST: [8], HKST: [9], JDT: [10] },
};

/** All names, with one meaning or several, longest first. */
export const ZONE_NAMES: readonly string[] = [
  ...new Set([...Object.keys(FIXED_HOURS), ...Object.keys(OTHER_HOURS)]),
].sort((a, b) => b.length - a.length);

/** Whether a word is a zone's name, with one meaning or several. */
export function isZoneName(word: string): boolean {
  return Object.hasOwn(FIXED_HOURS, word) || Object.hasOwn(OTHER_HOURS, word);
}

/**
 * Returns the offset in ms of a zone's name, or null if the name has several. `homeOffsetsMs` are the offsets that the
 * upload's zone has in the year: they choose among the meanings of a name (CST in China, IST in India).
 */
export function offsetOfName(name: string, homeOffsetsMs: readonly number[]): number | null {
  const fixed = FIXED_HOURS[name];
  const meanings = [...(fixed === undefined ? [] : [fixed]), ...(OTHER_HOURS[name] ?? [])];
  const chosen = meanings.find((hours) => homeOffsetsMs.includes(hours * HOUR_MS)) ?? fixed;
  return chosen === undefined ? null : chosen * HOUR_MS;
}
