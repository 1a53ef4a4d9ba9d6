import { readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to ask whether a part is up. */
export interface Probe {
  readonly url: string;
  readonly caPath?: string;
  readonly token?: string;
  /** What the body must hold. @default anything */
  readonly holds?: string;
}

/** Waits until the condition holds. @throws Error after `limitMs`, naming what was waited for */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const deadlineAtMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadlineAtMs) throw new Error(`waiting for ${what} took longer than ${limitMs / 1000} s`);
    await sleep(50);
  }
}

/** Whether a GET answers 200 with the body that is asked for; an unreachable server is `false`. */
export function answers(probe: Probe): Promise<boolean> {
  return new Promise((resolve) => {
    const isTls = probe.url.startsWith('https:');
    const get = isTls ? httpsGet : httpGet;
    try {
      const request = get(
        probe.url,
        {
          ...(isTls && probe.caPath ? { ca: readFileSync(probe.caPath) } : {}),
          ...(probe.token ? { headers: { authorization: `Bearer ${probe.token}` } } : {}),
          timeout: 2_000,
        },
        (response) => {
          text(response).then(
            (body) => resolve(response.statusCode === 200 && body.includes(probe.holds ?? '')),
            () => resolve(false),
          );
        },
      );
      request.once('timeout', () => request.destroy());
      request.once('error', () => resolve(false));
    } catch {
      // The certificate is not written yet.
      resolve(false);
    }
  });
}
