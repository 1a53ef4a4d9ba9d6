import type { Output, Terminal } from '../command.ts';
import { changeLines } from '../view/change-lines.ts';
import { type Line, paint, type Style, span } from '../view/line.ts';
import type { ReleaseView, ViewOptions } from '../view/release-view.ts';
import { renderRelease } from '../view/render-release.ts';

/** Where the story is told. */
export interface Stage {
  /** A heading. */
  chapter(title: string): void;
  /** A sentence. */
  say(text: string, style?: Style): void;
  line(line: Line): void;
  /** The picture of a release: redrawn on a terminal, only what is new elsewhere. */
  show(view: ReleaseView): void;
  /** Leaves the last picture standing; the next one stands below it. */
  settle(): void;
  /** Gives the terminal back. */
  end(): void;
  readonly zone: string;
}

const PLAIN_WIDTH = 200;
const STORY_LINES = 4;

/** A stage on the terminal of a command. */
export async function createStage(output: Output<string>, terminal: Terminal): Promise<Stage> {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  const isDrawn = terminal.isInteractive && output.format === 'text';
  const options = (): ViewOptions => ({
    width: isDrawn ? Math.max(40, terminal.columns) : PLAIN_WIDTH,
    color: isDrawn && terminal.hasColour,
    zone,
    storyLines: STORY_LINES,
  });
  const canvas = isDrawn ? await drawnCanvas(terminal) : plainCanvas(output);
  const line = (one: Line) => canvas.write(paint(one, Number.MAX_SAFE_INTEGER, options().color));
  return {
    chapter(title) {
      canvas.write('');
      line([span(`== ${title}`, 'bold')]);
    },
    say: (text, style = 'plain') => line([span(text, style)]),
    line,
    show: (view) => canvas.show(view, options()),
    settle: () => canvas.settle(),
    end: () => canvas.settle(),
    zone,
  };
}

interface Canvas {
  write(text: string): void;
  show(view: ReleaseView, options: ViewOptions): void;
  settle(): void;
}

/** Sentences scroll by above one picture that stays at the bottom. */
async function drawnCanvas(terminal: Terminal): Promise<Canvas> {
  const { default: logUpdate } = await import('log-update');
  let picture: string | null = null;
  return {
    write(text) {
      logUpdate.clear();
      terminal.write(`${text}\n`);
      if (picture !== null) logUpdate(picture);
    },
    show(view, options) {
      picture = `\n${renderRelease(view, options).join('\n')}`;
      logUpdate(picture);
    },
    settle() {
      if (picture !== null) logUpdate.done();
      picture = null;
    },
  };
}

function plainCanvas(output: Output<string>): Canvas {
  let last: ReleaseView | null = null;
  return {
    write: (text) => output.line(text),
    show(view, options) {
      for (const line of changeLines(last, view, options)) output.line(`   ${line}`);
      last = view;
    },
    settle() {
      last = null;
    },
  };
}
