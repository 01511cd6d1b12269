import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** Real inputs with known values. They are kept beside the project and are not part of it. */
export const hasSharedData = existsSync(FOLDER);
export const sharedData = (...path: string[]): string => join(FOLDER, ...path);

/** Suffix for titles of suites that need the inputs: the reason they are skipped. */
export const NEEDS_SHARED_DATA = hasSharedData ? '' : ' (skipped: ../shared/data is not there)';
