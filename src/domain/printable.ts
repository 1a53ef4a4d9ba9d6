/** Controls, line ends, marks that turn the direction of writing, invisible ones, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Longest text that is repeated, in characters. */
const LONGEST = 2000;

/** A text from outside as one line that a terminal shows just as it stands: what is not seen becomes its code, `\u202e`. */
export function printable(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replaceAll(UNSEEN, (unseen) => `\\u${unseen.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
