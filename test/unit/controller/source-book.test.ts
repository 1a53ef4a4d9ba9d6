import { describe, expect, it } from 'vitest';
import { createMeasurer } from '../../../src/controller/measurer.ts';
import { createSourceBook, type SourceEvent } from '../../../src/controller/source-book.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import type { MetricSourceSpec } from '../../../src/domain/fleet.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';
import type { WantedMeasurement } from '../../../src/release/wanted-measurements.ts';
import { aHub, NAMESPACE } from '../adapters-hub/a-hub.ts';

const OLD_URL = 'http://old.example:9090';
const NEW_URL = 'http://new.example:9090';

const WANTED: WantedMeasurement = {
  key: 'availability',
  source: 'prom',
  measured: { kind: 'ratio', good: 'good', total: 'all' },
  windowMs: 60_000,
  intervalMs: 10_000,
  rows: [{ cluster: 'eu', tenantId: 'T-ada' }],
};

const ISSUE = { file: 'MetricSource/prom', line: null, column: null, path: 'spec.url', message: 'is wrong' };

/** A hub with one source whose old address is dead, and a measurer that is at work. */
async function measuring() {
  const hub = aHub();
  const events: SourceEvent[] = [];
  const opened: string[] = [];
  const openSource = ({ name, url }: MetricSourceSpec): MetricSource => {
    opened.push(url);
    return {
      name,
      measure: () =>
        url === NEW_URL ? Promise.resolve([]) : Promise.reject(new TransientError(`${url}: connection refused`)),
    };
  };
  hub.create(kinds.metricSource, 'prom', { url: OLD_URL, labels: { tenant: 'tenant' } });
  const { clock } = hub;
  let isWrong = false;
  const store = {
    async loadConnections() {
      const connections = await hub.store.loadConnections();
      return isWrong ? { ...connections, metricSources: [], issues: [ISSUE] } : connections;
    },
  };
  const book = createSourceBook({ clock, store, openSource, report: (event) => events.push(event) });
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    await clock.advance(1);
    return work;
  };
  book.take(await settle(store.loadConnections()));
  const measurer = createMeasurer(book.sources, clock, () => undefined);
  measurer.want([WANTED]);
  const stop = new AbortController();
  let isNeeded = true;
  const running = [measurer.run(stop.signal), book.run(() => isNeeded, stop.signal)];
  return {
    ...hub,
    events,
    opened,
    measured: () => measurer.measurements.get(WANTED.key)?.kind,
    change: (spec: object) =>
      hub.cluster.mergePatch(
        { kind: kinds.metricSource, namespace: NAMESPACE, name: 'prom' },
        { spec },
        { fieldManager: 'kubectl' },
      ),
    forget: () => void hub.remove(kinds.metricSource, 'prom'),
    breakObjects: () => {
      isWrong = true;
    },
    rest: () => {
      isNeeded = false;
    },
    async end() {
      stop.abort();
      await clock.advance(1);
      await Promise.all(running);
    },
  };
}

describe('a metric source that is declared anew', () => {
  it('is asked at its new address within a look and a round, and opened once', async () => {
    const world = await measuring();
    await world.clock.advance(60_000);
    expect(world.measured()).toBe('unavailable');
    world.change({ url: NEW_URL });
    await world.clock.advance(26_000);
    expect(world.measured()).toBe('counts');
    await world.clock.advance(60_000);
    expect(world.opened).toEqual([OLD_URL, NEW_URL]);
    expect(world.events).toEqual([{ type: 'sourceChanged', source: 'prom' }]);
    await world.end();
  });

  it.each([
    ['while an object is wrong, which is told once', 'breakObjects', ['sourceChanged', 'connectionWrong']],
    ['when it is deleted', 'forget', ['sourceChanged']],
  ] as const)('stays as it was %s', async (_, act, events) => {
    const world = await measuring();
    world.change({ url: NEW_URL });
    await world.clock.advance(30_000);
    world[act]();
    await world.clock.advance(120_000);
    expect(world.events.map(({ type }) => type)).toEqual(events);
    expect(world.measured()).toBe('counts');
    expect(world.opened).toEqual([OLD_URL, NEW_URL]);
    await world.end();
  });

  it('is not looked at while nobody measures', async () => {
    const world = await measuring();
    world.rest();
    world.change({ url: NEW_URL });
    await world.clock.advance(600_000);
    expect(world.opened).toEqual([OLD_URL]);
    await world.end();
  });
});
