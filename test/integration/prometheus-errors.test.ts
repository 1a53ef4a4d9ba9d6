import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  accessFromSecret,
  openAccess,
  type PrometheusAccess,
} from '../../src/adapters/prometheus/prometheus-access.ts';
import { createPrometheusSource } from '../../src/adapters/prometheus/prometheus-source.ts';
import { TerminalError, TransientError } from '../../src/domain/errors.ts';
import type { MetricSourceSpec } from '../../src/domain/fleet.ts';
import type { MeasuredSlo } from '../../src/domain/plan.ts';
import { instant } from '../../src/domain/time.ts';
import type { MeasuredRow } from '../../src/ports/metric-source.ts';

const HOST = 'http://prometheus.test:9090';
const spec: MetricSourceSpec = {
  name: 'prom-eu',
  url: `${HOST}/`,
  auth: { kind: 'none' },
  headers: { 'X-Scope-OrgID': 'prod' },
  matchers: { cluster: '${cluster.name}' },
  tenantLabel: 'tenant',
  revision: { kind: 'label', label: 'hash' },
  scrapeIntervalMs: 15_000,
};
const availability: MeasuredSlo = { kind: 'ratio', good: 'requests_total{code!~"5.."}', total: 'requests_total' };
const latency: MeasuredSlo = { kind: 'latency', histogram: 'seconds', belowSeconds: 0.5 };

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

interface Options {
  readonly slo?: MeasuredSlo;
  readonly access?: PrometheusAccess;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly spec?: MetricSourceSpec;
  readonly rows?: readonly { cluster: string; tenantId: string }[];
}

function measure(options: Options = {}): Promise<readonly MeasuredRow[]> {
  const bounds = options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs };
  const source = createPrometheusSource(options.spec ?? spec, options.access ?? openAccess, bounds);
  return source.measure(
    {
      slo: options.slo ?? availability,
      windowMs: 120_000,
      at: instant(1_700_000_000_500),
      rows: options.rows ?? [{ cluster: 'eu-1', tenantId: 'a' }],
    },
    options.signal ?? new AbortController().signal,
  );
}

const rejection = (options: Options = {}): Promise<unknown> => measure(options).catch((error: unknown) => error);
const query = () => nock(HOST).post('/api/v1/query');
const sample = (value: string, hash = 'h1') => ({
  metric: { cluster: 'eu-1', tenant: 'a', hash },
  value: [1_700_000_000.5, value],
});
const vector = (result: readonly unknown[], more: object = {}) => ({
  status: 'success',
  data: { resultType: 'vector', result },
  ...more,
});

/** A row of an answer. */
interface Answered {
  readonly metric: object;
  readonly value: readonly (number | string)[];
}

/** What is seen of series that were scraped at all times and counted ten events in the end of the window. */
const REGULAR = { newest: { kind: 'fresh' }, scrapes: 8, resets: 0, recentEvents: 10, unseenBad: 0 };

/** The rows of good and of total, and of regular series, as one query answers them. */
function counted(good: readonly Answered[], total: readonly Answered[]): readonly Answered[] {
  const recent = total.map(({ metric, value: [at] }) => ({ metric, value: [at ?? 0, '10'] }));
  const marked = (rows: readonly Answered[], what: string) =>
    rows.map(({ metric, value }) => ({ metric: { ...metric, tidegate_counted: what }, value }));
  return [...marked(good, 'good'), ...marked(total, 'total'), ...marked(recent, 'recent')];
}

function answer(good: readonly Answered[], total: readonly Answered[]): void {
  query().reply(200, vector(counted(good, total)));
}

describe('an answer', () => {
  it('becomes rows', async () => {
    answer([sample('90.5'), sample('7', 'h2')], [sample('100.25'), sample('7', 'h2')]);
    expect(await measure()).toEqual([
      { cluster: 'eu-1', tenantId: 'a', revision: 'h1', good: 90.5, total: 100.25, seen: REGULAR },
      { cluster: 'eu-1', tenantId: 'a', revision: 'h2', good: 7, total: 7, seen: REGULAR },
    ]);
  });

  it('is of one state of the server: good and total come by one query', async () => {
    const asked: string[] = [];
    nock(HOST)
      .persist()
      .post('/api/v1/query')
      .reply(200, async (request: Request) => {
        asked.push(new URLSearchParams(await request.text()).get('query') ?? '');
        return vector([]);
      });
    await measure();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(
      /^label_replace\(sum by .*code!~"5\.\.".*"good", "", ""\) or label_replace\(sum by .*"total", "", ""\) or /,
    );
  });

  it('without a good series means that nothing was good', async () => {
    answer([], [sample('100')]);
    expect(await measure()).toMatchObject([{ good: 0, total: 100 }]);
  });

  it('of a latency without its bucket for one revision leaves that row out', async () => {
    answer([sample('7', 'h2')], [sample('100'), sample('7', 'h2')]);
    expect(await measure({ slo: latency })).toMatchObject([{ revision: 'h2' }]);
  });

  it('of a latency without any bucket means a wrong bound', async () => {
    answer([], [sample('100')]);
    const error = await rejection({ slo: latency });
    expect(error).toBeInstanceOf(TerminalError);
    expect(String(error)).toContain('histogram seconds has no bucket le="0.5": set below to one of its bounds');
  });

  it('without anything is no row, of a latency too', async () => {
    answer([], []);
    expect(await measure({ slo: latency })).toEqual([]);
  });

  it('about another cluster or tenant is no row of ours', async () => {
    const foreign = { ...sample('9'), metric: { cluster: 'eu-2', tenant: 'a', hash: 'h1' } };
    answer([sample('5'), foreign], [sample('6'), foreign]);
    expect(await measure()).toHaveLength(1);
  });

  it.each([
    ['NaN', [sample('NaN')], [sample('100')]],
    ['an infinite total', [sample('1')], [sample('+Inf')]],
    ['an infinite good', [sample('-Inf')], [sample('100')]],
  ])('with %s leaves the row out', async (_, good, total) => {
    answer([...good, sample('7', 'h2')], [...total, sample('7', 'h2')]);
    expect((await measure()).map((row) => row.revision)).toEqual(['h2']);
  });

  it('to a remark on style is an answer', async () => {
    query().reply(
      200,
      vector(counted([sample('5')], [sample('5')]), {
        warnings: ['PromQL info: metric might not be a counter'],
        infos: ['x'],
      }),
    );
    expect(await measure()).toHaveLength(1);
  });
});

describe('what is sent', () => {
  it('is a form with query, fixed time and deadline, the headers of the source and its credentials', async () => {
    const seen: Request[] = [];
    query().reply(200, (request: Request) => {
      seen.push(request.clone());
      return vector([]);
    });
    expect(await measure({ access: accessFromSecret({ token: 's3cret\n' }) })).toEqual([]);
    const form = new URLSearchParams(await seen[0]?.text());
    expect(form.get('query')).toContain('tenant=~"a"');
    expect(form.get('time')).toBe('1700000000.5');
    expect(form.get('timeout')).toBe('10000ms');
    expect(seen[0]?.headers.get('x-scope-orgid')).toBe('prod');
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer s3cret');
  });

  it.each([
    ['a user and a password', { username: 'u', password: 'p' }, { authorization: 'Basic dTpw', tls: null }],
    [
      'a client certificate',
      { 'tls.crt': 'C', 'tls.key': 'K', 'ca.crt': 'A' },
      { authorization: null, tls: { ca: 'A', certificate: 'C', key: 'K' } },
    ],
    ['nothing', { other: 'x' }, openAccess],
  ])('can carry %s', (_, data, access) => {
    expect(accessFromSecret(data as Record<string, string>)).toEqual(access);
  });
});

describe('many rows', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({ cluster: 'eu-1', tenantId: `t${i}` }));
  /** Answers every query after a turn of the event loop, and remembers how many it saw and how many at once. */
  const watched = (status: number) => {
    const seen = { queries: 0, inFlight: 0, most: 0 };
    nock(HOST)
      .persist()
      .post('/api/v1/query')
      .reply(async () => {
        seen.queries += 1;
        seen.inFlight += 1;
        seen.most = Math.max(seen.most, seen.inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        seen.inFlight -= 1;
        return [status, vector([])];
      });
    return seen;
  };

  it('take one query for 500, four at once', async () => {
    const seen = watched(200);
    await measure({ rows });
    expect(seen).toEqual({ queries: 6, inFlight: 0, most: 4 });
  });

  it('are not asked for any more once one query failed', async () => {
    const seen = watched(503);
    await rejection({ rows });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.queries).toBeLessThanOrEqual(5);
  });
});

describe('may work later (TransientError)', () => {
  it.each<readonly [string, number, Record<string, string>, number | null]>([
    ['too many requests', 429, { 'Retry-After': '7' }, 7000],
    [
      'overload, with a date',
      503,
      { Date: 'Tue, 14 Nov 2023 22:13:20 GMT', 'Retry-After': 'Tue, 14 Nov 2023 22:13:50 GMT' },
      30_000,
    ],
    ['a proxy without an upstream', 502, {}, null],
    ['a timeout', 408, { 'Retry-After': 'soon' }, null],
  ])('%s', async (_, status, headers, retryAfterMs) => {
    query().reply(status, '<html>no</html>', headers);
    const error = await rejection();
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs, message: `query source prom-eu: answered ${status}` });
  });

  it('a partial answer, which has a name of its own', async () => {
    query().reply(200, vector(counted([sample('5')], [sample('5')]), { warnings: ['store eu-2 unavailable'] }));
    expect(await rejection()).toMatchObject({ reason: 'PartialAnswer' });
  });

  it.each<readonly [string, string | object, string]>([
    [
      'a warning',
      vector([sample('5')], { warnings: ['store eu-2 unavailable'] }),
      'partial answer: store eu-2 unavailable',
    ],
    ['a page instead of an answer', '<html>log in</html>', 'the answer is not a Prometheus vector'],
    ['half an answer', '{"status":"success","data":{"resultType":"vec', 'the answer is not a Prometheus vector'],
    ['a native histogram', vector([{ metric: {}, histogram: [1, {}] }]), 'the answer is not a Prometheus vector'],
    [
      'another type of result',
      { status: 'success', data: { resultType: 'scalar', result: [1, '1'] } },
      'not a Prometheus vector',
    ],
    [
      'an error under status 200',
      { status: 'error', errorType: 'timeout', error: 'query timed out' },
      'answered timeout: query timed out',
    ],
  ])('%s', async (_, body, message) => {
    query().reply(200, body);
    const error = await rejection();
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain(message);
  });

  it('a refused connection', async () => {
    query().replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const error = await rejection({ access: accessFromSecret({ token: 's3cret' }) });
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('query source prom-eu: cannot reach it: ECONNREFUSED');
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret');
    expect(error).not.toHaveProperty('cause');
  });

  it('no answer within the deadline', async () => {
    query().delay(5000).reply(200, vector([]));
    const error = await rejection({ deadlineMs: 30 });
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('no answer in time');
  });

  it('a caller that gives up while it waits', async () => {
    query().delay(5000).reply(200, vector([]));
    const controller = new AbortController();
    const pending = rejection({ signal: controller.signal });
    setImmediate(() => controller.abort());
    const error = await pending;
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('cancelled');
  });
});

describe('will not work as it is (TerminalError)', () => {
  const refused = (error: string) => ({ status: 'error', errorType: 'bad_data', error });

  it.each<readonly [string, number, string | object, string]>([
    [
      'a bad query, in the words of Prometheus',
      400,
      refused('1:5: parse error: unexpected "x"'),
      '400: 1:5: parse error: unexpected "x"',
    ],
    [
      'a query that is too big',
      422,
      refused('query processing would load too many samples'),
      '422: query processing would load',
    ],
    ['missing credentials', 401, 'Unauthorized', '401: check the secret of the source and its headers'],
    ['denied credentials', 403, '', '403: check the secret of the source and its headers'],
    ['another server', 404, '404 page not found', '404: no Prometheus API there, check the url of the source'],
    ['a redirect', 302, '', '302: redirects are not followed, set the url it points to'],
  ])('%s', async (_, status, body, message) => {
    query().reply(status, body, status === 302 ? { Location: 'http://elsewhere.test/' } : {});
    const error = await rejection();
    expect(error).toBeInstanceOf(TerminalError);
    expect(String(error)).toContain(`query source prom-eu: answered ${message}`);
  });

  it('a long complaint is cut', async () => {
    query().reply(400, refused('x'.repeat(10_000)));
    expect(String(await rejection()).length).toBeLessThan(500);
  });

  it('a selector that is not understood, without asking anybody', async () => {
    const error = await rejection({ slo: { kind: 'ratio', good: 'rate(a[5m])', total: 'a' } });
    expect(error).toBeInstanceOf(TerminalError);
    expect(String(error)).toContain('selector rate(a[5m]), column 5');
  });

  it('a tenant in two clusters that the series do not tell apart', async () => {
    const rows = [
      { cluster: 'eu-1', tenantId: 'a' },
      { cluster: 'eu-2', tenantId: 'a' },
    ];
    const error = await rejection({ spec: { ...spec, matchers: {} }, rows });
    expect(error).toBeInstanceOf(TerminalError);
    expect(String(error)).toContain('tenant a is in clusters eu-1 and eu-2, which its series do not tell apart');
  });
});

it('without a cluster matcher takes the cluster that was asked', async () => {
  const bare = (value: string) => ({ metric: { tenant: 'a' }, value: [1, value] });
  answer([bare('5')], [bare('6')]);
  const rows = await measure({ spec: { ...spec, matchers: {}, revision: { kind: 'none' } } });
  expect(rows).toEqual([{ cluster: 'eu-1', tenantId: 'a', revision: '', good: 5, total: 6, seen: REGULAR }]);
});
