import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { daemonObjects } from '../../src/cli/installed-daemon.ts';
import { shippedObjects } from '../../src/cli/shipped-objects.ts';
import type { JsonObject } from '../../src/domain/workload.ts';
import { byKey, withoutInstallLabels } from '../unit/deploy/installed-comparison.ts';

const CHART = fileURLToPath(new URL('../../deploy/chart/', import.meta.url));
const HELM = 'helm';
const IMAGE = 'registry.example/tidegate:1.2.3';
const isThere = spawnSync(HELM, ['version']).error === undefined;
if (!isThere) console.warn('the chart is not rendered by the real helm: there is none on the PATH');

const helm = (...parameters: readonly string[]): string => execFileSync(HELM, parameters, { encoding: 'utf8' });

/** What is shipped is compared with a renderer of our own in test/unit/deploy; this is the real one. */
describe.skipIf(!isThere)('the real helm', () => {
  const template = (...parameters: readonly string[]): readonly JsonObject[] =>
    parseAllDocuments(
      helm(
        'template',
        'gate',
        CHART,
        '--kube-version',
        '1.34',
        '--namespace',
        'gate',
        '--set',
        `image=${IMAGE}`,
        ...parameters,
      ),
    ).map((document) => document.toJS() as JsonObject);
  const wanted = (serviceMonitor: boolean, ...more: readonly JsonObject[]) => {
    const daemon = daemonObjects('gate', { image: IMAGE, replicas: 2, serviceMonitor });
    const objects = [...shippedObjects('hub', 'gate'), ...daemon, ...more].filter(({ kind }) => kind !== 'Namespace');
    return byKey(withoutInstallLabels(objects));
  };

  test('renders by default what tidegate install --image applies', () => {
    expect(byKey(template())).toEqual(wanted(false));
  });

  test('renders with everything asked for what the options of tidegate install apply', () => {
    const asked = ['--set', 'serviceMonitor.enabled=true', '--set', 'target.enabled=true'];
    expect(byKey(template(...asked))).toEqual(wanted(true, ...shippedObjects('target', 'gate')));
  });

  test('finds nothing wrong with it', () => {
    expect(helm('lint', CHART, '--kube-version', '1.34', '--strict', '--set', `image=${IMAGE}`)).toContain(
      '0 chart(s) failed',
    );
  });

  test('renders nothing without an image', () => {
    const refused = spawnSync(HELM, ['template', 'gate', CHART, '--kube-version', '1.34'], { encoding: 'utf8' });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('set image, with a tag or a digest');
  });
});
