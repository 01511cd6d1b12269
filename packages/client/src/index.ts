export type { components, paths } from './api-types.ts';
export { type ApiAnswer, type ApiClient, answerOf, type ClientOptions, createClient } from './create-client.ts';
export { ApiProblem, ApiUnreachable, type Problem } from './errors.ts';
export { type Ingested, type IngestOptions, ingestLines } from './ingest-lines.ts';
export { outcomeOf, type ReadOutcome } from './outcome.ts';
export { newStreamState, readEvents, type StreamState } from './read-events.ts';
export { type Uploaded, type UploadFields, type UploadOptions, uploadFile } from './upload-file.ts';
