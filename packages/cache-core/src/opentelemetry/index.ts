export { type Instrumentation, type InstrumentOptions, instrumentCache } from './instrument-cache.ts';
