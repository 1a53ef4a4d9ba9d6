import type { HubOptions } from '../command.ts';
import { addressOf, type HubConnection } from '../composition.ts';
import type { WantedCluster } from './add-cluster.ts';
import { chosenSource, clusterName } from './chosen-names.ts';
import { declaredFleet } from './declared-clusters.ts';
import { type AddressOptions, addressToStore, addressWarnings } from './server-address.ts';

/** What the command line says of a cluster. */
export interface WantedOptions extends HubOptions, AddressOptions {
  readonly name?: string;
  readonly metrics?: string;
  readonly replace?: boolean;
}

/** What the options come to, with what hub and kubeconfig say. @throws InvalidInput for what cannot be */
export async function wantedCluster(
  { api, namespace }: HubConnection,
  options: WantedOptions,
  context: string,
): Promise<{ readonly wanted: WantedCluster; readonly warnings: readonly string[] }> {
  const name = clusterName(options.name, context);
  const ownAddress = await addressOf(options, context);
  const address = addressToStore(ownAddress, options);
  const { clusters, metricSources } = await declaredFleet(api, namespace);
  const declared = clusters.find((one) => one.name === name) ?? null;
  const sources = metricSources.map((source) => source.name);
  const metrics = chosenSource(options.metrics, declared?.metrics ?? null, sources);
  const hubAddress = await addressOf(options, options.context ?? null);
  return {
    wanted: { name, context, metrics, ownAddress, address, declared, isReplacing: options.replace === true },
    warnings: addressWarnings(ownAddress, address, hubAddress.server),
  };
}
