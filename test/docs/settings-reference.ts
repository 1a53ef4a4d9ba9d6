import { settingsOf } from '../../src/cli/settings/settle.ts';
import { knownCommands } from './cli-reference.ts';

const HEADER = `<!-- Generated from src/cli/settings by \`node test/docs/generate.ts\`; do not edit. -->

# Settings of the daemon

Strongest first: the flag, the variable of the environment, the line of the file. [settings.md](../settings.md) says how the three are used.

| in the file | flag | variable | default | is |
|---|---|---|---|---|
`;

/** The page that lists what `tidegate daemon` can be told. */
export function settingsReference(): string {
  const daemon = knownCommands().find(({ words }) => words.join(' ') === 'daemon');
  if (daemon === undefined) throw new Error('there is no command called daemon');
  const rows = settingsOf(daemon.command).map(({ option }) => {
    const [, is = '', chosen = ''] = /^(.*?)(?: \(default: (.*)\))?$/.exec(option.description) ?? [];
    const usual = option.defaultValueDescription ?? option.defaultValue;
    const names = [option.attributeName(), option.long, option.envVar].map((name) => `\`${name}\``);
    return `| ${[...names, usual === undefined ? chosen : `\`${String(usual)}\``, is].join(' | ')} |\n`;
  });
  return HEADER + rows.join('');
}
