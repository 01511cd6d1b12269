/** The services, by the environment names that `npm run api` and `npm run worker` read. */
export interface ServiceEnv {
  DATABASE_URL: string;
  REDIS_CACHE_URL: string;
  REDIS_QUEUE_URL: string;
}

export interface Services {
  env: ServiceEnv;
  /** For each service, what it runs on. */
  used: { service: string; how: string }[];
  /** Takes a process of the caller's into the same care: should the caller be killed, it is ended before the services. */
  adopt(pid: number): void;
  stop(): Promise<void>;
}
