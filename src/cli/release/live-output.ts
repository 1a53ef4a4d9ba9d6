import type { Instant } from '../../domain/time.ts';
import type { Output, Terminal } from '../command.ts';
import { changeLines, heartbeatLines } from '../view/change-lines.ts';
import type { ReleaseView, ViewOptions } from '../view/release-view.ts';
import { fitToRows, renderRelease } from '../view/render-release.ts';

/** Shows a release as it goes on. */
export interface LiveOutput {
  show(view: ReleaseView): void;
  /** Something that went wrong on the way, told once. */
  trouble(message: string): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/** Width of lines where nobody can say how wide a line may be. */
const PLAIN_WIDTH = 200;

/** Kept free below a redrawn picture: for a warning, and for the cursor. */
const ROWS_BELOW = 3;

/** How a picture is drawn for a terminal; elsewhere lines are not cut to a screen. */
export function viewOptions(terminal: Terminal): ViewOptions {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const width = terminal.isInteractive ? Math.max(40, terminal.columns) : PLAIN_WIDTH;
  return { width, color: terminal.hasColour, zone: timeZone };
}

/** Redraws one picture on a terminal; prints the first picture and then only what is new elsewhere. */
export async function createLiveOutput(output: Output<string>, terminal: Terminal): Promise<LiveOutput> {
  return terminal.isInteractive && output.format === 'text' ? redrawn(terminal) : appended(output, terminal);
}

async function redrawn(terminal: Terminal): Promise<LiveOutput> {
  const { default: logUpdate } = await import('log-update');
  let lines: readonly string[] = [];
  let warning: string | null = null;
  const draw = () => logUpdate([...lines, ...(warning === null ? [] : ['', warning])].join('\n'));
  return {
    show(view) {
      // the size may have changed since the last picture
      lines = fitToRows(view, viewOptions(terminal), terminal.rows - ROWS_BELOW);
      warning = null;
      draw();
    },
    trouble(message) {
      warning = message;
      draw();
    },
    end: () => logUpdate.done(),
  };
}

/** A job log that says nothing for longer looks hung. */
const HEARTBEAT_MS = 60_000;

function appended(output: Output<string>, terminal: Terminal): LiveOutput {
  const options = viewOptions(terminal);
  let last: ReleaseView | null = null;
  let warning: string | null = null;
  let toldAt: Instant | null = null;
  return {
    show(view) {
      const isFirst = last === null || (last.status === null && view.status !== null);
      const lines = isFirst ? renderRelease(view, options) : changeLines(last, view, options);
      const isQuiet = toldAt !== null && view.now - toldAt >= HEARTBEAT_MS;
      for (const line of lines.length === 0 && isQuiet ? heartbeatLines(view, options) : lines) output.line(line);
      if (lines.length > 0 || isQuiet || toldAt === null) toldAt = view.now;
      last = view;
      warning = null;
    },
    trouble(message) {
      if (message !== warning) output.note(message);
      warning = message;
    },
    end: () => {},
  };
}
