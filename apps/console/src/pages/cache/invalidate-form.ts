import type { InvalidateBody, RecordScope } from './types.ts';

/** What an invalidation selects. */
export const TARGETS = [
  { name: 'prefix', label: 'Prefix', example: 'stats' },
  { name: 'tag', label: 'Tag', example: 'product:7' },
  { name: 'key', label: 'Key', example: 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e' },
  { name: 'scope', label: 'Records', example: '' },
] as const;
export type Target = (typeof TARGETS)[number]['name'];

/** The fields of the form as text; an empty one is missing. */
export interface InvalidateForm {
  readonly by: Target;
  /** The prefix, tag or key. With `scope`, the prefix that is narrowed; empty for every endpoint that reads records. */
  readonly target: string;
  readonly mode: 'invalidate' | 'expire';
  readonly service: string;
  readonly level: string;
  readonly from: string;
  readonly to: string;
}

const SCOPE_FIELDS = ['service', 'level', 'from', 'to'] as const;

/** Reads the form from the parameters of the address. */
export function formOf(query: URLSearchParams): InvalidateForm {
  const text = (name: string): string => query.get(name) ?? '';
  const by = TARGETS.find(({ name }) => name === text('by'))?.name ?? 'prefix';
  const mode = text('mode') === 'expire' ? 'expire' : 'invalidate';
  return {
    by,
    mode,
    target: text('target'),
    service: text('service'),
    level: text('level'),
    from: text('from'),
    to: text('to'),
  };
}

/** Returns the body of the request; or what the form lacks. */
export function bodyOf(form: InvalidateForm): InvalidateBody | { readonly missing: string } {
  const { by, mode } = form;
  const target = form.target.trim();
  if (by !== 'scope') return target === '' ? { missing: `Type a ${by}.` } : { [by]: target, mode };
  const given = SCOPE_FIELDS.flatMap((name) =>
    form[name].trim() === '' ? [] : [[name, scopeText(name, form[name].trim())]],
  );
  if (given.length === 0) return { missing: 'Type at least one condition.' };
  const scope = Object.fromEntries(given) as RecordScope;
  return { ...(target !== '' && { prefix: target }), scope, mode };
}

/** A time of a field of the browser has no zone: it is read as UTC, as the times of log lines without a zone are. */
function scopeText(name: (typeof SCOPE_FIELDS)[number], text: string): string {
  return (name === 'from' || name === 'to') && /T\d\d:\d\d$/.test(text) ? `${text}:00Z` : text;
}

/** Returns what an invalidation selects, for a sentence: `the prefix stats`. */
export function targetText(form: InvalidateForm): string {
  const target = form.target.trim();
  if (form.by === 'prefix' && target === '*') return 'everything';
  if (form.by !== 'scope') return `the ${form.by} ${target}`;
  const parts = SCOPE_FIELDS.flatMap((name) => (form[name].trim() === '' ? [] : [`${name} ${form[name].trim()}`]));
  return `the answers${target === '' ? '' : ` under ${target}`} that depend on records with ${parts.join(', ')}`;
}
