/** What Go's JSON encoder writes as an escape although JSON does not ask for it. */
const HTML = /[<>&\u2028\u2029]/g;

/** A value as Go's JSON encoder writes it. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The first character after a backslash that JSON does not know, anywhere in a JSON text; `null` when all are known. */
export function firstBadEscape(json: string): string | null {
  for (const [, bad] of json.matchAll(/\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]|(.))/gsu)) if (bad !== undefined) return bad;
  return null;
}
