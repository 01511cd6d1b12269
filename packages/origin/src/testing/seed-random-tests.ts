import fc from 'fast-check';
import { inject } from 'vitest';

// Every property of the run draws its cases from one seed, which the run logs when it begins.
fc.configureGlobal({ seed: inject('seed') });
