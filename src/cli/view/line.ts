import pc from 'picocolors';

/** How a piece of text looks; never the only thing that tells what it means. */
export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'busy' | 'bad';

/** A piece of text in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of text before it is cut and painted. */
export type Line = readonly Span[];

/** A piece of text. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** Pieces with two spaces between them; empty ones are left out. */
export function spaced(...spans: readonly Span[]): Line {
  const shown = spans.filter((one) => one.text !== '');
  return shown.flatMap((one, index) => (index === 0 ? [one] : [span('  '), one]));
}

/** The line as text of at most `width` characters, in colour or without. */
export function paint(line: Line, width: number, hasColor: boolean): string {
  const colors = pc.createColors(hasColor);
  const painters: Readonly<Record<Style, (text: string) => string>> = {
    plain: (text) => text,
    bold: colors.bold,
    dim: colors.dim,
    good: colors.green,
    busy: colors.cyan,
    bad: colors.red,
  };
  return cut(line, width)
    .map(({ text, style }) => painters[style](text))
    .join('')
    .trimEnd();
}

function cut(line: Line, width: number): Line {
  const length = line.reduce((sum, { text }) => sum + text.length, 0);
  if (length <= width) return line;
  const kept: Span[] = [];
  let left = Math.max(1, width) - 1;
  for (const { text, style } of line) {
    if (left < text.length) {
      kept.push({ text: `${text.slice(0, left)}…`, style });
      break;
    }
    kept.push({ text, style });
    left -= text.length;
  }
  return kept;
}
