import { describe, expect, test } from 'vitest';
import { imageFault, versionOfImage } from '../../../src/cli/installed-image.ts';
import { installedObjects } from '../../../src/cli/installed-objects.ts';
import { lastJson, say } from '../cli/fake-context.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const IMAGE = 'registry.example/tidegate:1.2.3';

describe('the image of the daemon', () => {
  test.each([
    ['a tag', 'registry.example/team/tidegate:1.2.3'],
    ['a digest', `registry.example:5000/tidegate@${DIGEST}`],
    ['both', `tidegate:1.2.3@${DIGEST}`],
    ['a local name', 'localhost:5000/a/b_c/tidegate:v1'],
    ['the tag latest, pinned', `tidegate:latest@${DIGEST}`],
  ])('is taken with %s', (_, reference) => {
    expect(imageFault(reference)).toBeNull();
  });

  test.each([
    ['without a version', 'registry.example/tidegate', 'names no version'],
    ['a port is no version', 'registry.example:5000/tidegate', 'names no version'],
    ['latest', 'tidegate:latest', 'names another image every day'],
    ['the placeholder of the file', 'IMAGE', 'is no reference of an image'],
    ['half a digest', 'tidegate@sha256:0a0a', 'is no reference of an image'],
    ['a scheme', 'https://registry.example/tidegate:1', 'is no reference of an image'],
    ['a line break', 'tidegate:1\nhostPID: true', 'is no reference of an image'],
    ['a template', 'tidegate:{{ .x }}', 'is no reference of an image'],
    ['nothing', '', 'is no reference of an image'],
    ['without end', `${'a'.repeat(600)}:1`, 'is no reference of an image'],
  ])('is refused: %s', (_, reference, fault) => {
    expect(imageFault(reference)).toBe(fault);
  });

  test.each([
    ['tidegate:1.2.3', '1.2.3'],
    [`tidegate:v1.2.3@${DIGEST}`, '1.2.3'],
    ['tidegate:nightly', null],
    [`tidegate@${DIGEST}`, null],
  ])('%s says its version: %s', (reference, version) => {
    expect(versionOfImage(reference)).toBe(version);
  });
});

describe('tidegate install', () => {
  test('with --image prints the daemon after what it stands on', async () => {
    const said = await say(
      'install',
      '--dry-run',
      '--image',
      IMAGE,
      '--replicas',
      '3',
      '--service-monitor',
      '-o',
      'json',
    );
    const { objects } = lastJson(said.stdout) as { readonly objects: readonly object[] };
    expect(objects).toEqual(
      installedObjects('tidegate-system', 'hub', { image: IMAGE, replicas: 3, serviceMonitor: true }),
    );
    expect(objects.at(-1)).toMatchObject({ kind: 'ServiceMonitor' });
    expect(objects.at(-2)).toMatchObject({ kind: 'Deployment', spec: { replicas: 3 } });
  });

  test('without --image prints no daemon', async () => {
    const { stdout } = await say('install', '--dry-run');
    expect(stdout).toContain('kind: Role');
    expect(stdout).not.toMatch(/kind: (Deployment|Service|NetworkPolicy)$/m);
  });

  test.each([
    [
      'an image without a version',
      ['--image', 'registry.example/tidegate'],
      'names no version; expected REGISTRY/NAME:VERSION',
    ],
    ['an image and none', ['--image', IMAGE, '--without-daemon'], "cannot be used with option '--without-daemon'"],
    ['an image for a target', ['--image', IMAGE, '--target'], "cannot be used with option '--target'"],
    ['no daemon for a target', ['--without-daemon', '--target'], "cannot be used with option '--target'"],
    ['replicas of nothing', ['--replicas', '2'], 'say from which image with --image REFERENCE'],
    ['a monitor of nothing', ['--service-monitor'], 'say from which image with --image REFERENCE'],
    ['a monitor for a target', ['--service-monitor', '--target'], 'leave it out, or leave out --target'],
    ['no replicas', ['--image', IMAGE, '--replicas', '0'], 'expected an integer from 1 to 5'],
    ['many replicas', ['--image', IMAGE, '--replicas', '50'], 'expected an integer from 1 to 5'],
    ['half a replica', ['--image', IMAGE, '--replicas', '1.5'], 'expected an integer from 1 to 5'],
  ])('refuses %s', async (_, options, message) => {
    const said = await say('install', '--dry-run', ...options);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain(message);
  });
});
