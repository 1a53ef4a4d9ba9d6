/** Deepest nesting of maps and lists that is read. */
export const MAX_DEPTH = 100;

/** What is said of a document that is nested without end. */
export const tooDeep = `nested deeper than ${MAX_DEPTH} levels, or inside itself`;

/** An alias of a parent makes a value that contains itself: no walk over it would end. */
export function isNestedTooDeep(value: unknown, parents: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (parents.length > MAX_DEPTH || parents.includes(value)) return true;
  const here = [...parents, value];
  return Object.values(value).some((child) => isNestedTooDeep(child, here));
}
