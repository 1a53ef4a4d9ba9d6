import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests, risingCounter } from '../contract/metric-source/prometheus-world.ts';
import { remoteWrite } from '../contract/metric-source/remote-write.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';
import { templateFolder } from '../unit/cli-analysis/template-files.ts';

const bin = await prometheusForTests();
const atMs = Math.floor(Date.now() / 10_000) * 10_000;

/** A template of one metric; the fields of its provider are given as JSON. */
const template = (provider: object, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'gate' },
    spec: {
      args: [{ name: 'address' }, { name: 'token', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      metrics: [
        {
          name: 'share',
          provider: {
            prometheus: {
              address: '{{args.address}}',
              headers: [{ key: 'Authorization', value: 'Bearer {{args.token}}' }],
              ...provider,
            },
          },
          ...more,
        },
      ],
    },
  });

interface Answer {
  readonly phase: string;
  readonly exitCode: number;
  readonly metrics: readonly {
    readonly value: string | null;
    readonly reason: string;
    readonly count: number;
    readonly measurements: readonly { readonly warnings: readonly string[] }[];
  }[];
}

async function tried(
  url: string,
  text: string,
  ...more: readonly string[]
): Promise<Said & { readonly answer: Answer }> {
  const folder = await templateFolder({ 'gate.yaml': text });
  const args = ['--prometheus', url, '--arg', 'token=sesame', '-o', 'json', ...more];
  const said = await say('analysis', 'try', folder.pathOf('gate.yaml'), ...args);
  await folder.remove();
  return { ...said, answer: lastJson(said.stdout) as Answer };
}

describe.skipIf(bin === null)('a template tried against a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: 10_000 });
    const series = ['a', 'b'].map((pod, index) => {
      return risingCounter({ __name__: 'requests_total', pod }, 120 * (index + 1), atMs);
    });
    await remoteWrite(prometheus.url, series);
  });
  afterAll(() => prometheus?.stop());

  const AT = ['--at', new Date(atMs).toISOString()] as const;

  it.each<readonly [string, object, string, string]>([
    ['a vector of one row', { query: 'sum(increase(requests_total[2m]))' }, '[360]', 'Successful'],
    ['a vector in the order of the server', { query: 'increase(requests_total[2m])' }, '[120,240]', 'Successful'],
    ['a scalar', { query: 'scalar(sum(increase(requests_total[2m])))' }, '360', 'Error'],
    ['an empty vector', { query: 'sum(increase(nothing[2m]))' }, '[]', 'Error'],
    ['a range of each series, as one list', { query: 'requests_total[15s]' }, '[590,600,1180,1200]', 'Successful'],
    ['NaN', { query: 'sum(requests_total) * NaN' }, '[NaN]', 'Failed'],
    ['an infinity', { query: 'sum(requests_total) / 0' }, '[+Inf]', 'Successful'],
    [
      'a range query',
      {
        query: 'sum(requests_total)',
        rangeQuery: { start: 'now() - duration("1m")', end: 'now()', step: '30s' },
      },
      '[1620,1710,1800]',
      'Successful',
    ],
  ])('has the value of %s', async (_, provider, value, phase) => {
    const { answer } = await tried(prometheus.url, template(provider, { successCondition: 'result[0] > 0' }), ...AT);
    expect({ value: answer.metrics[0]!.value, phase: answer.phase }).toEqual({ value, phase });
  });

  it('is as of the time that is given', async () => {
    const text = template({ query: 'sum(requests_total)' });
    const { answer } = await tried(prometheus.url, text, '--at', new Date(atMs - 60_000).toISOString());
    expect(answer.metrics[0]!.value).toBe('[1620]');
    const before = await tried(prometheus.url, text, '--at', '2h');
    expect(before.answer.metrics[0]!.value).toBe('[]');
  });

  it.each<readonly [string, object, RegExp]>([
    ['a query with a mistake', { query: 'sum(' }, /^bad_data: .*parse error/],
    ['a text', { query: '"a"' }, /^Prometheus metric type not supported$/],
    [
      'a range without steps',
      { query: 'up', rangeQuery: { start: 'now()', end: 'now() - duration("1m")', step: '1s' } },
      /^bad_data: .*end timestamp/,
    ],
  ])('is an error of %s, in the words of the server', async (_, provider, says) => {
    const { code, answer } = await tried(prometheus.url, template(provider), ...AT);
    expect({ code, phase: answer.phase }).toEqual({ code: 40, phase: 'Error' });
    expect(answer.metrics[0]!.reason).toMatch(says);
  });

  it('is followed to its end, with a line for each measurement', async () => {
    const text = template(
      { query: 'vector(0.5)' },
      { interval: '20ms', count: 5, failureLimit: 1, successCondition: 'result[0] > 0.9' },
    );
    const { code, stderr, answer } = await tried(prometheus.url, text, '--follow');
    expect({ code, count: answer.metrics[0]!.count }).toEqual({ code: 35, count: 2 });
    const lines = stderr.split('\n').filter((line) => line.includes('share: Failed'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d share: Failed \[0\.5\]: successCondition does not hold \(1 of 5 measured, 1 failed, limit 1\)$/,
      ),
      expect.stringMatching(/\(2 of 5 measured, 2 failed, limit 1\)$/),
    ]);
    expect(stderr).toContain('run: Failed: Metric "share" assessed Failed due to failed (2) > failureLimit (1)');
  });
});

/** What came in at the server that stands for a Prometheus. */
interface Request {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('a template tried against a server of another kind', () => {
  let server: Server;
  let url: string;
  let says: { readonly status: number; readonly body: string } | null;
  const requests: Request[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        requests.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString() });
        if (says !== null) response.writeHead(says.status).end(says.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const success = (result: readonly object[], more: object = {}) =>
    JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more });
  const row = { metric: {}, value: [1, '1'] };

  it('sends the headers of the template, and shows no secret of them', async () => {
    says = { status: 200, body: success([row]) };
    const { stdout, stderr, code } = await tried(url, template({ query: 'up{token="{{args.token}}"}' }));
    expect(code).toBe(0);
    const { url: path, headers, body } = requests.at(-1)!;
    expect({ path, authorization: headers.authorization }).toEqual({
      path: '/prefix/api/v1/query',
      authorization: 'Bearer sesame',
    });
    expect(new URLSearchParams(body).get('query')).toBe('up{token="sesame"}');
    expect(`${stdout}${stderr}`).not.toContain('sesame');
  });

  it('keeps what the server warns of beside the value', async () => {
    says = { status: 200, body: success([row], { warnings: ['a store is away'] }) };
    const { answer, stderr } = await tried(url, template({ query: 'up' }));
    expect(answer.metrics[0]!.measurements[0]!.warnings).toEqual(['a store is away']);
    expect(stderr).toContain('  warning  a store is away');
  });

  it.each<readonly [string, number, string, string]>([
    ['a page', 200, '<html></html>', 'answered 200, and it is no answer of Prometheus'],
    ['a refusal without a word', 401, '', 'answered 401, and it is no answer of Prometheus'],
    [
      'an error',
      503,
      '{"status":"error","errorType":"timeout","error":"query timed out for sesame"}',
      'timeout: query timed out for *****',
    ],
    [
      'whole histograms',
      200,
      success([{ metric: {}, histogram: [1, {}] }]),
      'the answer holds native histograms: take a number of them, by histogram_quantile or such',
    ],
  ])('is an error where %s comes back', async (_, status, body, reason) => {
    says = { status, body };
    const { code, answer } = await tried(url, template({ query: 'up' }));
    expect({ code, reason: answer.metrics[0]!.reason }).toEqual({ code: 40, reason });
  });

  it('is an error where nothing comes back in time, or nobody is there', async () => {
    says = null;
    const late = await tried(url, template({ query: 'up', timeout: 1 }));
    expect(late.answer.metrics[0]!.reason).toBe('no answer within 1s');
    const away = await tried('http://127.0.0.1:1', template({ query: 'up' }));
    expect(away.answer.metrics[0]!.reason).toMatch(/^cannot reach it: .*ECONNREFUSED.*: check the address$/);
    expect([late.code, away.code]).toEqual([40, 40]);
  });

  it('says that oauth2 is not built yet', async () => {
    const oauth2 = { tokenUrl: 'http://token', clientId: 'a', clientSecret: 'b' };
    const { answer } = await tried(url, template({ query: 'up', authentication: { oauth2 } }));
    expect(answer.metrics[0]!.reason).toBe('authentication by oauth2 is not built yet: give a token by headers');
  });
});
