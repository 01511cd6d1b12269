import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';

/** Returns true if a Docker server answers, otherwise the reason why not. */
export async function dockerAnswers(): Promise<true | string> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The library publishes ports on every interface; these servers are for this machine only. */
export class LoopbackContainer extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    for (const bindings of Object.values(this.hostConfig.PortBindings ?? {})) {
      if (!Array.isArray(bindings)) continue;
      for (const binding of bindings) binding.HostIp = '127.0.0.1';
    }
  }
}

/** Sends a signal to the main process of a container. */
export async function signalContainer(container: StartedTestContainer, signal: NodeJS.Signals): Promise<void> {
  const client = await getContainerRuntimeClient();
  await client.container.getById(container.getId()).kill({ signal });
}
