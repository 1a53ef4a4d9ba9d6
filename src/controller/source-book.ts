import { formatIssue, isAdapterError } from '../domain/errors.ts';
import type { MetricSourceSpec } from '../domain/fleet.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { Connections, ReleaseStore } from '../ports/release-store.ts';

/** What was found when the declarations were looked at. */
export type SourceEvent =
  /** It is asked as it is declared now. */
  | { readonly type: 'sourceChanged'; readonly source: string }
  /** A MetricSource or Cluster is wrong, and stays as it was; told once in each way. */
  | { readonly type: 'connectionWrong'; readonly message: string };

/** What a book needs of the world. */
export interface SourceBookWorld {
  readonly clock: Clock;
  readonly store: Pick<ReleaseStore, 'loadConnections'>;
  readonly openSource: (source: MetricSourceSpec) => MetricSource;
  readonly report: (event: SourceEvent) => void;
}

/** The metric sources of one term, each as it was declared last. */
export interface SourceBook {
  /** By name; a source that is deleted stays, for releases that are under way. */
  readonly sources: ReadonlyMap<string, MetricSource>;
  /** Opens what is new, and again what was changed. */
  take(connections: Connections): void;
  /** Looks again and again, while somebody measures. */
  run(isNeeded: () => boolean, signal: AbortSignal): Promise<void>;
}

/** A mended address waits for no longer than this; two lists of few objects are all that it costs. */
const LOOK_EVERY_MS = 15_000;

/** Makes an empty book. */
export function createSourceBook({ clock, store, openSource, report }: SourceBookWorld): SourceBook {
  const sources = new Map<string, MetricSource>();
  const declared = new Map<string, string>();
  let wrong: readonly string[] = [];

  function take({ metricSources, issues }: Connections): void {
    for (const spec of metricSources) {
      const text = JSON.stringify(spec);
      const before = declared.get(spec.name);
      if (before === text) continue;
      declared.set(spec.name, text);
      sources.set(spec.name, openSource(spec));
      if (before !== undefined) report({ type: 'sourceChanged', source: spec.name });
    }
    const messages = issues.map(formatIssue);
    for (const message of messages) if (!wrong.includes(message)) report({ type: 'connectionWrong', message });
    wrong = messages;
  }

  async function look(): Promise<void> {
    try {
      take(await store.loadConnections());
    } catch (error) {
      // a hub that does not answer is told of elsewhere
      if (!isAdapterError(error)) throw error;
    }
  }

  return {
    sources,
    take,
    async run(isNeeded, signal) {
      while (!signal.aborted) {
        await clock.sleep(LOOK_EVERY_MS, signal);
        if (!signal.aborted && isNeeded()) await look();
      }
    },
  };
}
