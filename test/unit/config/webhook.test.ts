import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/config/parse-document.ts';

const webhook = (spec: object) =>
  parseDocument(
    { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Webhook', metadata: { name: 'alerts', namespace: 'hub' }, spec },
    'Webhook/alerts',
  );

function valueOf(spec: object): unknown {
  const reading = webhook(spec);
  return reading.outcome === 'parsed' ? reading.document.value : reading.issues;
}

function issueOf(spec: object): string {
  const reading = webhook(spec);
  return reading.outcome === 'refused'
    ? reading.issues.map(({ path, message }) => `${path}: ${message}`).join('\n')
    : '';
}

const everything = { releases: null, workloads: null, waves: null, tiers: null, labels: null };

describe('a Webhook', () => {
  test('needs an address and nothing else', () => {
    expect(valueOf({ url: 'https://alerts.example.com/tidegate' })).toEqual({
      name: 'alerts',
      address: { kind: 'url', url: 'https://alerts.example.com/tidegate' },
      format: 'json',
      signing: null,
      severity: 'info',
      scope: everything,
      allowPrivate: false,
    });
  });

  test('takes address and key out of Secrets beside it', () => {
    const spec = {
      urlFrom: { secretRef: { name: 'chat' } },
      signing: { secretRef: { name: 'chat', key: 'hmac' } },
      format: 'slack',
      severity: 'error',
      scope: { tiers: ['enterprise'], labels: { region: 'eu' } },
    };
    expect(valueOf(spec)).toMatchObject({
      address: { kind: 'secretRef', secret: { namespace: 'hub', name: 'chat', key: 'url' } },
      signing: { namespace: 'hub', name: 'chat', key: 'hmac' },
      format: 'slack',
      severity: 'error',
      scope: { ...everything, tiers: ['enterprise'], labels: { region: 'eu' } },
    });
  });

  test.each([
    ['without an address', {}, 'spec: expected exactly one of url, urlFrom'],
    ['with two', { url: 'https://a.example/', urlFrom: { secretRef: { name: 'a' } } }, 'exactly one of url, urlFrom'],
    ['with credentials in it', { url: 'https://ada:hush@a.example/' }, 'expected an address without credentials'],
    ['of another protocol', { url: 'ftp://a.example/' }, 'expected an address without credentials'],
    [
      'with a backslash, which browsers take for a slash',
      { url: 'https://a.example\\@b.example/' },
      'expected an address',
    ],
    ['with a line break', { url: 'https://a.example/\nhost: b' }, 'expected an address'],
    ['of a Secret elsewhere', { urlFrom: { secretRef: { name: 'a', namespace: 'kube-system' } } }, 'namespace'],
    ['with a key like a path', { urlFrom: { secretRef: { name: 'a', key: '../b' } } }, 'expected the key of an entry'],
    ['with a mistyped field', { url: 'https://a.example/', serverity: 'info' }, 'severity'],
    ['with an empty scope of tiers', { url: 'https://a.example/', scope: { tiers: [] } }, 'leave the field out'],
    ['with an empty scope of labels', { url: 'https://a.example/', scope: { labels: {} } }, 'leave the field out'],
  ])('%s is refused', (_, spec, says) => {
    expect(issueOf(spec)).toContain(says);
  });
});
