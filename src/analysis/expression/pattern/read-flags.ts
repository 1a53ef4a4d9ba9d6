import { badPattern, type Flags, nextOf, type PatternReader, readSince } from './pattern-reader.ts';

/** What a `(?i)` switched, and whether it opens a group as `(?i:` does. */
interface Switched {
  readonly flags: Flags;
  readonly opensGroup: boolean;
}

/** `(?:`, `(?i)`, `(?s-i:`; look-around and all else that Perl has there is refused, as Go does. */
export function readFlags(reader: PatternReader, given: Flags): Switched {
  const start = reader.at;
  reader.at += 2;
  const flags = { ...given };
  let isOn = true;
  let hasNamed = false;
  for (;;) {
    const letter = nextOf(reader);
    reader.at = Math.min(reader.at + 1, reader.characters.length);
    if (letter === 'i' || letter === 'm' || letter === 's') flags[letter] = isOn;
    if ('imsU'.includes(letter) && letter !== '') hasNamed = true;
    else if (letter === '-' && isOn) {
      isOn = false;
      hasNamed = false;
    } else if ((letter === ')' || letter === ':') && (isOn || hasNamed)) return { flags, opensGroup: letter === ':' };
    else throw badPattern(reader, 'invalid or unsupported Perl syntax', readSince(reader, start));
  }
}
