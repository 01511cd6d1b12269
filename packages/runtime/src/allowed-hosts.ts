/** The names that clients may use for this service, in `Host` and in the `Origin` of a page that sends changes. */
export interface AllowedHosts {
  /** In the form of `URL`: lower case, IPv6 addresses in brackets, without a trailing dot. */
  readonly names: ReadonlySet<string>;
  /** `https://logs.example.com`, without a default port. */
  readonly origins: ReadonlySet<string>;
}

const ENTRY = /^(?:(https?):\/\/)?([^/?#@\\\s]+)\/?$/i;

/**
 * Parses entries separated by commas: `logs.example.com`, `10.0.0.7:8080`, or with the scheme of the pages,
 * `https://logs.example.com`. Returns null if an entry has another form.
 */
export function parseAllowedHosts(text: string): AllowedHosts | null {
  const names = new Set<string>();
  const origins = new Set<string>();
  for (const entry of text.split(',').map((each) => each.trim())) {
    const [, scheme, authority = ''] = ENTRY.exec(entry) ?? [];
    for (const each of scheme === undefined ? ['http', 'https'] : [scheme.toLowerCase()]) {
      const host = hostOf(authority, each);
      if (host === null) return null;
      names.add(host.name);
      origins.add(host.origin);
    }
  }
  return { names, origins };
}

export interface Host {
  /** As in `AllowedHosts.names`. */
  readonly name: string;
  readonly origin: string;
}

/** RFC 9112, section 3.2: the port may be empty. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{0,5})?$/iu;

/** Parses a `Host` header as the host of a URL with this scheme. Returns null if it is not valid. */
export function hostOf(authority: string, scheme = 'http'): Host | null {
  if (!AUTHORITY.test(authority)) return null;
  const url = URL.parse(`${scheme}://${authority}`);
  if (url === null) return null;
  const name = url.hostname.replace(/\.$/, '');
  const port = url.port === '' ? '' : `:${url.port}`;
  return name === '' ? null : { name, origin: `${scheme}://${name}${port}` };
}

/** Returns whether a host name, in the form of `URL`, refers to this machine only. */
export function isLoopback(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}
