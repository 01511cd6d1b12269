import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { everyRoute } from '../routes.ts';
import { describeApi, describedPath } from './describe-api.ts';

/** Lints a document with the strict rules of a public linter. Returns its findings. */
async function lint(document: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`);
}

describe('the description of the api', () => {
  test('a linter finds nothing in it', async () => {
    expect(await lint(describeApi('1.2.3'))).toEqual([]);
  });

  test('the linter finds an operation without security, and an example that its schema refuses', async () => {
    const { paths = {}, ...document } = describeApi('1.2.3');
    const search = paths['/api/search']?.post;
    const examples = { wrong: { value: { page: 'one' } } };
    const body = {
      ...search?.requestBody,
      content: {
        'application/json': { schema: { type: 'object', properties: { page: { type: 'integer' } } }, examples },
      },
    };
    const changed = {
      ...paths,
      '/api/stats': { get: { operationId: 'getStats' } },
      '/api/search': { post: { ...search, requestBody: body } },
    };
    const findings = await lint({ ...document, paths: changed });
    expect(findings.join('\n')).toMatch(/security-defined/);
    expect(findings.join('\n')).toMatch(/no-invalid-media-type-examples/);
  });

  test('each route of the table has an operation with its id', () => {
    const { paths = {} } = describeApi('1.2.3');
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    const routes = everyRoute().map(({ id, method, path }) => `${id} ${method.toLowerCase()} ${describedPath(path)}`);
    expect(operations.toSorted()).toEqual(routes.toSorted());
  });

  test('no two rows have the same method and path', () => {
    const rows = everyRoute().map(({ method, path }) => `${method} ${path}`);
    expect(new Set(rows).size).toBe(rows.length);
  });
});
