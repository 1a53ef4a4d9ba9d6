/**
 * Text as Argo's language sees it: a sequence of UTF-8 bytes. `len`, slices, order and `contains` work on bytes, so strings are held as
 * texts in which each character is one byte.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const chunkBytes = 8192;

/** The bytes of a text, a character each. */
export function bytesOfText(text: string): string {
  if (isAscii(text)) return text;
  const bytes = encoder.encode(text);
  let result = '';
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    result += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  }
  return result;
}

/** The text of bytes; what is no UTF-8 becomes U+FFFD. */
export function textOfBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** The code points of bytes, as Go's regular expressions read them: each byte that begins no character is one U+FFFD. */
export function codePointsOfBytes(bytes: string): readonly number[] {
  const points: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { point, size } = decodeAt(bytes, at);
    points.push(point);
    at += size;
  }
  return points;
}

/** Whether the bytes are UTF-8 from end to end. */
export function isValidUtf8(bytes: string): boolean {
  return bytesOfText(textOfBytes(bytes)) === bytes;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function decodeAt(bytes: string, at: number): { readonly point: number; readonly size: number } {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { point: first, size: 1 };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const character = bytes.slice(at, at + size);
  if (first < 0xc2 || first > 0xf4 || character.length < size || !isValidUtf8(character))
    return { point: 0xfffd, size: 1 };
  return { point: textOfBytes(character).codePointAt(0) ?? 0xfffd, size };
}
