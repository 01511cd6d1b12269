import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOrInstall, freePort } from '@pilotlight/stack';
import type { SuiteOptions } from '../../suite.ts';
import type { ProxyName } from '../others.ts';
import { CORES, type ServerProcess, startProgram } from '../server-process.ts';

interface Proxy {
  readonly program: string;
  readonly packages: readonly string[];
  /** Writes the configuration into the directory and returns the command. */
  command(program: string, about: { directory: string; port: number; api: URL }): readonly string[];
}

/**
 * Both keep every answer for an hour and serve it without asking the api: they check neither the token nor an invalidation. The
 * api's `Cache-Control: no-cache` forbids that, so their configuration ignores it.
 */
const SETTINGS: Record<ProxyName, Proxy> = {
  nginx: {
    program: 'nginx',
    packages: ['nginx-light'],
    command: (program, { directory, port, api }) => {
      const file = join(directory, 'nginx.conf');
      writeFileSync(file, nginxConfig(directory, port, api));
      return [program, '-c', file, '-p', directory, '-e', join(directory, 'error.log')];
    },
  },
  varnish: {
    program: 'varnishd',
    packages: ['varnish'],
    command: (program, { directory, port, api }) => {
      const file = join(directory, 'default.vcl');
      writeFileSync(file, vcl(api));
      const parameters = ['http_gzip_support=off', 'thread_pools=1', 'thread_pool_min=300'];
      const options = ['-F', '-j', 'none', '-n', join(directory, 'work'), '-s', 'malloc,256m', '-T', 'none'];
      const set = parameters.flatMap((parameter) => ['-p', parameter]);
      return [program, ...options, '-a', `127.0.0.1:${port}`, '-f', file, ...set];
    },
  },
};

/** Starts a proxy with a private configuration, port and directory, on the core of the api. Installs a missing program. */
export async function startProxy(
  name: ProxyName,
  { api, log }: { api: string; log: SuiteOptions['log'] },
): Promise<ServerProcess> {
  const { program, packages, command } = SETTINGS[name];
  const path = await findOrInstall(program, { packages, log });
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-proxy-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await startProgram(command(path, { directory, port, api: new URL(api) }), {
      core: CORES.server,
      url,
    });
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function nginxConfig(directory: string, port: number, api: URL): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n  ')}
  proxy_cache_path ${directory}/cache keys_zone=answers:16m max_size=256m inactive=1h;
  open_file_cache max=1000;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 65s;
  keepalive_requests 1000000000;
  upstream api { server ${api.host}; keepalive 16; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache answers;
      proxy_cache_valid 200 1h;
      proxy_ignore_headers Cache-Control Vary;
      add_header X-Proxy-Cache $upstream_cache_status;
    }
  }
}
`;
}

function vcl(api: URL): string {
  return `
vcl 4.1;
backend api { .host = "${api.hostname}"; .port = "${api.port}"; }
sub vcl_recv {
  if (req.method == "GET" || req.method == "HEAD") { return (hash); }
}
sub vcl_backend_response {
  set beresp.ttl = 1h;
  unset beresp.http.Vary;
  return (deliver);
}
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Proxy-Cache = "HIT"; } else { set resp.http.X-Proxy-Cache = "MISS"; }
}
`;
}
