export { isOpen } from './access-config.ts';
export { hostOf, isLoopback } from './allowed-hosts.ts';
export { type Config, readConfig, readStoresConfig, type StoresConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { connectLimitStore, type LimitStore } from './limit-store.ts';
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
export { newToken, tokenLine } from './tokens/new-token.ts';
export { BadTokensFile, parseTokens, TOKEN_NAME } from './tokens/parse-tokens.ts';
export { digestOf, includesRole, ROLES, type Role, type Token } from './tokens/token.ts';
export type { TrustedProxies } from './trusted-proxies.ts';
