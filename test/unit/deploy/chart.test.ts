import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { chartFiles } from '../../../src/cli/install-chart/chart-files.ts';
import { asTemplate } from '../../../src/cli/install-chart/template-edits.ts';
import { daemonObjects } from '../../../src/cli/installed-daemon.ts';
import { shippedObjects, shippedText } from '../../../src/cli/shipped-objects.ts';
import { crds } from '../../../src/config/crds.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { renderTemplate } from './chart-renderer.ts';
import { byKey, withoutInstallLabels } from './installed-comparison.ts';

const FOLDER = fileURLToPath(new URL('../../../deploy/chart/', import.meta.url));
const IMAGE = 'registry.example/tidegate:1.2.3';
const files = chartFiles();
const defaults = parse(textOf('values.yaml')) as Readonly<Record<string, unknown>>;
const choice = { image: IMAGE, replicas: 2, serviceMonitor: false };

function textOf(path: string): string {
  return files.find((file) => file.path === path)!.text;
}

/** The objects of the chart for some values. */
function rendered(namespace: string, values: Readonly<Record<string, unknown>> = {}): readonly JsonObject[] {
  const context = { Release: { Namespace: namespace }, Values: { ...defaults, image: IMAGE, ...values } };
  return files
    .filter(({ path }) => path.startsWith('templates/') && path.endsWith('.yaml'))
    .flatMap(({ text }) => parseAllDocuments(renderTemplate(text, context)))
    .map((document) => document.toJS() as JsonObject);
}

const installed = (namespace: string, more: object = {}): readonly JsonObject[] =>
  [...shippedObjects('hub', namespace), ...daemonObjects(namespace, { ...choice, ...more })].filter(
    ({ kind }) => kind !== 'Namespace',
  );

describe('the Helm chart', () => {
  test('is what the generator makes, file by file (npm run generate)', () => {
    const present = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(FOLDER.length));
    expect(present.sort()).toEqual(files.map(({ path }) => path).sort());
    for (const { path, text } of files) expect(readFileSync(join(FOLDER, path), 'utf8'), path).toBe(text);
  });

  test.each(['tidegate-system', 'gate'])(
    'by default renders in %s what tidegate install --image applies',
    (namespace) => {
      expect(byKey(rendered(namespace))).toEqual(byKey(withoutInstallLabels(installed(namespace))));
    },
  );

  test('renders the ServiceMonitor that --service-monitor applies, with the labels that are asked for', () => {
    const objects = rendered('gate', { serviceMonitor: { enabled: true, labels: {} } });
    expect(byKey(objects)).toEqual(byKey(withoutInstallLabels(installed('gate', { serviceMonitor: true }))));
    const labels = { release: 'prometheus', 'is/on': 'yes' };
    const labelled = byKey(rendered('gate', { serviceMonitor: { enabled: true, labels } }));
    expect(labelled['ServiceMonitor/tidegate']).toMatchObject({ metadata: { labels } });
  });

  test.each(['tidegate-system', 'gate'])(
    'renders in %s what install --target applies, where the hub is a target',
    (namespace) => {
      const target = shippedObjects('target', namespace).filter(({ kind }) => kind !== 'Namespace');
      const wanted = withoutInstallLabels([...installed(namespace), ...target]);
      expect(byKey(rendered(namespace, { target: { enabled: true } }))).toEqual(byKey(wanted));
    },
  );

  test('puts values in their places', () => {
    const resources = { limits: { memory: '1Gi' } };
    const values = {
      replicas: 3,
      resources,
      priorityClassName: 'high',
      extraArgs: ['--lease-duration=30s', '--x=yes'],
    };
    const { spec } = byKey(rendered('gate', values))['Deployment/tidegate'] as unknown as Deployment;
    const pod = spec.template.spec;
    expect(spec.replicas).toBe(3);
    expect(pod.priorityClassName).toBe('high');
    expect(pod.containers[0]).toMatchObject({ image: IMAGE, resources });
    expect(pod.containers[0]!.args.slice(-3)).toEqual(['--listen=0.0.0.0:9410', '--lease-duration=30s', '--x=yes']);
  });

  test('renders nothing without an image', () => {
    expect(() => rendered('gate', { image: '' })).toThrow('set image, with a tag or a digest');
  });

  test('brings the definitions of all kinds', () => {
    const names = files.filter(({ path }) => path.startsWith('crds/')).map(({ text }) => parse(text) as object);
    expect(names).toEqual(JSON.parse(JSON.stringify(crds())));
  });

  test.each([
    ['a place that is not there', (text: string) => text.replace('image: IMAGE', 'image: other'), 'is there 0 times'],
    ['a place that is there twice', (text: string) => text.replace(/^.*image: IMAGE\n/m, '$&$&'), 'is there 2 times'],
    [
      'what Helm would read',
      (text: string) => text.replace('IMAGE is no image', '{{ IMAGE }}'),
      'which Helm would read',
    ],
  ])('is not made of a file with %s', (_, change, message) => {
    const text = change(shippedText('hub/deployment.yaml'));
    expect(() => asTemplate('hub/deployment.yaml', text, [])).toThrow(message);
  });
});

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly priorityClassName: string;
        readonly containers: readonly { readonly args: readonly string[] }[];
      };
    };
  };
}
