import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { readFiles } from '../adapters/files/read-files.ts';
import { loadInventory } from '../config/load-inventory.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import type { PlanningInput } from '../ports/release-store.ts';
import type { HubOptions } from './command.ts';
import { badArgument } from './failure.ts';

/** What releases are planned from. */
export interface PlanSubject {
  readonly input: PlanningInput;
  readonly releases: readonly ReleaseSpec[];
  /** For messages: where it was read. */
  readonly place: string;
}

/** Reads files, or without any the hub. @throws InvalidInput with every issue of every file or object */
export async function readSubject(
  options: Pick<HubOptions, 'kubeconfig' | 'context' | 'namespace'> & { readonly files?: readonly string[] },
): Promise<PlanSubject> {
  if (options.files !== undefined) {
    const inventory = loadInventory(await readFiles(options.files));
    return { input: inventory, releases: inventory.releases, place: options.files.join(', ') };
  }
  const { connectHub } = await import('./composition.ts');
  const { listDocuments } = await import('./hub-documents.ts');
  const hub = await connectHub(options);
  try {
    const { documents } = await listDocuments(hub.api, hub.namespace, ['Release']);
    const releases = documents.flatMap((one) => (one.kind === 'Release' ? [one.value] : []));
    const input = await hub.store(() => undefined).loadPlanningInput();
    return { input, releases, place: `namespace ${hub.namespace} of ${hub.description}` };
  } finally {
    await hub.close();
  }
}

/** The time of a flag, or now. @throws InvalidInput when it is none */
export function readStartAt(text: string | undefined): Instant {
  if (text === undefined) return createSystemClock().now();
  const at = parseInstant(text);
  if (at === null) throw badArgument(`--start-at: expected a time such as 2026-11-23T09:00:00Z, got "${text}"`);
  return at;
}
