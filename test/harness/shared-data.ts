import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** Real inputs with known truths, kept beside the project; they are not part of it. */
export const hasSharedData = existsSync(FOLDER);
export const sharedData = (...path: string[]): string => join(FOLDER, ...path);

/** Put into the name of a suite that needs them, so that its skipping tells why. */
export const NEEDS_SHARED_DATA = hasSharedData ? '' : ' (skipped: ../shared/data is not there)';
