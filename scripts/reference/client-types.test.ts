import { expect, test } from 'vitest';
import { clientTypesComplaints, generatedTypes } from './client-types.ts';

test('the types of the client are those of the description of the api', async () => {
  expect(await clientTypesComplaints()).toEqual([]);
});

test('a route with a new field changes the types', async () => {
  const types = await generatedTypes((description) => ({
    ...description,
    paths: { ...description.paths, '/api/new': { get: { responses: { 200: { description: 'New.' } } } } },
  }));
  expect(types).toContain('"/api/new": {');
  expect(types).not.toBe(await generatedTypes());
});
