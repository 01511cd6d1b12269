import { expect, onTestFinished, test } from 'vitest';
import { startElasticsearch } from './start-elasticsearch.ts';

test('without Docker and Java, the error names every way to get Elasticsearch', async () => {
  const dockerHost = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
  onTestFinished(() => {
    if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = dockerHost;
  });
  await expect(startElasticsearch({ env: { PATH: '' }, javaPlaces: [] })).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringMatching(/Docker[\s\S]*no Java 21 or newer in JAVA_HOME[\s\S]*ELASTICSEARCH_URL/),
  });
});
