import { z } from 'zod';

/** Severities, mildest first; `UNKNOWN` marks a record whose level no parser could tell. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'ERROR', 'FATAL', 'UNKNOWN'] as const;
export const levelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof levelSchema>;
