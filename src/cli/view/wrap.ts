import { type Line, span } from './line.ts';

/** A line over several, broken between words; the later ones are indented. What matters most must not be cut. */
export function wrap(line: Line, width: number, indent = 4): readonly Line[] {
  const words = line.flatMap(({ text, style }) => text.split(/(?<= )/).map((word) => ({ text: word, style })));
  const lines: (typeof words)[] = [[]];
  let used = 0;
  for (const word of words) {
    if (used > indent && used + word.text.trimEnd().length > width) {
      lines.push([span(' '.repeat(indent))]);
      used = indent;
    }
    lines.at(-1)!.push(word);
    used += word.text.length;
  }
  return lines;
}
