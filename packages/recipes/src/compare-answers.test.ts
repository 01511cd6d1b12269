import { describe, expect, test } from 'vitest';
import { compareAnswers } from './compare-answers.ts';

const SEARCH = { prefix: 'search', name: 'search_logs' };
const FILES = { prefix: 'files', name: 'list_files' };

const list = (status: string, { received = 0, indexing = 0, indexed = 0 }) => ({
  success: true,
  files: [{ id: 'a', status, line_count: 0 }],
  stats: { total_files: 1, by_status: { received, indexing, indexed, failed: 0 } },
});

describe('two answers of one recipe', () => {
  test('are the same whatever time a search took', () => {
    const answer = { success: true, total: 1, took_ms: 3 };
    expect(compareAnswers(SEARCH, answer, { ...answer, took_ms: 5 })).toBe('same');
    expect(compareAnswers(SEARCH, answer, { ...answer, total: 2 })).toBe('different');
  });

  test('change by themselves only in files that a worker has started to read', () => {
    const received = list('received', { received: 1 });
    expect(compareAnswers(FILES, received, list('indexing', { indexing: 1 }))).toBe('changes by itself');
    expect(compareAnswers(FILES, received, list('indexed', { indexed: 1 }))).toBe('different');
    expect(compareAnswers(FILES, received, received)).toBe('same');
  });

  test('differ if one of them is not an answer of the recipe', () => {
    expect(compareAnswers(FILES, { success: true }, list('received', { received: 1 }))).toBe('different');
    expect(compareAnswers(SEARCH, null, { total: 1 })).toBe('different');
  });
});
