import { counted, share } from '../../planning/document/figures.ts';
import { clockTime } from './clock-time.ts';
import { exposureNow } from './exposure-now.ts';
import { type Line, paint, span } from './line.ts';
import type { ReleaseView, ViewOptions } from './release-view.ts';
import { storyLines } from './story-lines.ts';
import { countWave } from './wave-count.ts';

/** What a reader of plain lines has not been told yet: new sentences of the story, then progress in numbers. Empty when nothing changed. */
export function changeLines(
  before: ReleaseView | null,
  after: ReleaseView,
  { width, color, zone }: ViewOptions,
): readonly string[] {
  const story = storyLines(newEntries(before, after), zone);
  const progress = progressText(after);
  const isNews = progress !== null && (before === null || progressText(before) !== progress);
  const lines: readonly Line[] = isNews
    ? [...story, [span(`${clockTime(after.now, zone)} `, 'dim'), span(progress)]]
    : story;
  return lines.map((line) => paint(line, width, color));
}

/** That it goes on, for a reader who has heard nothing for a while: how far it is, and whom or what it waits for. */
export function heartbeatLines(view: ReleaseView, { width, color, zone }: ViewOptions): readonly string[] {
  const waits = (view.status?.waitingFor ?? []).map(({ message }) => message);
  const said = progressText(view) ?? view.status?.message ?? 'no daemon has planned it yet; is one running?';
  const text = [said, ...(waits.length === 0 ? [] : [`waits: ${waits.join('; ')}`])].join('; ');
  return [paint([span(`${clockTime(view.now, zone)} `, 'dim'), span(text)], width, color)];
}

function newEntries(before: ReleaseView | null, after: ReleaseView) {
  const told = before?.status?.timeline ?? [];
  const entries = after.status?.timeline ?? [];
  const last = told.at(-1);
  if (last === undefined) return entries;
  // the oldest entries are dropped once there are many, so positions are counted from the last one told
  const index = entries.findLastIndex(({ at, reason, message }) => {
    return at === last.at && reason === last.reason && message === last.message;
  });
  return entries.slice(index + 1);
}

/** `wave business 5/14 done, 9 in flight; 23 tenants on 4.12.0 (1.4 % of weight), 14 partly` */
function progressText({ plan, status, runs }: ReleaseView): string | null {
  if (plan === null || status === null || runs.length === 0) return null;
  const byTarget = new Map(runs.map((run) => [run.target, run]));
  const waves = plan.waves.flatMap((wave, index) => {
    const { targets, promoted, inFlight, goingBack, back } = countWave(wave, byTarget);
    if (inFlight + goingBack + back === 0 && status.waves[index]?.phase === 'Passed') return [];
    if (promoted + inFlight + goingBack + back === 0) return [];
    const parts = [
      `${promoted}/${targets} done`,
      ...(inFlight > 0 ? [`${inFlight} in flight`] : []),
      ...(goingBack > 0 ? [`${goingBack} going back`] : []),
      ...(back > 0 ? [`${back} back`] : []),
    ];
    return [`wave ${wave.name} ${parts.join(', ')}; `];
  });
  if (waves.length === 0) return null;
  const { onNew, partly, all } = exposureNow(plan, runs);
  const reach = `${counted(onNew.tenants, 'tenant')} on ${plan.version.name} (${share(onNew.weight, all.weight)} of weight)`;
  return `${waves.join('')}${reach}, ${partly.tenants} partly`;
}
