import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import type { ClusterAccess } from '../../src/adapters/kubernetes/cluster-access.ts';
import {
  contextAddress,
  inClusterAccess,
  kubeconfigAccess,
  secretAccess,
} from '../../src/adapters/kubernetes/index.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-access-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const kubeconfig = (user: object, cluster: object = { server: 'https://eu.example:6443/' }, name = 'eu') => ({
  'current-context': name,
  clusters: [{ name: `${name}-cluster`, cluster }],
  users: [{ name: `${name}-user`, user }],
  contexts: [{ name, context: { cluster: `${name}-cluster`, user: `${name}-user` } }],
});

function writeFile(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  return path;
}

async function materialOf(access: ClusterAccess) {
  const opened = await access.open();
  return { server: opened.server, proxyUrl: opened.proxyUrl, ...(await opened.material()) };
}

const refused = (...parts: readonly string[]) =>
  expect.toSatisfy((error: unknown) => {
    expect(error).toBeInstanceOf(InvalidInput);
    for (const part of parts) expect((error as Error).message).toContain(part);
    return true;
  });

describe('the address behind a context', () => {
  test('is told with its authority out of a file, and no plug-in is run', async () => {
    writeFile('ca.crt', 'CA');
    const mark = join(folder, 'was-run');
    const exec = { command: process.execPath, args: ['-e', `require('node:fs').writeFileSync('${mark}', '')`] };
    const cluster = { server: 'https://eu.example:6443/', 'certificate-authority': 'ca.crt', 'tls-server-name': 'eu' };
    const path = writeFile('config', kubeconfig({ exec }, cluster));
    expect(await contextAddress({ path, context: 'eu' })).toEqual({
      server: 'https://eu.example:6443',
      proxyUrl: null,
      ca: 'CA',
      tlsServerName: 'eu',
      skipsTlsVerify: false,
    });
    expect(existsSync(mark)).toBe(false);
  });

  test('whose authority is not there is refused with the name of the file', async () => {
    const cluster = { server: 'https://eu.example', 'certificate-authority': 'gone.crt' };
    const path = writeFile('config', kubeconfig({ token: 'abc' }, cluster));
    await expect(contextAddress({ path, context: null })).rejects.toEqual(refused('gone.crt', 'ENOENT'));
  });
});

describe('access by a kubeconfig', () => {
  test('gives address, token and authority of the context that is named', async () => {
    const cluster = { server: 'https://eu.example:6443/', 'certificate-authority-data': base64('CA') };
    const path = writeFile('config', kubeconfig({ token: 'abc' }, cluster));
    const access = await kubeconfigAccess({ path, context: 'eu' });
    expect(access.description).toBe(`context eu of kubeconfig ${path}`);
    expect(await materialOf(access)).toEqual({
      server: 'https://eu.example:6443',
      proxyUrl: null,
      headers: { authorization: 'Bearer abc' },
      tls: { ca: 'CA' },
    });
  });

  test("never sends one context's token to another's server", async () => {
    const [eu, us] = [
      kubeconfig({ token: 'eu-token' }),
      kubeconfig({ token: 'us-token' }, { server: 'https://us.example' }, 'us'),
    ];
    const both = {
      'current-context': 'eu',
      clusters: [...eu.clusters, ...us.clusters],
      users: [...eu.users, ...us.users],
      contexts: [...eu.contexts, ...us.contexts],
    };
    const path = writeFile('config', both);
    const accesses = [await kubeconfigAccess({ path, context: 'eu' }), await kubeconfigAccess({ path, context: 'us' })];
    const opened = await Promise.all(accesses.map(materialOf));
    expect(opened).toMatchObject([
      { server: 'https://eu.example:6443', headers: { authorization: 'Bearer eu-token' } },
      { server: 'https://us.example', headers: { authorization: 'Bearer us-token' } },
    ]);
  });

  test('reads certificates and tokens from files beside it, again and again', async () => {
    writeFile('client.crt', 'CERT');
    writeFile('client.key', 'KEY');
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
    const access = await kubeconfigAccess({ path: writeFile('config', kubeconfig(user)), context: null });
    const opened = await access.open();
    expect((await opened.material()).tls).toEqual({ cert: 'CERT', key: 'KEY' });
    writeFile('client.crt', 'CERT 2');
    expect((await opened.material()).tls).toEqual({ cert: 'CERT 2', key: 'KEY' });
  });

  test("runs the user's own credential plug-in", async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'fresh' },
    };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
    };
    const access = await kubeconfigAccess({ path: writeFile('config', kubeconfig({ exec })), context: 'eu' });
    expect((await materialOf(access)).headers).toEqual({ authorization: 'Bearer fresh' });
  });

  test('gives name and password, server name, proxy and disregard of certificates', async () => {
    const cluster = {
      server: 'https://10.0.0.1',
      'tls-server-name': 'eu.example',
      'insecure-skip-tls-verify': true,
      'proxy-url': 'http://proxy.example:3128',
    };
    const access = await kubeconfigAccess({
      path: writeFile('config', kubeconfig({ username: 'me', password: 'secret' }, cluster)),
      context: null,
    });
    expect(await materialOf(access)).toEqual({
      server: 'https://10.0.0.1',
      proxyUrl: 'http://proxy.example:3128',
      headers: { authorization: `Basic ${base64('me:secret')}` },
      tls: { servername: 'eu.example', rejectUnauthorized: false },
    });
  });

  test('sees a token that was put into the file later', async () => {
    const path = writeFile('config', kubeconfig({ token: 'old' }));
    const access = await kubeconfigAccess({ path, context: 'eu' });
    writeFile('config', kubeconfig({ token: 'new' }));
    expect((await materialOf(access)).headers).toEqual({ authorization: 'Bearer new' });
  });

  test('looks through the files of KUBECONFIG, the first that has a name wins', async () => {
    const paths = [
      join(folder, 'not-there'),
      writeFile('one', kubeconfig({ token: 'one' })),
      writeFile('two', {
        ...kubeconfig({ token: 'two' }),
        ...kubeconfig({ token: 'us' }, { server: 'https://us.example' }, 'us'),
      }),
    ];
    vi.stubEnv('KUBECONFIG', paths.join(delimiter));
    expect((await materialOf(await kubeconfigAccess({ context: null }))).headers).toEqual({
      authorization: 'Bearer one',
    });
    expect((await materialOf(await kubeconfigAccess({ context: 'us' }))).server).toBe('https://us.example');
  });

  test.each([
    ['a file that is not there', { context: null, path: '/nowhere/config' }, ['/nowhere/config', 'is not there']],
    ['a context that is not there', { context: 'us' }, ['no context us', 'there are: eu']],
  ])('refuses %s, and says what there is', async (_, choice, parts) => {
    const path = writeFile('config', kubeconfig({ token: 'abc' }));
    await expect(kubeconfigAccess({ path, ...choice })).rejects.toEqual(refused(...parts));
  });

  test.each([
    ['a file that is no YAML', 'clusters: [', 'cannot be read'],
    ['plain http to another machine', kubeconfig({ token: 'abc' }, { server: 'http://10.0.0.1' }), 'use https'],
    ['an address that is none', kubeconfig({}, { server: 'eu.example' }), 'expected an http or https address'],
    ['a proxy of another kind', kubeconfig({}, { server: 'https://eu.example', 'proxy-url': 'socks5://p' }), 'proxies'],
    ['a context without its user', { ...kubeconfig({}), users: [] }, 'names user eu-user'],
    ['a context without its cluster', { ...kubeconfig({}), clusters: [] }, 'names cluster eu-cluster'],
  ])('refuses %s', async (_, content, part) => {
    const path = writeFile('config', content);
    await expect(kubeconfigAccess({ path, context: 'eu' })).rejects.toEqual(refused(path, part));
  });

  test('takes plain http on loopback', async () => {
    const path = writeFile('config', kubeconfig({ token: 'abc' }, { server: 'http://127.0.0.1:8001' }));
    const { server, headers } = await materialOf(await kubeconfigAccess({ path, context: 'eu' }));
    expect({ server, headers }).toEqual({ server: 'http://127.0.0.1:8001', headers: { authorization: 'Bearer abc' } });
  });
});

describe('access inside a pod', () => {
  test('takes the token and the authority of the service account', async () => {
    const mount = join(folder, 'var/run/secrets/kubernetes.io/serviceaccount');
    mkdirSync(mount, { recursive: true });
    for (const [name, content] of [
      ['token', 'pod-token\n'],
      ['ca.crt', 'CA'],
      ['namespace', 'tidegate'],
    ])
      writeFileSync(join(mount, name!), content!);
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '10.96.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', '443');
    expect(await materialOf(await inClusterAccess({ pathPrefix: folder }))).toEqual({
      server: 'https://10.96.0.1:443',
      proxyUrl: null,
      headers: { authorization: 'Bearer pod-token' },
      tls: { ca: 'CA' },
    });
  });

  test('is refused elsewhere', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    await expect(inClusterAccess()).rejects.toEqual(refused('does not run in a pod'));
  });
});

describe('access by a Secret', () => {
  const secret = (data: Readonly<Record<string, string>>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'acme', namespace: 'tidegate' },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  });
  const argoCd = (config: object) =>
    secret({ name: 'acme', server: 'https://acme.example', config: JSON.stringify(config) });

  test.each(['kubeconfig', 'value'])('takes a kubeconfig under the key %s', async (key) => {
    const access = await secretAccess(secret({ [key]: stringify(kubeconfig({ token: 'abc' })) }));
    expect(access.description).toBe('secret tidegate/acme');
    expect(await materialOf(access)).toMatchObject({
      server: 'https://eu.example:6443',
      headers: { authorization: 'Bearer abc' },
    });
  });

  test('takes a cluster Secret of Argo CD as it is', async () => {
    const tlsClientConfig = {
      caData: base64('CA'),
      certData: base64('CERT'),
      keyData: base64('KEY'),
      serverName: 'acme.internal',
      insecure: false,
    };
    expect(await materialOf(await secretAccess(argoCd({ bearerToken: 'abc', tlsClientConfig })))).toEqual({
      server: 'https://acme.example',
      proxyUrl: null,
      headers: { authorization: 'Bearer abc' },
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'acme.internal' },
    });
  });

  test.each([
    ['a plug-in', { exec: { command: 'sh' } }, 'exec'],
    ['an auth provider', { 'auth-provider': { name: 'oidc' } }, 'auth-provider'],
    ['a token file', { 'token-file': '/etc/passwd' }, 'token-file'],
    ['a certificate file', { 'client-certificate': '/etc/tls.crt' }, 'client-certificate'],
    ['a key file', { 'client-key': '/etc/tls.key' }, 'client-key'],
  ])('refuses a kubeconfig with %s, whichever context uses it', async (_, user, field) => {
    const used = kubeconfig({ token: 'abc' });
    const text = stringify({ ...used, users: [...used.users, { name: 'other', user }] });
    await expect(secretAccess(secret({ kubeconfig: text }))).rejects.toEqual(
      refused('secret tidegate/acme', `${field} would run code or read files here`, 'tidegate cluster add CONTEXT'),
    );
  });

  test('refuses a kubeconfig with an authority file', async () => {
    const cluster = { server: 'https://eu.example', 'certificate-authority': '/etc/ca.crt' };
    const text = stringify(kubeconfig({ token: 'abc' }, cluster));
    await expect(secretAccess(secret({ kubeconfig: text }))).rejects.toEqual(refused('certificate-authority'));
  });

  test.each([
    ['execProviderConfig', { execProviderConfig: { command: 'sh' } }],
    ['awsAuthConfig', { awsAuthConfig: { clusterName: 'x' } }],
  ])('refuses an Argo CD Secret with %s', async (field, config) => {
    await expect(secretAccess(argoCd(config))).rejects.toEqual(refused(field));
  });

  test.each([
    ['neither', secret({ password: 'hunter2' }), 'expected a key kubeconfig'],
    ['no YAML', secret({ kubeconfig: 'token: [hunter2' }), 'is neither YAML nor JSON'],
    ['no kubeconfig', secret({ kubeconfig: 'users: hunter2' }), 'is not a kubeconfig'],
    ['no config of Argo CD', secret({ server: 'https://a.example', config: '{"bearerToken": 42}' }), 'Argo CD'],
    ['nothing', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'acme' } }, 'secret default/acme'],
  ])('refuses a Secret that holds %s, without what is in it', async (_, object, part) => {
    await expect(secretAccess(object)).rejects.toEqual(refused(part));
    await expect(secretAccess(object)).rejects.not.toThrow(/hunter2/);
  });
});
