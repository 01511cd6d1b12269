/** One Redis server that this package started. */
export interface RunningRedis {
  /** Includes the password. */
  readonly url: string;
  readonly port: number;
  /** Null while the server is stopped, and always in Docker. */
  readonly pid: number | null;
  /** The software it runs on, e.g. `redis-server on PATH`. */
  readonly how: string;
  /** Sends a signal unchanged (SIGKILL, SIGSTOP, SIGCONT). */
  kill(signal: NodeJS.Signals): void;
  /** Stops the server if it is running, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Stops the server, and removes its directory if that is a throw-away one. */
  stop(): Promise<void>;
}
