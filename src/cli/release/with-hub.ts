import type { HubOptions } from '../command.ts';
import type { HubConnection } from '../composition.ts';

/** Does something with a connection to the hub, and closes it. */
export async function withHub<T>(options: HubOptions, work: (hub: HubConnection) => Promise<T>): Promise<T> {
  const { connectHub } = await import('../composition.ts');
  const hub = await connectHub(options);
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}
