import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { startDocker } from './start-docker.ts';

test('without a daemon and without a way to install one, the error names both', async () => {
  await expect(
    startDocker({ env: { PATH: '', DOCKER_HOST: 'tcp://127.0.0.1:1' }, log: () => undefined }),
  ).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(
      /the daemon at tcp:\/\/127\.0\.0\.1:1:[\s\S]*a private daemon: not a Debian-like system \(no apt-get on PATH\)/,
    ),
  });
});

test('given a kernel without a packet filter, the error says so and nothing is started', async () => {
  const programs = temporaryDirectory();
  const fake = (name: string, script: string) => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  };
  fake('docker', '[ "$1" = compose ]');
  fake('dockerd', `: > ${join(programs, 'started')}`);
  fake('iptables', "echo 'Table does not exist (do you need to insmod?)' >&2; exit 3");
  const reason =
    /expected a kernel with network bridges and iptables, got: "iptables .* failed: it ended with 3\n.*insmod/;
  await expect(
    startDocker({ env: { PATH: programs, DOCKER_HOST: 'tcp://127.0.0.1:1' }, log: () => undefined }),
  ).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(process.getuid?.() === 0 ? reason : /starting dockerd needs root/),
  });
  expect(existsSync(join(programs, 'started'))).toBe(false);
});
