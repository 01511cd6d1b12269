/** One Redis server of our own. */
export interface RunningRedis {
  /** With its password. */
  readonly url: string;
  readonly port: number;
  /** Null while it is stopped, and always in Docker. */
  readonly pid: number | null;
  /** What it runs on, e.g. `redis-server on PATH`. */
  readonly how: string;
  /** Sends a signal as it is (SIGKILL, SIGSTOP, SIGCONT). */
  kill(signal: NodeJS.Signals): void;
  /** Ends it, if it has not ended by itself, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it, and removes its directory unless that is kept. */
  stop(): Promise<void>;
}
