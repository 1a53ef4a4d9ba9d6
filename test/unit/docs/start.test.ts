import { describe, expect, test } from 'vitest';
import { loadInventory } from '../../../src/config/load-inventory.ts';
import { instant } from '../../../src/domain/time.ts';
import { plan } from '../../../src/planning/plan.ts';
import { codeBlocks, readDocs } from '../../docs/read-docs.ts';

const page = readDocs().find(({ path }) => path === 'docs/start.md')!;
const script = codeBlocks(page.text, 'sh').join('\n');
const HERE_DOCUMENT = /^cat > (\S+) <<END\n([\s\S]*?)^END$/gm;

/** What the script exports, by name; every one has a default. */
function exported(): ReadonlyMap<string, string> {
  return new Map([...script.matchAll(/^export (\w+)="\$\{\1:-([^}]+)\}"$/gm)].map((found) => [found[1]!, found[2]!]));
}

/** The files that the script writes. */
function files() {
  const values = exported();
  return [...script.matchAll(HERE_DOCUMENT)].map(([, path, text]) => ({
    path: path!,
    text: text!
      .replaceAll(
        /\$\(\((\d+) \* (\w+)\)\)/g,
        (_, times: string, name: string) => `${Number(times) * Number(values.get(name))}`,
      )
      .replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => values.get(name) ?? ''),
  }));
}

describe('docs/start.md', () => {
  test('its files are what every kind allows, and both releases can be planned', () => {
    const inventory = loadInventory(files());
    const plans = inventory.releases.map((release) => {
      const workload = inventory.workloads.find(({ name }) => name === release.workload)!;
      const wavePlan = inventory.wavePlans.find(({ name }) => name === release.wavePlan)!;
      return plan({ fleet: inventory.fleet, workload, wavePlan, release, now: instant(0) });
    });
    expect(plans.map(({ kind }) => kind)).toEqual(['planned', 'planned']);
  });

  test('a wave of it waits for a person, as the page says', () => {
    const { wavePlans } = loadInventory(files());
    const tiers = wavePlans.find(({ name }) => name === 'tiers')!;
    expect(tiers.waves.map(({ name, requiredApprovals }) => [name, requiredApprovals])).toEqual([
      ['free', 0],
      ['enterprise', 1],
    ]);
  });
});
