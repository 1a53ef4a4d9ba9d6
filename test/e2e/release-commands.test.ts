import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';
import { type BriskWorld, startBriskWorld } from './brisk-world.ts';

let world: BriskWorld;

beforeAll(async () => {
  world = await startBriskWorld();
});

afterAll(() => world.stop());

/** Runs a command against the world. */
function run(...args: readonly string[]): Promise<Said> {
  return say(...args, '--kubeconfig', world.kubeconfigPath);
}

/** The same, with its answer read. */
async function ask(...args: readonly string[]): Promise<{ readonly code: number | null; readonly answer: Answer }> {
  const { code, stdout } = await run(...args, '--output', 'json');
  return { code, answer: lastJson(stdout) as Answer };
}

type Answer = Readonly<Record<string, unknown>>;

/** Asks for the status until it ends with a code. */
async function untilStatus(name: string, code: number): Promise<Answer> {
  for (let look = 0; look < 200; look += 1) {
    const status = await ask('release', 'status', name);
    if (status.code === code) return status.answer;
    await world.sandbox.clock.sleep(100);
  }
  throw new Error(`${name} never came to exit code ${code}`);
}

describe('starting a release', () => {
  it('that does not fit the fleet of the hub is refused as bad input, and nothing is created', async () => {
    const file = await world.releaseFile('2', (text) => text.replace('plan: brisk', 'plan: brisc'));
    const { code, stderr } = await run('release', 'start', '-f', file);
    expect(code).toBe(2);
    expect(stderr).toContain('spec.plan');
    expect(stderr).toContain('"brisk"');
    expect((await ask('release', 'list')).answer).toEqual({ releases: [] });
  });

  it('under another plan than the expected one is refused, and nothing is created', async () => {
    const file = await world.releaseFile('2');
    const { code, answer } = await ask('release', 'start', '-f', file, '--expect-plan', '0123456789ab');
    expect(code).toBe(50);
    expect(answer).toMatchObject({ outcome: 'refused' });
    expect((await ask('release', 'list')).answer).toEqual({ releases: [] });
  });

  it('waits for a wave; what waits for a person ends with 10 when time is up', async () => {
    const file = await world.releaseFile('2');
    const plan = await ask('plan', '-f', 'test/e2e/brisk', '--release', 'storefront-2');
    const { hash } = plan.answer['plan'] as { readonly hash: string };
    const free = await ask(
      'release',
      'start',
      '-f',
      file,
      '--wait-for',
      'wave=free',
      '--timeout',
      '60s',
      '--expect-plan',
      hash,
    );
    expect(free.code).toBe(0);
    expect(free.answer).toMatchObject({ release: 'storefront-2', planHash: hash });
    const done = await run('release', 'start', '-f', file, '--wait-for', 'done', '--timeout', '1s');
    expect(done.code).toBe(10);
    expect(done.stdout).toContain('wave business has 0 of 1 approvals');
    expect(done.stderr).toContain('run this again to attach');
  });

  it('again attaches; another content under its name is refused', async () => {
    const again = await ask('release', 'start', '-f', await world.releaseFile('2'));
    expect(again).toMatchObject({ code: 0, answer: { outcome: 'attached' } });
    const other = await world.releaseFile('2', (text) => text.replace('name: "2"', 'name: "2.1"'));
    expect(await ask('release', 'start', '-f', other)).toMatchObject({ code: 50, answer: { outcome: 'refused' } });
  });

  it('waits for no wave that the plan does not have', async () => {
    const { code, stderr } = await run('release', 'start', '--release', 'storefront-2', '--wait-for', 'wave=busines');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "business"?');
  });
});

describe('a release that waits for a person', () => {
  it('says so by picture, exit code and JSON', async () => {
    const text = await run('release', 'status', 'storefront-2');
    expect(text.code).toBe(10);
    expect(text.stdout).toContain('exposed: 1 tenant on 2');
    expect(text.stdout).toContain('business    0/1  waits for 1 approval');
    const { answer } = await ask('release', 'status');
    expect(answer).toMatchObject({ phase: 'Running', waitingFor: [{ reason: 'ApprovalRequired' }], exitCode: 10 });
  });

  it('is explained to a tenant by every fact', async () => {
    const { answer } = await ask('explain', 'globex');
    expect(answer).toMatchObject({ tenant: 'globex', isOnNewVersion: false });
    const [target] = answer['targets'] as readonly { readonly wave: string; readonly facts: readonly Answer[] }[];
    expect(target).toMatchObject({ wave: 'business', serving: 'old' });
    expect(target!.facts.map((fact) => fact['reason'])).toContain('ApprovalRequired');
    expect((await ask('explain', 'ada')).answer).toMatchObject({ isOnNewVersion: true });
    expect((await run('explain', 'globexx')).stderr).toContain('did you mean "globex"?');
  });

  it('is paused once, and says who paused it', async () => {
    const paused = await ask('release', 'pause', 'storefront-2', '--reason', 'incident 4711', '--by', 'ada');
    expect(paused.code).toBe(0);
    expect((await run('release', 'pause', 'storefront-2')).stdout).toContain('was paused before');
    const status = await untilStatus('storefront-2', 20);
    const waits = status['waitingFor'] as readonly { readonly message: string }[];
    expect(waits.some(({ message }) => message.includes('by ada: incident 4711'))).toBe(true);
    const { answer } = await ask('explain', 'globex');
    const [target] = answer['targets'] as readonly { readonly facts: readonly Answer[] }[];
    expect(target!.facts.map((fact) => fact['reason'])).toContain('Frozen');
  });

  it('takes an approval for its own plan and a wave that wants one, once a person', async () => {
    const approve = (...more: readonly string[]) =>
      run('release', 'approve', 'storefront-2', ...more, '--by', 'Ada L.');
    expect((await approve('--wave', 'busines')).code).toBe(2);
    expect((await approve('--wave', 'free')).code).toBe(50);
    expect((await approve('--wave', 'business', '--expect-plan', '0123456789ab')).code).toBe(50);
    expect((await approve('--wave', 'business')).stdout).toContain('Ada L. approved wave business');
    expect(await approve('--wave', 'business')).toMatchObject({ code: 0 });
    expect((await approve('--wave', 'business')).stdout).toContain('before');
    // frozen all the same
    expect((await ask('release', 'status', 'storefront-2')).code).toBe(20);
  });

  it('goes on to its end once it is resumed', async () => {
    expect((await run('release', 'resume', 'storefront-2')).stdout).toContain('goes on');
    expect((await run('release', 'resume', 'storefront-2')).stdout).toContain('was not paused');
    const watched = await run('release', 'watch', 'storefront-2', '--timeout', '60s');
    expect(watched.code).toBe(0);
    expect(watched.stdout).toContain('every wave passed');
    expect((await ask('release', 'status', 'storefront-2')).answer).toMatchObject({ phase: 'Completed', exitCode: 0 });
  });
});

describe('a release that is over', () => {
  it('has nothing to pause or to abort', async () => {
    expect((await run('release', 'pause', 'storefront-2')).code).toBe(50);
    const aborted = await run('release', 'abort', 'storefront-2', '--reason', 'late');
    expect(aborted.code).toBe(50);
    expect(aborted.stdout).toContain('tidegate release rollback storefront-2');
  });

  it('can still be taken back as a whole, once', async () => {
    const asked = await ask('release', 'rollback', 'storefront-2', '--reason', 'customer reports', '--by', 'ada');
    expect(asked).toMatchObject({ code: 0, answer: { isRefused: false } });
    const status = await untilStatus('storefront-2', 30);
    expect(status).toMatchObject({ phase: 'RolledBack', rollback: { by: 'ada', scope: 'release' } });
    const waves = status['waves'] as readonly { readonly back: number; readonly targets: number }[];
    expect(waves.map(({ back }) => back)).toEqual([1, 1]);
    expect((await run('release', 'rollback', 'storefront-2', '--reason', 'again')).stdout).toContain(
      'asked for before',
    );
    expect((await run('release', 'watch', 'storefront-2')).code).toBe(30);
  });

  it('is listed, and not found under a name that is nearly its own', async () => {
    const { answer } = await ask('release', 'list');
    expect(answer).toMatchObject({ releases: [{ name: 'storefront-2', version: '2', phase: 'RolledBack' }] });
    const { code, stderr } = await run('release', 'status', 'storefront-3');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "storefront-2"?');
  });
});

describe('aborting', () => {
  it('takes back what is in flight and leaves what is promoted', async () => {
    await run('release', 'start', '-f', await world.releaseFile('3'), '--wait-for', 'wave=free', '--timeout', '60s');
    await run('release', 'approve', 'storefront-3', '--wave', 'business', '--by', 'ada');
    for (let look = 0; look < 100; look += 1) {
      const { answer } = await ask('release', 'status', 'storefront-3');
      const waves = answer['waves'] as readonly { readonly inFlight: number }[];
      if (waves[1]!.inFlight > 0) break;
      await world.sandbox.clock.sleep(20);
    }
    expect((await run('release', 'abort', 'storefront-3', '--reason', 'wrong build')).code).toBe(0);
    const status = await untilStatus('storefront-3', 30);
    const waves = status['waves'] as readonly { readonly promoted: number; readonly back: number }[];
    expect(waves).toMatchObject([
      { name: 'free', promoted: 1, back: 0 },
      { name: 'business', promoted: 0, back: 1 },
    ]);
    expect((await ask('explain', 'globex', '--release', 'storefront-3')).answer).toMatchObject({ phase: 'RolledBack' });
  });
});
