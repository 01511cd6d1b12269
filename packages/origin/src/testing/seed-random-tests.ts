import fc from 'fast-check';
import { inject } from 'vitest';

// Every property of a run draws its cases from one seed, which the run logs at its start.
fc.configureGlobal({ seed: inject('seed') });
