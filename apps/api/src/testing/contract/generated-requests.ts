import { type ApiDescription, describedPath, type Route } from '@pilotlight/contracts/http';
import fc from 'fast-check';
import { generateSync } from 'json-schema-faker';
import { asAdmin } from '../test-api.ts';
import { uploadOf } from './requests.ts';
import type { Sent } from './send.ts';

/** A generated request, and whether its parameters and body are valid by the description. */
export interface Generated {
  readonly sent: Sent;
  readonly isValid: boolean;
  /** The JSON body, or undefined if the request has none. */
  readonly json: unknown;
}

type Schema = Parameters<typeof generateSync>[0];
interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Record<string, { readonly schema?: Schema } | undefined> };
}

/** Ways to spoil a request. `none` leaves it valid. */
const SPOILS = [
  'none',
  'none',
  'parameter',
  'extra parameter',
  'repeated',
  'raw query',
  'body',
  'member',
  'type',
] as const;
type Spoil = (typeof SPOILS)[number];

/** Generates requests for routes of the description: valid ones, and ones with a wrong parameter, header or body. */
export function generatedRequests(description: ApiDescription, routes: readonly Route[]): fc.Arbitrary<Generated> {
  return requestsOf(description, routes, SPOILS);
}

/** Generates valid requests for a route. */
export function validRequests(description: ApiDescription, route: Route): fc.Arbitrary<Generated> {
  return requestsOf(description, [route], ['none']);
}

function requestsOf(
  description: ApiDescription,
  routes: readonly Route[],
  spoils: readonly Spoil[],
): fc.Arbitrary<Generated> {
  return fc
    .record({
      route: fc.constantFrom(...routes),
      seed: fc.nat(),
      spoil: fc.constantFrom(...spoils),
      text: fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
        fc.constantFrom('-1', '1e9', 'null', '[]', '%', "'"),
      ),
      value: fc.jsonValue({ maxDepth: 3 }),
    })
    .map(({ route: { method, path, body }, ...how }) => {
      const paths = description.paths as Record<string, Record<string, Operation | undefined>>;
      const operation = paths[describedPath(path)]?.[method.toLowerCase()] ?? {};
      return request(method, path, operation, { ...how, examples: Object.values(body?.examples ?? {}) });
    });
}

interface How {
  readonly seed: number;
  readonly spoil: Spoil;
  readonly text: string;
  readonly value: unknown;
  /** Bodies of the table. */
  readonly examples: readonly unknown[];
}

function request(method: string, path: string, operation: Operation, how: How): Generated {
  const parameters = chosen(operation.parameters ?? [], how);
  const json = jsonOf(operation, how);
  const isForm = operation.requestBody?.content?.['multipart/form-data'] !== undefined;
  const target = `${pathWith(path, parameters)}${queryWith(parameters, how)}`;
  const headers = { ...asAdmin, ...headersWith(parameters) };
  const isValid = how.spoil === 'none';
  if (isForm) return { sent: { ...formOf(how), target, method }, isValid, json: undefined };
  if (operation.requestBody?.content?.['text/plain'] !== undefined) {
    const type = how.spoil === 'type' ? headerText(how.text) : 'text/plain';
    return { sent: { method, target, headers: { ...headers, 'Content-Type': type }, body: how.text }, isValid, json };
  }
  if (json === undefined) return { sent: { method, target, headers }, isValid, json };
  const type = how.spoil === 'type' ? headerText(how.text) : 'application/json';
  return {
    sent: { method, target, headers: { ...headers, 'Content-Type': type }, body: JSON.stringify(json) },
    isValid,
    json,
  };
}

interface Value {
  readonly parameter: Parameter;
  readonly value: unknown;
}

/** Returns values for the parameters of the path and for some of the others. */
function chosen(parameters: readonly Parameter[], { seed, spoil, text }: How): Value[] {
  const some = parameters.filter((parameter, i) => parameter.in === 'path' || (seed >> i) % 3 === 0);
  return some.map((parameter, i) => {
    const isSpoilt = spoil === 'parameter' && i === seed % some.length;
    return { parameter, value: isSpoilt ? text : generateSync(parameter.schema, { seed: seed + i }) };
  });
}

function pathWith(path: string, values: readonly Value[]): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = values.find(({ parameter }) => parameter.in === 'path' && parameter.name === name)?.value;
    return encoded(String(value)) || 'x';
  });
}

function queryWith(values: readonly Value[], { spoil, text }: How): string {
  const pairs = values
    .filter(({ parameter }) => parameter.in === 'query')
    .flatMap(({ parameter: { name }, value }) => [value].flat().map((one) => `${name}=${encoded(String(one))}`));
  if (spoil === 'extra parameter') pairs.push(`${encoded(text)}=1`);
  if (spoil === 'repeated') pairs.push(...pairs);
  if (spoil === 'raw query') pairs.push(text.replaceAll(/[^!-~]|[#?]/g, '%ff'));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function headersWith(values: readonly Value[]): Record<string, string> {
  const headers = values.filter(({ parameter }) => parameter.in === 'header');
  return Object.fromEntries(headers.map(({ parameter, value }) => [parameter.name, headerText(String(value))]));
}

/** Returns a JSON body of the operation, or undefined if it takes none. */
function jsonOf({ requestBody }: Operation, { seed, spoil, value, text, examples }: How): unknown {
  const schema = requestBody?.content?.['application/json']?.schema;
  if (schema === undefined) return undefined;
  if (spoil === 'body') return value;
  // Some conditions between fields are only in code: every second body is an example of the table.
  const example = seed % 2 === 0 ? examples[(seed / 2) % examples.length] : undefined;
  const body = (example ?? generateSync(schema, { seed, optionalsProbability: 0.3, maxDefaultItems: 3 })) as Record<
    string,
    unknown
  >;
  const names = Object.keys(body);
  const name = names[seed % names.length] ?? text;
  return spoil === 'member' ? { ...body, [name]: value } : body;
}

function formOf({ spoil, text, value }: How): Sent {
  const content = spoil === 'body' ? JSON.stringify(value) : `${text.replaceAll('\r', ' ')}\n`;
  const form = uploadOf(content, {}, spoil === 'member' ? headerText(text).replaceAll('"', '') : 'file');
  if (spoil !== 'type') return form;
  return { ...form, headers: { ...form.headers, 'Content-Type': headerText(text) } };
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Replaces characters that no client can send in a header. */
const headerText = (text: string): string => text.replaceAll(/[^ -~]/g, '?').trim() || '?';
