import { startHttpServer } from '../api/http-server.ts';
import type { ListenAddress } from '../api/listen-address.ts';
import { operationsRoutes } from '../api/operations-routes.ts';
import type { Telemetry } from '../api/telemetry.ts';
import type { Logger } from './logger.ts';

/** The daemon's HTTP, or that there is none. */
export interface ServedOperations {
  /** `http://127.0.0.1:9410`, or `off` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves metrics and health, unless it is `off`. @throws InvalidInput when the address cannot be listened on */
export async function serveOperations(
  address: ListenAddress | 'off',
  telemetry: Telemetry,
  log: Logger,
): Promise<ServedOperations> {
  if (address === 'off') return { url: address, close: () => Promise.resolve() };
  return startHttpServer(address, operationsRoutes(telemetry), (error) =>
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'could not answer a request'),
  );
}
