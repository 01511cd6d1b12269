import { expect, test } from 'vitest';
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
