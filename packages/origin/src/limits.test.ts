import { describe } from 'vitest';
import { limitsContract } from './testing/limits-contract.ts';

describe('limits of a file: Postgres', () => limitsContract(() => ({})));
