/** What a request carries to be let in. Never logged. */
export interface PrometheusAccess {
  /** Value of the `Authorization` header. */
  readonly authorization: string | null;
  /** PEM texts. */
  readonly tls: { readonly ca: string | null; readonly certificate: string | null; readonly key: string | null } | null;
}

/** No credentials, the system's certificate authorities. */
export const openAccess: PrometheusAccess = { authorization: null, tls: null };

/**
 * Reads a Secret's decoded data by the usual keys: `token`; `username` and `password`; `ca.crt`, `tls.crt`, `tls.key`. Other keys are not
 * looked at.
 */
export function accessFromSecret(data: Readonly<Record<string, string>>): PrometheusAccess {
  const { token, username, password } = data;
  const ca = data['ca.crt'] ?? null;
  const certificate = data['tls.crt'] ?? null;
  const key = data['tls.key'] ?? null;
  const hasTls = ca !== null || certificate !== null || key !== null;
  return { authorization: authorization(token, username, password), tls: hasTls ? { ca, certificate, key } : null };
}

function authorization(
  token: string | undefined,
  username: string | undefined,
  password: string | undefined,
): string | null {
  // Secrets made from files often end in a line break, which no header may hold.
  if (token !== undefined) return `Bearer ${token.trim()}`;
  if (username === undefined || password === undefined) return null;
  return `Basic ${Buffer.from(`${username.trim()}:${password.trim()}`).toString('base64')}`;
}
