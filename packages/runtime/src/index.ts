export { type Config, ConfigError, readConfig } from './config.ts';
export { createLogger, type Logger } from './logger.ts';
export { connectProducer, connectWorkerConnection, type JobQueue, openQueues, type Queues } from './queues.ts';
export { type ShutdownStep, shutDownOnSignal } from './shutdown.ts';
