import type { Shape } from './shape.ts';

const LINE = '2026-03-01 10:00:00 ERROR db: connection refused';

/** How the lines of programs begin: with a time, an address, a level, JSON, or a pair. */
const BEGINNING =
  '(?:\\d{4}[-/]\\d\\d[-/]\\d\\d|\\d\\d:\\d\\d:\\d\\d|\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d|[A-Z][a-z]{2} {1,2}\\d{1,2} \\d|[[{<]|\\d{1,10}:[XCSM] |' +
  '[IWEF]\\d{4} |(?:[Tt]race|TRACE|[Dd]ebug|DEBUG|[Ii]nfo|INFO|[Ww]arn|WARN|[Ee]rror|ERROR|[Ff]atal|FATAL)|(?:ts|time|level|t)=)';
/**
 * A container's number and the two blanks after compose's longest name, before a text; or any name before the beginning of
 * a log line. The cells of a table (`foo | 3`, `id | name | total`) are neither.
 */
const COMPOSE =
  `[A-Za-z0-9][\\w.@-]*[-_.]\\d{1,5} {2,126}\\| [^|A-Za-z]*[A-Za-z][^|]*|` +
  `[A-Za-z0-9][\\w.@-]* {1,126}\\| ${BEGINNING}.*`;

/** Prefixes that container runtimes and their tools put before the lines of a program. */
export const CONTAINERS: readonly Shape[] = [
  {
    name: 'kubernetes-cri',
    title: 'Kubernetes container runtime (CRI)',
    family: 'containers',
    source: 'https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md',
    // The tag begins with P (partial) or F (full) and may have further ones after colons.
    pattern: '%{TIMESTAMP_ISO8601:timestamp} (?<stream>stdout|stderr) (?<tag>[PF])(?::[^ ]*)?(?: (?<payload>.*))?',
    payload: 'payload',
    stream: ['stream'],
    partial: { column: 'tag', value: 'P' },
    examples: [
      {
        line: `2026-03-01T10:00:01.500000000Z stderr F ${LINE}`,
        payload: LINE,
        record: { timestamp: '2026-03-01T10:00:01.500Z', fields: { stream: 'stderr', tag: 'F' } },
      },
      {
        line: '2026-03-01T10:00:02.000000001+02:00 stdout P first half of a long',
        payload: 'first half of a long',
        record: { timestamp: '2026-03-01T08:00:02.000Z', fields: { stream: 'stdout', tag: 'P' } },
      },
      { line: '2026-03-01T10:00:02Z stdout F:x', payload: '', record: { timestamp: '2026-03-01T10:00:02.000Z' } },
    ],
  },
  {
    name: 'docker-compose-times',
    title: 'docker compose logs --timestamps',
    family: 'containers',
    source: 'https://docs.docker.com/reference/cli/docker/compose/logs/',
    // Docker writes nine digits of the second; fewer are the time of the program itself.
    pattern:
      '(?<service>[A-Za-z0-9][\\w.@-]{0,126}) {1,126}\\| (?<timestamp>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}(?:Z|[+-]\\d\\d:\\d\\d)) (?<payload>.*)',
    payload: 'payload',
    stream: ['service'],
    examples: [
      {
        line: `web-1  | 2026-03-01T10:00:01.500000000Z ${LINE}`,
        payload: LINE,
        record: { timestamp: '2026-03-01T10:00:01.500Z', service: 'web-1' },
      },
    ],
  },
  {
    name: 'docker-compose',
    title: 'docker compose logs',
    family: 'containers',
    source: 'https://docs.docker.com/reference/cli/docker/compose/logs/',
    // Names end with the container's number, unless the project names its containers.
    pattern: '(?<service>[A-Za-z0-9][\\w.@-]*) {1,126}\\|(?: (?<payload>.*))?',
    payload: 'payload',
    shownBy: COMPOSE,
    stream: ['service'],
    examples: [
      { line: `web-1    | ${LINE}`, payload: LINE, record: { service: 'web-1', level: 'UNKNOWN' } },
      {
        line: 'cache-1  | Error: out of memory',
        payload: 'Error: out of memory',
        record: { service: 'cache-1', level: 'ERROR' },
      },
      {
        line: 'cache-1  | \u001b[31mERROR\u001b[0m cannot connect',
        payload: '\u001b[31mERROR\u001b[0m cannot connect',
        record: { service: 'cache-1', level: 'ERROR' },
      },
      { line: 'web.1.k3jf@node-2    | started', payload: 'started', record: { service: 'web.1.k3jf@node-2' } },
      { line: `database  | ${LINE}`, payload: LINE, record: { service: 'database' } },
    ],
  },
];
