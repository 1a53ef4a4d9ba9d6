/** A place in a text that is being taken apart; `start` is where the present token begins. */
export interface Cursor {
  readonly characters: readonly string[];
  start: number;
  at: number;
}

/** The character at the cursor, '' at the end. */
export function peek(cursor: Cursor): string {
  return cursor.characters[cursor.at] ?? '';
}

/** Steps over the next character if it is one of these, and says whether it did. */
export function accept(cursor: Cursor, allowed: string): boolean {
  const character = peek(cursor);
  if (character === '' || !allowed.includes(character)) return false;
  cursor.at += 1;
  return true;
}

/** Steps over all characters that hold. */
export function skipWhile(cursor: Cursor, holds: (character: string) => boolean): void {
  while (cursor.at < cursor.characters.length && holds(peek(cursor))) cursor.at += 1;
}

/** What has been read of the present token. */
export function word(cursor: Cursor): string {
  return cursor.characters.slice(cursor.start, cursor.at).join('');
}

/** A letter or digit of any script, `_` or `$`. */
export function isAlphanumeric(character: string): boolean {
  return /^[\p{L}\p{Nd}_$]$/u.test(character);
}
