import type { Command, Option } from 'commander';
import { formatSetting } from './daemon-settings.ts';
import { readSettingsFile } from './settings-file.ts';

/** Who said what a setting is. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'default';

/** A setting with its value and where that came from. */
export interface SettledSetting {
  /** As in the file: `leaseName`. */
  readonly key: string;
  /** As a person would write it; `null`: chosen when it is needed. */
  readonly value: string | null;
  readonly source: SettingSource;
  /** `--lease-name`, `TIDEGATE_LEASE_NAME`, `daemon.yaml:3`; `null` for a default. */
  readonly from: string | null;
}

/** Puts the values of a file under those of flags and environment. @throws InvalidInput with every issue of the file */
export async function settle(command: Command, path: string | null): Promise<readonly SettledSetting[]> {
  const settings = settingsOf(command);
  const options = settings.map(({ option }) => option);
  const filed = path === null ? null : await readSettingsFile(path, options);
  return settings.map(({ option, owner }) => {
    const key = option.attributeName();
    const inFile = filed?.get(key);
    const isOpen = (owner.getOptionValueSource(key) ?? 'default') === 'default';
    if (inFile !== undefined && isOpen) owner.setOptionValueWithSource(key, inFile.value, 'config');
    return settled(option, owner, inFile?.place ?? null);
  });
}

/** The options of a command and its parents that have a variable, apart from the one that names the file. */
export function settingsOf(command: Command): readonly { readonly option: Option; readonly owner: Command }[] {
  const own = command.options.filter(({ envVar }) => envVar !== undefined);
  const settings = own
    .filter((option) => option.attributeName() !== 'config')
    .map((option) => ({ option, owner: command }));
  return command.parent === null ? settings : [...settings, ...settingsOf(command.parent)];
}

function settled(option: Option, owner: Command, place: string | null): SettledSetting {
  const key = option.attributeName();
  const value: unknown = owner.getOptionValue(key);
  const shown = value === undefined ? null : formatSetting(key, value);
  switch (owner.getOptionValueSource(key)) {
    case 'cli':
      return { key, value: shown, source: 'flag', from: option.long ?? null };
    case 'env':
      return { key, value: shown, source: 'environment', from: option.envVar ?? null };
    case 'config':
      return { key, value: shown, source: 'file', from: place };
    default:
      return { key, value: shown, source: 'default', from: null };
  }
}
