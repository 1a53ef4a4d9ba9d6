import type { CliContext, Output } from '../command.ts';
import type { HubConnection } from '../composition.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { JobReports } from '../job/job-reports.ts';
import type { ReleaseView } from '../view/release-view.ts';
import { type FollowEnd, followRelease } from './follow.ts';
import type { JobEnd } from './job-end.ts';
import { createLiveOutput } from './live-output.ts';
import { releaseSuites } from './release-junit.ts';
import { releaseMarkdown } from './release-markdown.ts';
import { createReleaseReader, readRelease } from './release-reader.ts';
import { releaseSummary } from './release-summary.ts';
import { checkWave, isThere, type WaitFor } from './wait-for.ts';

/** What is followed, how long, and until what. */
export interface ShowOptions {
  readonly hub: HubConnection;
  readonly name: string;
  readonly output: Output<string>;
  readonly context: CliContext;
  readonly timeoutMs: number | null;
  readonly waitFor: WaitFor;
  /** Told at the end; `null`: nobody reads it. */
  readonly reports: JobReports | null;
}

/** Follows a release on the terminal, then answers with its summary. @throws InvalidInput when it, or the wave waited for, is not there */
export async function showRelease(options: ShowOptions): Promise<ExitCode> {
  const { hub, name, output, context, timeoutMs, waitFor, reports } = options;
  const first = await readRelease(hub, name);
  if (waitFor.kind === 'wave' && first.view.plan !== null) checkWave(waitFor.wave, first.view.plan, '--wait-for');
  const live = await createLiveOutput(output, context.terminal);
  const end = await followRelease({
    reader: await createReleaseReader(hub, name),
    clock: hub.clock,
    live,
    signal: context.signal,
    timeoutMs,
    isThere: (status) => isThere(waitFor, status),
  }).finally(() => live.end());
  if (end.code !== 0) output.note(`${name}: ${end.message}`);
  const { view } = end.seen ?? first;
  if (reports?.isWanted === true) await reports.write(releaseReport(view, jobEnd(end, waitFor)));
  output.answer(releaseSummary(view, end.code));
  return end.code;
}

function jobEnd({ code, message }: FollowEnd, waitFor: WaitFor): JobEnd {
  return { code, message, waitedFor: waitFor.kind === 'done' ? 'done' : `wave=${waitFor.wave}` };
}

function releaseReport(view: ReleaseView, end: JobEnd) {
  return { title: view.release, markdown: releaseMarkdown(view, end), suites: releaseSuites(view, end) };
}
