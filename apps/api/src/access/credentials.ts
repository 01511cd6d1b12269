/** The content of an `Authorization` header; null if the header is missing or has another scheme. */
export type Credentials = { readonly bearer: string } | { readonly user: string; readonly password: string } | null;

export function credentialsOf(authorization: string | undefined): Credentials {
  if (authorization === undefined) return null;
  const [, scheme = '', value = ''] = authorization.match(/^(\S+) +(\S+) *$/) ?? [];
  if (/^bearer$/i.test(scheme)) return { bearer: value };
  if (!/^basic$/i.test(scheme)) return null;
  const [, user, password] =
    Buffer.from(value, 'base64')
      .toString()
      .match(/^([^:]*):(.*)$/s) ?? [];
  return user === undefined || password === undefined ? null : { user, password };
}
