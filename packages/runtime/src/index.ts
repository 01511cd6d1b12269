export { hostOf, isLoopback } from './allowed-hosts.ts';
export { type Config, readConfig, readStoresConfig, type StoresConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { createLogger, type Logger } from './logger.ts';
export { countQuarantined } from './quarantine.ts';
export {
  connectProducer,
  connectWorkerConnection,
  probeWrite,
  problemOf,
  type QueueConnection,
  queueOptions,
} from './queue-connection.ts';
export { type JobQueue, openQueues, type Queues } from './queues.ts';
export { isServerRefusal } from './server-access.ts';
export { endsWithin, type ShutdownStep, shutDownOnSignal } from './shutdown.ts';
