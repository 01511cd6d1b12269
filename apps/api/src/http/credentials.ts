/** What an `Authorization` header gives; null when it is missing or of another scheme. */
export type Credentials = { bearer: string } | { user: string; password: string } | null;

export function credentialsOf(authorization: string | undefined): Credentials {
  const [, scheme = '', value = ''] = authorization?.match(/^(\S+) +(\S+) *$/) ?? [];
  if (/^bearer$/i.test(scheme)) return { bearer: value };
  if (!/^basic$/i.test(scheme)) return null;
  const [, user, password] =
    Buffer.from(value, 'base64')
      .toString()
      .match(/^([^:]*):(.*)$/s) ?? [];
  return user === undefined || password === undefined ? null : { user, password };
}
