import type { ApiDescription } from '@pilotlight/contracts/http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Received, Sent } from './send.ts';

/** Headers of HTTP's framing and connections, which are not part of the description. */
const FRAMING = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-type']);

type Operations = Record<string, { responses?: Record<string, ResponseObject> } | undefined>;
interface ResponseObject {
  headers?: Record<string, { $ref?: string; required?: boolean }>;
  content?: Record<string, unknown>;
}

/** Compares answers with the description of the api. It remembers the answers that it has seen. */
export class DescribedAnswers {
  readonly #paths: Record<string, Operations>;
  readonly #description: ApiDescription;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #seen = new Set<string>();

  constructor(description: ApiDescription) {
    this.#description = description;
    this.#paths = (description.paths ?? {}) as Record<string, Operations>;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(description, 'api');
  }

  /** The answers that were compared so far, as `GET /api/stats 200`. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** Every described answer, as `GET /api/stats 200`. */
  get described(): readonly string[] {
    return Object.entries(this.#paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        Object.keys(operation?.responses ?? {}).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    );
  }

  /** Returns each difference between an answer and the description. */
  compare({ method, target }: Pick<Sent, 'method' | 'target'>, received: Received): string[] {
    const path = this.#pathOf(target);
    if (path === null) return received.status === 404 ? [] : [`${target}: the path is not described`];
    const operations = this.#paths[path] ?? {};
    const isHead = method === 'HEAD';
    const name = (isHead ? 'GET' : method).toUpperCase();
    const operation = operations[name.toLowerCase()];
    if (operation === undefined) return this.#compareOther(name, path, received);
    this.#seen.add(`${name} ${path} ${received.status}`);
    const at = ['paths', path, name.toLowerCase(), 'responses', String(received.status)];
    const described = operation.responses?.[received.status];
    const where = `${method} ${target} → ${received.status}`;
    if (described === undefined)
      return [`${where}: the status is not described; ${received.body.toString().slice(0, 300)}`];
    return [
      ...this.#compareHeaders(described, at, received),
      ...(isHead ? this.#compareNoBody(received) : this.#compareBody(described, at, received)),
    ].map((difference) => `${where}: ${difference}`);
  }

  #pathOf(target: string): string | null {
    const path = target.split('?', 1)[0] ?? '';
    const matches = (described: string) => new RegExp(`^${described.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`).test(path);
    // The literal path wins over one with a parameter.
    return (
      Object.keys(this.#paths)
        .toSorted()
        .reverse()
        .toSorted((a, b) => Number(a.includes('{')) - Number(b.includes('{')))
        .find(matches) ?? null
    );
  }

  /** Methods without an operation: `OPTIONS` answers 204, any other method 405. */
  #compareOther(method: string, path: string, { status, headers }: Received): string[] {
    const expected = method === 'OPTIONS' ? 204 : 405;
    // The checks of the host, of the site and of the credentials come first.
    if ([expected, 400, 401, 403, 421].includes(status))
      return status === expected && headers.allow === undefined ? [`${method} ${path}: Allow is missing`] : [];
    return [`${method} ${path}: expected ${expected}, got ${status}`];
  }

  #compareHeaders({ headers: described = {} }: ResponseObject, at: string[], { headers }: Received): string[] {
    const names = new Map(Object.keys(described).map((name) => [name.toLowerCase(), name]));
    const differences: string[] = [];
    for (const [name, value] of Object.entries(headers)) {
      if (FRAMING.has(name) && !names.has(name)) continue;
      const known = names.get(name);
      if (known === undefined) differences.push(`the header ${name} is not described`);
      else
        differences.push(
          ...this.#differences(
            [...this.#headerAt(at, known, described), 'schema'],
            String(value),
            `the header ${name}`,
          ),
        );
    }
    for (const [lower, name] of names) {
      const { $ref, ...own } = described[name] ?? {};
      const header = $ref === undefined ? own : this.#lookup(pointerParts($ref));
      if ((header as { required?: boolean }).required && headers[lower] === undefined)
        differences.push(`the header ${name} is missing`);
    }
    return differences;
  }

  #headerAt(at: string[], name: string, described: NonNullable<ResponseObject['headers']>): string[] {
    const ref = described[name]?.$ref;
    return ref === undefined ? [...at, 'headers', name] : pointerParts(ref);
  }

  #compareBody({ content }: ResponseObject, at: string[], { headers, body }: Received): string[] {
    if (content === undefined) return body.length === 0 ? [] : [`expected no body, got ${body.length} bytes`];
    const type = headers['content-type']?.split(';', 1)[0]?.trim() ?? '';
    if (!(type in content)) return [`expected a body of ${Object.keys(content).join(' or ')}, got ${type || 'none'}`];
    if (!/json$/.test(type)) return [];
    const value: unknown = JSON.parse(body.toString());
    return this.#differences([...at, 'content', type, 'schema'], value, 'the body');
  }

  #compareNoBody({ body }: Received): string[] {
    return body.length === 0 ? [] : ['expected no body for HEAD'];
  }

  #differences(at: string[], value: unknown, what: string): string[] {
    const pointer = at.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `api#/${pointer}` });
    this.#compiled.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${what}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #lookup(parts: string[]): unknown {
    return parts.reduce<unknown>((value, part) => Reflect.get(Object(value), part), this.#description);
  }
}

function pointerParts(ref: string): string[] {
  return ref
    .replace(/^#\//, '')
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}
