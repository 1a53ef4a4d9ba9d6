import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ANSWER, type Told, type ToldMoment, type ToldRelease } from './in-the-cluster/told.ts';
import { answerOf, endOf } from './story.ts';

const story = inject('stories').cluster;

/** Bounds, for a machine that does ten things at once: the story takes five minutes on a quiet one. */
const STORY_LIMIT_MS = 1_500_000;
const END_LIMIT_MS = 120_000;
/** What the design promises of a standby. */
const TAKEOVER_SECONDS = 20;
/** From leading to the first write lies one look at everything; a machine that does ten things at once may take this much longer. */
const SLOW_SECONDS = 20;
const ROLES_READ_MS = 5_000;
const DAEMON = 'system:serviceaccount:tidegate-system:tidegate';
const GOOD = 'sha256:a81023cbbb4cd090c58bb92a7460a60d8392452bd9e4d96a805cd9ecc875c29c';

describe.skipIf(inject('lab') === null)('installed in a hub, with two clusters, by the commands of the pages', () => {
  let told: Told;

  beforeAll(async () => {
    told = ((await answerOf(story!, ANSWER)) as { readonly told: Told }).told;
    for (const line of facts(told)) console.log(line);
  }, STORY_LIMIT_MS);

  const release = (version: string): ToldRelease => told.releases.find(({ name }) => name === `storefront-${version}`)!;
  const moment = (name: string): ToldMoment => told.moments.find((one) => one.name === name)!;

  test('the first version, then the next one reach everybody, and the pipeline that waits is told so', () => {
    for (const version of ['4.11.0', '4.12.0'])
      expect(release(version)).toMatchObject({ phase: 'Completed', exitCode: 0 });
    expect(told.rollouts['storefront-4.12.0']).toEqual(everybodyOn(GOOD));
  });

  test('a daemon that is killed in mid-release is followed by the other within 20 s', () => {
    const { seconds } = moment('the leading daemon dies');
    expect(seconds['until the other leads']).toBeLessThanOrEqual(TAKEOVER_SECONDS);
    expect(seconds['until it writes to a target']).toBeLessThanOrEqual(TAKEOVER_SECONDS + SLOW_SECONDS);
  });

  test('while a target cluster is away for a minute the daemons are ready, and the release waits for it', () => {
    const { fromMs, toMs, seconds } = moment('a target cluster is away');
    expect(toMs - fromMs).toBeGreaterThanOrEqual(60_000);
    expect(seconds['daemons that were ready meanwhile']).toBe(2);
    const [, business, enterprise] = release('4.12.0').waves;
    expect(business!.passedAtMs).toBeGreaterThan(toMs);
    expect(enterprise!.firstWriteAtMs).toBeGreaterThan(toMs);
  });

  test('while the API server of the hub is away nothing is decided', () => {
    expect(moment('the API server of the hub restarts').writesMeanwhile).toEqual([]);
  });

  test('no wave is touched before the one before it has passed', () => {
    for (const { waves } of told.releases)
      for (const [index, wave] of waves.slice(1).entries()) {
        if (wave.firstWriteAtMs === null) continue;
        expect(wave.firstWriteAtMs, wave.name).toBeGreaterThanOrEqual(
          waves[index]!.passedAtMs ?? Number.POSITIVE_INFINITY,
        );
      }
  });

  test('a bad version is taken back from everybody whom it reached, and enterprise never had it', () => {
    const bad = release('4.13.0');
    expect(bad).toMatchObject({ phase: 'RolledBack', exitCode: 30 });
    expect(bad.waves.map(({ firstWriteAtMs }) => firstWriteAtMs !== null)).toEqual([true, true, false]);
    expect(told.rollouts['storefront-4.13.0']).toEqual(everybodyOn(GOOD));
  });

  test('nobody asked for anything that the shipped roles do not give', () => {
    for (const cluster of ['hub', 'eu', 'us']) expect(told.requests[`${cluster} ${DAEMON}`]).toBeGreaterThan(20);
    // an API server that has just started has not read the roles yet
    const isAtStart = (atMs: number) =>
      told.moments.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs + ROLES_READ_MS);
    expect(told.refused.filter(({ atMs }) => !isAtStart(atMs))).toEqual([]);
  });

  test(
    'it ends as it should',
    async () => {
      expect(await endOf(story!)).toContain('ended with exit code 0');
    },
    END_LIMIT_MS,
  );

  function everybodyOn(digest: string): readonly object[] {
    return told.rollouts['storefront-4.11.0']!.map(({ cluster, namespace, pods }) => {
      const image = `registry.example/storefront@${digest}`;
      const [count] = Object.values(pods);
      return { cluster, namespace, phase: 'Healthy', image, pods: { [image]: count } };
    });
  }
});

/** What was measured, a line each. */
function facts({ seconds, releases, moments, requests }: Told): readonly string[] {
  return [
    `seconds: ${JSON.stringify(seconds)}`,
    ...releases.map(({ name, phase, seconds: took }) => `${name}: ${phase} after ${took} s`),
    ...moments.map(({ name, seconds: took }) => `${name}: ${JSON.stringify(took)}`),
    `requests: ${JSON.stringify(requests)}`,
  ];
}
