/** URLs of the services, under the environment names that `npm run api` and `npm run worker` read. */
export interface ServiceEnv {
  DATABASE_URL: string;
  REDIS_CACHE_URL: string;
  REDIS_QUEUE_URL: string;
  /** Only if Elasticsearch was asked for. */
  ELASTICSEARCH_URL?: string;
}

export interface Services {
  env: ServiceEnv;
  /** For each service, the software it runs on. */
  used: { service: string; how: string }[];
  /**
   * Makes the supervisor watch a process of the caller: if the caller is killed, that process ends before the services.
   */
  supervise(pid: number): void;
  stop(): Promise<void>;
}
