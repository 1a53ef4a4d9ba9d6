import { describe, expect, it } from 'vitest';
import { toYaml } from '../../../src/manifests/to-yaml.ts';
import { planned } from '../../unit/planning/storefront.ts';

const plan = planned();
const targets = plan.waves.flatMap((wave) => wave.targets);

describe('rendered manifests (updated by vitest -u)', () => {
  it.each([
    ['pool', 'shared-eu/pool-free/storefront'],
    ['business-namespace', 'shared-eu/globex/storefront'],
    ['enterprise-cluster', 'acme-prod/storefront/storefront'],
  ])('%s', async (name, id) => {
    const target = targets.find((one) => one.id === id);
    const digests = target === undefined ? [] : [...target.supportManifests, target.rolloutManifest];
    const yaml = toYaml(digests.map((digest) => JSON.parse(plan.manifests[digest] ?? '')));
    await expect(yaml).toMatchFileSnapshot(`${name}.yaml`);
  });
});
