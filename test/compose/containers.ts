import { readFileSync } from 'node:fs';
import type { Container } from './compose-project.ts';

/** Returns the name of the service that a container runs. */
export function serviceOf({ Config }: Container): string {
  return Config.Labels['com.docker.compose.service'] ?? '';
}

/** Ends a container as a crash does: Docker restarts it, which it does not after `docker kill`. */
export function crash(container: Container | undefined): void {
  if (container === undefined) throw new Error('expected a running container');
  process.kill(container.State.Pid, 'SIGKILL');
}

/** Returns the processes that the init process of a container has started, as ids of this machine. */
export function childrenOf(container: Container | undefined): readonly number[] {
  const pid = container?.State.Pid;
  if (pid === undefined) throw new Error('expected a running container');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** Returns the address of a container on the network of its project. */
export function addressOf(container: Container | undefined): string {
  const [network] = Object.values(container?.NetworkSettings.Networks ?? {});
  if (network === undefined) throw new Error('expected a running container with a network');
  return network.IPAddress;
}
