import type { Output } from '../command.ts';
import { alignColumns } from '../table.ts';
import type { SettledSetting } from './settle.ts';

/** Shows every setting, its value and where that came from. */
export function printSettings(
  settings: readonly SettledSetting[],
  warnings: readonly string[],
  output: Output<string>,
): void {
  for (const warning of warnings) output.note(`warning: ${warning}`);
  const rows = settings.map(({ key, value, source, from }) => [
    key,
    value ?? '(chosen at the start)',
    from === null ? source : `${source} ${from}`,
  ]);
  for (const line of alignColumns(rows)) output.line(line);
  output.answer({
    settings: Object.fromEntries(settings.map(({ key, value, source, from }) => [key, { value, source, from }])),
    warnings,
  });
}
