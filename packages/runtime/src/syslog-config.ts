import { z } from 'zod';
import { isLoopbackAddress } from './access-config.ts';
import { flag, wholeNumber } from './config-values.ts';

/** The variables of the syslog listener of an api. */
export const SYSLOG_VARIABLES = {
  /** The port for TCP and UDP. Without it an api does not listen; 0 takes any free port. */
  SYSLOG_PORT: wholeNumber(0, 65_535).optional(),
  SYSLOG_HOST: z.string().min(1).default('127.0.0.1'),
  /** `1` accepts messages from other machines: syslog has no credentials. */
  SYSLOG_OPEN: flag,
} as const;

type SyslogData = z.output<z.ZodObject<typeof SYSLOG_VARIABLES>>;

/** Where an api listens for syslog; null if it does not. */
export function syslogOf({ SYSLOG_PORT: port, SYSLOG_HOST: host }: SyslogData) {
  return port === undefined ? null : { host, port };
}

/** Returns why the listener would accept messages of everyone, as a line for `ConfigError`; null if it would not. */
export function syslogOpenToOthers({
  SYSLOG_PORT: port,
  SYSLOG_HOST: host,
  SYSLOG_OPEN: open,
}: SyslogData): string | null {
  if (port === undefined || open || isLoopbackAddress(host)) return null;
  return `SYSLOG_HOST: expected a loopback address, because syslog has no credentials, got ${host}; set SYSLOG_HOST=127.0.0.1, or SYSLOG_OPEN=1 in a network in which all may send`;
}
