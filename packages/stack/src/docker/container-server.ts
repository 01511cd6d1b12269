import {
  GenericContainer,
  getContainerRuntimeClient,
  type StartedTestContainer,
  Wait,
  type WaitStrategy,
} from 'testcontainers';
import { ServerStartFailed } from '../errors.ts';
import type { LineLogger } from '../line-logger.ts';
import { poll } from '../process/poll.ts';
import type { RunningServer } from '../process/running-server.ts';
import { withProgress } from '../with-progress.ts';
import { LogTail } from './log-tail.ts';

/** The line that both servers log. The library's own check, which looks at ports, took up to a minute. */
const READY = /ready to accept connections/i;
const READY_WITHIN_MS = 60_000;

/** Returns true if a Docker server answers, otherwise the reason why not. */
export async function dockerAnswers(): Promise<true | string> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A container whose ports are published for this machine only; the library publishes them on every interface. */
export class LoopbackContainer extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    for (const bindings of Object.values(this.hostConfig.PortBindings ?? {})) {
      if (!Array.isArray(bindings)) continue;
      for (const binding of bindings) binding.HostIp = '127.0.0.1';
    }
  }
}

interface ContainerServer {
  /** Used in messages, e.g. `Redis (cache)`. */
  name: string;
  image: string;
  url: string;
  port: number;
  /** Resolves once the server answers. Called repeatedly until it does. */
  ask(): Promise<void>;
  /** How to see that the server in the container is ready. Defaults to the line that Redis and Postgres log. */
  wait?: WaitStrategy;
  /** Defaults to 60,000. */
  readyWithinMs?: number;
  log: LineLogger;
}

/** Starts a container as a server. Resolves when it answers, and rejects with `ServerStartFailed` if it does not. */
export async function startContainerServer(
  container: GenericContainer,
  server: ContainerServer,
): Promise<RunningServer> {
  const { name, image, url, port, log } = server;
  log(`${name}: starting ${image} in Docker (the first start downloads the image)`);
  const tail = new LogTail();
  const started = await withProgress(`starting ${name} in Docker`, log, async () => {
    const running = await startContainer(container, server, tail);
    await answers(running, server, tail);
    return running;
  });
  return {
    url,
    port,
    pid: null,
    how: `Docker (${image})`,
    kill: (signal) => void signalContainer(started, signal).catch((error) => log(`docker kill: ${error}`)),
    restart: async () => {
      // The library's own restart waits for a log line again, which it misses after a kill.
      const client = await getContainerRuntimeClient();
      await client.container.getById(started.getId()).restart();
      await answers(started, server, tail);
    },
    stop: async () => {
      await started.stop();
    },
  };
}

/** Rejects with `ServerStartFailed`, which contains the end of the container's log, if the container does not become ready. */
async function startContainer(
  container: GenericContainer,
  { name, wait, readyWithinMs = READY_WITHIN_MS }: ContainerServer,
  tail: LogTail,
): Promise<StartedTestContainer> {
  try {
    return await container
      .withLogConsumer((stream) => tail.follow(stream))
      .withWaitStrategy((wait ?? Wait.forLogMessage(READY)).withStartupTimeout(readyWithinMs))
      .start();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerStartFailed(`${name} in Docker did not start: ${reason}${tail}`, { cause });
  }
}

async function answers(container: StartedTestContainer, server: ContainerServer, tail: LogTail): Promise<void> {
  const { name, ask, readyWithinMs = READY_WITHIN_MS } = server;
  let last: unknown;
  const ready = await poll(
    async () => {
      try {
        await ask();
        return true;
      } catch (error) {
        last = error;
        return false;
      }
    },
    { withinMs: readyWithinMs, everyMs: 50 },
  );
  if (ready) return;
  await container.stop();
  throw new ServerStartFailed(`${name} in Docker did not answer within ${readyWithinMs / 1_000} s${tail}`, {
    cause: last,
  });
}

async function signalContainer(container: StartedTestContainer, signal: NodeJS.Signals): Promise<void> {
  const client = await getContainerRuntimeClient();
  await client.container.getById(container.getId()).kill({ signal });
}
