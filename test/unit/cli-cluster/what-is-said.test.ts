import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ServerAddress } from '../../../src/adapters/kubernetes/index.ts';
import { chosenSource, clusterName } from '../../../src/cli/cluster/chosen-names.ts';
import { clusterLines, type ListedCluster } from '../../../src/cli/cluster/listed-clusters.ts';
import { printedCluster, printedText } from '../../../src/cli/cluster/printed-cluster.ts';
import { addressToStore, addressWarnings } from '../../../src/cli/cluster/server-address.ts';
import { tokenTimes } from '../../../src/cli/cluster/token-times.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { instant } from '../../../src/domain/time.ts';

const own: ServerAddress = {
  server: 'https://eu.example.com:6443',
  proxyUrl: null,
  ca: 'CA',
  tlsServerName: null,
  skipsTlsVerify: false,
};

describe('the name of a Cluster', () => {
  test.each([
    [undefined, 'shared-eu', 'shared-eu'],
    ['eu', 'arn:aws:eks:eu-west-1:4711:cluster/prod', 'eu'],
  ])('given %s, of context %s', (given, context, name) => {
    expect(clusterName(given, context)).toBe(name);
  });

  test.each([
    ['arn:aws:eks:eu-west-1:4711:cluster/prod_EU', '--name prod-eu say'],
    ['gke_acme_europe-west1_prod', '--name gke-acme-europe-west1-prod say'],
    ['kubernetes-admin@EU', '--name eu say'],
  ])('of context %s is refused with one that can be', (context, said) => {
    expect(() => clusterName(undefined, context)).toThrow(InvalidInput);
    expect(() => clusterName(undefined, context)).toThrow(said);
  });
});

describe('the metric source', () => {
  test.each([
    ['the one that is named', 'us', 'eu', ['eu', 'us'], 'us'],
    ['the one that the cluster has', undefined, 'eu', ['eu', 'us'], 'eu'],
    ['the only one', undefined, null, ['eu'], 'eu'],
  ])('is %s', (_, given, present, known, chosen) => {
    expect(chosenSource(given, present, known)).toBe(chosen);
  });

  test.each([
    ['is not declared', 'prom-ue', ['prom-eu', 'prom-us'], 'did you mean "prom-eu"'],
    ['is one of many', undefined, ['eu', 'us'], 'say which of eu, us'],
    ['is none yet', undefined, [], 'tidegate apply -f FOLDER'],
    ['is named before any is there', 'eu', [], 'tidegate apply -f FOLDER'],
  ])('that %s is refused with what to do', (_, given, known, said) => {
    expect(() => chosenSource(given, null, known)).toThrow(said);
  });
});

describe('the address that the hub is given', () => {
  test("is the context's, with its authority, without its proxy", () => {
    const stored = addressToStore({ ...own, proxyUrl: 'http://127.0.0.1:8080' }, {});
    expect(stored).toEqual(own);
  });

  test.each([
    ['no address', { server: 'eu.example' }, own, 'expected an https address'],
    ['no verification, by the context alone', {}, { ...own, skipsTlsVerify: true }, '--insecure-skip-tls-verify'],
  ])('is refused for %s', (_, options, address, said) => {
    expect(() => addressToStore(address, options)).toThrow(said);
  });

  test('is not verified only when that is said, and then has no authority', () => {
    const stored = addressToStore({ ...own, skipsTlsVerify: true }, { insecureSkipTlsVerify: true });
    expect(stored).toMatchObject({ skipsTlsVerify: true, ca: null });
    expect(addressWarnings(own, stored, null)).toEqual([expect.stringContaining('will not be verified')]);
  });

  const HUB = 'https://hub.example.com';
  test.each([
    ['https://127.0.0.1:6443', HUB, "this machine's own"],
    ['https://localhost:6443', HUB, "this machine's own"],
    ['https://[::1]:6443', HUB, "this machine's own"],
    ['https://kubernetes.docker.internal:6443', HUB, "this machine's own"],
    ['https://127.0.0.1:6443', 'https://10.0.0.1', "this machine's own"],
    ['https://127.0.0.1:6443', 'https://localhost:6444', null],
    ['https://10.1.2.3', HUB, 'a private address'],
    ['https://172.20.0.4:6443', HUB, 'a private address'],
    ['https://eu-control-plane:6443', HUB, 'a private address'],
    ['https://api.eu.internal', HUB, 'a private address'],
    ['https://[fd00::1]', HUB, 'a private address'],
    ['https://10.1.2.3', 'https://10.0.0.1', null],
    ['https://172.40.0.4', HUB, null],
    ['https://eu.example.com', HUB, null],
  ])('%s, for a hub at %s: %s', (server, hub, said) => {
    const warnings = addressWarnings(own, { ...own, server }, hub);
    expect(warnings).toEqual(said === null ? [] : [expect.stringContaining(said)]);
  });

  test('that loses the proxy of the context is told of', () => {
    const proxied = { ...own, proxyUrl: 'http://proxy:3128' };
    expect(addressWarnings(proxied, addressToStore(proxied, {}), HUB)).toEqual([
      expect.stringContaining('--proxy-url'),
    ]);
    const stored = addressToStore(proxied, { proxyUrl: 'http://proxy:3128' });
    expect(addressWarnings(proxied, stored, HUB)).toEqual([]);
  });
});

describe('what is printed', () => {
  const printed = printedCluster({ name: 'eu', context: "o'brien@eu", metrics: 'prom', address: own }, 'tide', null);

  test('is the objects of both clusters, and no token', () => {
    expect(printed.target.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Secret']),
    );
    expect(printed.hub).toMatchObject([{ kind: 'Cluster', spec: { access: { secretRef: { name: 'cluster-eu' } } } }]);
    expect(JSON.stringify(printed.target)).not.toContain('"data"');
  });

  test('is one YAML stream in two parts, the command for the token as a comment', () => {
    const text = printedText(printed, "o'brien@eu");
    const documents = parseAllDocuments(text).map((document) => document.toJS() as object);
    expect(documents).toEqual([...printed.target, ...printed.hub]);
    expect(text).toContain('# 1. for the target cluster');
    expect(text).toContain("#   kubectl --context 'o'\\''brien@eu' -n tide get secret tidegate-token");
  });
});

describe('the list', () => {
  const now = instant(Date.parse('2026-11-22T12:00:00Z'));
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  const eu: ListedCluster = {
    name: 'eu',
    access: 'secretRef',
    server: 'https://eu.example.com',
    metrics: 'prom',
    isReachable: true,
    troubles: [],
    tokenMadeAt: null,
    tokenEndsAt: null,
  };

  test.each([
    ['that lasts is as old as its record', 'token', '2026-11-20T12:00:00Z', '2d old'],
    ['that ends says when', jwt({ iat: now / 1000 - 60, exp: now / 1000 + 7200 }), null, 'ends in 2h'],
    ['that has ended says since when', jwt({ exp: now / 1000 - 90_000 }), null, 'ended 1d ago'],
    ['of which nothing is known has no age', 'token', null, '-'],
  ])('a token %s', (_, token, recorded, said) => {
    const times = tokenTimes(token, recorded === null ? null : instant(Date.parse(recorded)));
    expect(clusterLines([{ ...eu, ...times }], now)[1]).toMatch(new RegExp(`yes +${said}$`));
  });

  test('says what is missing, below', () => {
    const lines = clusterLines(
      [
        { ...eu, troubles: ['may not list rollouts'] },
        { ...eu, name: 'us', isReachable: false, troubles: ['gone'] },
      ],
      now,
    );
    expect(lines[1]).toContain('rights missing');
    expect(lines[2]).toMatch(/^us .* no /);
    expect(lines.slice(3)).toEqual(['eu: may not list rollouts', 'us: gone']);
  });

  test('of none names the command for the first', () => {
    expect(clusterLines([], now)).toEqual(['no cluster is declared: tidegate cluster add CONTEXT']);
  });
});
