import type { FieldProblem } from '@pilotlight/contracts';
import { z } from 'zod';
import { InvalidInput, MAX_PROBLEMS } from '../errors.ts';
import { shown, shownName } from './shown.ts';

type Issue = z.core.$ZodIssue;

/** Returns the client's input, validated and with defaults. Throws `InvalidInput`, which names each bad field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems: FieldProblem[] = [];
  for (const issue of issues) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(...fieldProblems(issue, input, schema));
  }
  throw new InvalidInput(
    problems,
    issues.reduce((count, issue) => count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0),
  );
}

const NO_FIELDS = z.strictObject({});

/** Throws `InvalidInput` if the query of a route without parameters has one: to ignore it would look as if it had worked. */
export function checkNoQuery(query: unknown): void {
  parseInput(NO_FIELDS, query);
}

function fieldProblems(issue: Issue, input: unknown, schema: z.ZodType): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') : '';
    const detail =
      known === '' ? 'expected no fields, got this one' : `expected one of ${known}, got a field with this name`;
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({ field: shownName(key), detail }));
  }
  const expected = expectationOf(issue);
  const detail = expected.includes(', got ') ? expected : `${expected}, got ${shown(valueAt(input, issue.path))}`;
  const field = shownName(issue.path.join('.')) || 'body';
  const position: unknown = issue.code === 'custom' ? issue.params?.['position'] : undefined;
  return [{ field, detail, ...(typeof position === 'number' && { position }) }];
}

const KINDS: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
};

/** Returns the first half of a message, "expected …". The schemas' own messages have that form; zod's are converted. */
function expectationOf(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return `expected a ${issue.format}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
