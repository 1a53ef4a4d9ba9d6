/** Replaces `${name}` in every string of a value. @throws Error for a name that nothing is known of */
export function fillIn<Value>(value: Value, valueOf: (name: string) => string | undefined): Value {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const found = valueOf(name);
      if (found === undefined) throw new Error(`nothing is known of \${${name}}`);
      return found;
    }) as Value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fillIn(item, valueOf)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, valueOf)])) as Value;
}

/** What a JSON pointer leads to; `undefined` where it leads nowhere. */
export function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    found = (found as Record<string, unknown> | undefined | null)?.[key];
  }
  return found;
}
