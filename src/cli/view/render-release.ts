import { headerLines } from './header-lines.ts';
import { type Line, paint } from './line.ts';
import type { ReleaseView, ViewOptions } from './release-view.ts';
import { storyLines } from './story-lines.ts';
import { waveLines } from './wave-lines.ts';
import { wrap } from './wrap.ts';

const STORY_LINES = 6;
/** Below the sentence, not the time before it. */
const STORY_INDENT = 9;

/** The whole picture of a release, line by line; each at most `width` characters. */
export function renderRelease(view: ReleaseView, options: ViewOptions): readonly string[] {
  const told = storyLines(view.status?.timeline ?? [], options.zone);
  const story = told.slice(Math.max(0, told.length - (options.storyLines ?? STORY_LINES)));
  const lines = [
    ...headerLines(view, options),
    ...waves(view, options),
    ...(story.length === 0 ? [] : [[]]),
    ...story.flatMap((line) => wrap(line, options.width, STORY_INDENT)),
  ];
  return lines.map((line) => paint(line, options.width, options.color));
}

/** The picture for a screen of so many rows: the story gives way first, then the last waves; the state stays in sight. */
export function fitToRows(view: ReleaseView, options: ViewOptions, rows: number): readonly string[] {
  for (let count = options.storyLines ?? STORY_LINES; count > 0; count -= 1) {
    const lines = renderRelease(view, { ...options, storyLines: count });
    if (lines.length <= rows) return lines;
  }
  return renderRelease(view, { ...options, storyLines: 0 }).slice(0, Math.max(1, rows));
}

function waves({ plan, status, runs, approvedBy, now }: ReleaseView, { zone }: ViewOptions): readonly Line[] {
  if (plan === null || status === null) return [];
  const byTarget = new Map(runs.map((run) => [run.target, run]));
  const names = plan.waves.map((wave) => wave.name);
  const nameWidth = Math.max(...names.map((name) => name.length));
  return plan.waves.flatMap((wave, index) =>
    waveLines({
      index,
      wave,
      status,
      runs: byTarget,
      approvals: approvedBy?.get(wave.name)?.size ?? 0,
      nameWidth,
      now,
      zone,
    }),
  );
}
