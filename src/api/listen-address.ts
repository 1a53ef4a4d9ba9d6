/** Where the HTTP server listens. */
export interface ListenAddress {
  /** An IP address or `localhost`; IPv6 without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Reads `HOST:PORT`, `[::1]:PORT` or `off`; `null` when it is none of them. */
export function parseListenAddress(text: string): ListenAddress | 'off' | null {
  if (text === 'off') return text;
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? null : { host, port };
}

/** `127.0.0.1:9410`, `[::1]:9410` */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
