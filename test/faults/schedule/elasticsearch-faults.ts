import type { FaultProxy } from '@pilotlight/stack/testing';
import type { GatewayMode } from '../system/elasticsearch-gateway.ts';
import { type ElasticsearchUnderFaults, loseShards } from '../system/elasticsearch-server.ts';
import { type Fault, nothing, type Scene } from './fault.ts';

/** Which requests to Elasticsearch fail meanwhile. */
export interface ElasticsearchFault extends Fault {
  readonly stops: 'reads and writes' | 'writes';
  /** What the answer of a failed read and the reason in `/readyz` say. */
  readonly says: RegExp;
}

const LASTS_MS = [500, 5_000] as const;
const BLOCK = 'index.blocks.read_only_allow_delete';
const INDICES = 'pilotlight-*-lines-*';

/** Faults of the server that keeps the lines, and of what lies in front of it. */
export const ELASTICSEARCH_FAULTS: readonly ElasticsearchFault[] = [
  serverFault('frozen', /cannot answer now|expected an answer within/, async (elasticsearch) => {
    elasticsearch.signal('SIGSTOP');
    return async () => elasticsearch.signal('SIGCONT');
  }),
  {
    ...serverFault('read-only by the flood-stage watermark', /flood-stage/, async ({ ask }) => {
      await ask('PUT', `/${INDICES}/_settings`, { [BLOCK]: true });
      return async () => {
        await ask('PUT', `/${INDICES}/_settings`, { [BLOCK]: null });
      };
    }),
    stops: 'writes',
  },
  serverFault('without its primary shards', /health of its indices is red/, (elasticsearch) =>
    loseShards(elasticsearch, INDICES),
  ),
  gatewayFault('that does not know its user', 'unauthorized', /check the user and its rights/),
  gatewayFault('whose user lacks rights', 'forbidden', /check the user and its rights/),
  gatewayFault('of another version', 'other version', /use a cluster of Elasticsearch 9/),
  gatewayFault('that is busy', 'busy', /es_rejected_execution_exception/),
  serverFault('killed', /cannot answer now/, async (elasticsearch) => {
    elasticsearch.signal('SIGKILL');
    return () => elasticsearch.server.restart();
  }),
];

/** Faults of the connections of every process to Elasticsearch. */
export const ELASTICSEARCH_NETWORK_FAULTS: readonly Fault[] = [
  linkFault('slow connections', async (link) => {
    link.forward({ kind: 'latency', ms: 100 });
    return async () => link.forward({ kind: 'open' });
  }),
  linkFault('nothing passes, then a reset', async (link) => {
    link.forward({ kind: 'blackhole' });
    return async () => {
      link.reset();
      link.forward({ kind: 'open' });
    };
  }),
  linkFault('connections reset', async (link) => {
    link.reset();
    return nothing;
  }),
  linkFault('connections refused', async (link) => {
    await link.refuse();
    return () => link.accept();
  }),
  linkFault('half-open connections', async (link) => {
    link.halfOpen();
    return nothing;
  }),
];

function elasticsearchOf({ system }: Scene): ElasticsearchUnderFaults {
  if (system.elasticsearch === null) throw new Error('expected a system with its lines in Elasticsearch');
  return system.elasticsearch;
}

function serverFault(
  what: string,
  says: RegExp,
  begin: (elasticsearch: ElasticsearchUnderFaults) => Promise<() => Promise<void>>,
): ElasticsearchFault {
  return {
    name: `Elasticsearch ${what}`,
    to: 'elasticsearch',
    lastsMs: LASTS_MS,
    stops: 'reads and writes',
    says,
    begin: (scene) => begin(elasticsearchOf(scene)),
  };
}

function gatewayFault(what: string, mode: GatewayMode, says: RegExp): ElasticsearchFault {
  return serverFault(what, says, async ({ gateway }) => {
    gateway.mode = mode;
    return async () => {
      gateway.mode = 'open';
    };
  });
}

function linkFault(what: string, begin: (link: FaultProxy) => Promise<() => Promise<void>>): Fault {
  return {
    name: `Elasticsearch: ${what}`,
    to: 'elasticsearch',
    lastsMs: LASTS_MS,
    begin: async ({ system }) => {
      const links = [...system.apis, ...system.workers].flatMap(({ elasticsearch: link }) => (link ? [link] : []));
      const heals = await Promise.all(links.map(begin));
      return async () => {
        await Promise.all(heals.map((heal) => heal()));
      };
    },
  };
}
