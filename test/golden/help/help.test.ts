import { describe, expect, it } from 'vitest';
import { say } from '../../unit/cli/fake-context.ts';

describe('--help (updated by vitest -u)', () => {
  it.each(['', 'plan', 'render', 'lint', 'analysis try', 'apply', 'evidence', 'evidence verify', 'doctor', 'adopt', 'verify', 'release start', 'cluster add', 'cluster list', 'cluster rotate', 'cluster remove', 'install', 'uninstall', 'daemon', 'sandbox'])('tidegate %s', async (command) => {
    const said = await say(...command.split(' ').filter(Boolean), '--help');
    expect(said.code).toBe(0);
    expect(said.stderr).toBe('');
    await expect(said.stdout).toMatchFileSnapshot(`${command === '' ? 'tidegate' : command.replace(' ', '-')}.txt`);
  });
});
