/** Edits (insert, delete, replace, swap of neighbours) between two words; optimal string alignment. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length]!;
}

/** Longest word that is compared; longer ones have no nearest name. */
const LONGEST = 100;

/** The known name that `given` was probably meant to be; `null` when none is near. Case does not count. */
export function nearestName(given: string, known: Iterable<string>): string | null {
  if (given.length > LONGEST) return null;
  const wanted = given.toLowerCase();
  let nearest: { readonly name: string; readonly distance: number } | null = null;
  for (const name of [...known].sort()) {
    if (Math.abs(name.length - given.length) > allowed(given, name)) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= allowed(given, name) && (nearest === null || distance < nearest.distance)) {
      nearest = { name, distance };
    }
  }
  return nearest?.name ?? null;
}

/** A third of the longer word, at least one edit. */
function allowed(given: string, name: string): number {
  return Math.max(1, Math.floor(Math.max(given.length, name.length) / 3));
}

/** Names listed at most in a message. */
const LISTED = 12;

/** `; did you mean "tier"?`, or `; known are a, b, c`, or nothing when there is nothing to offer. */
export function suggestion(given: string, known: Iterable<string>): string {
  const names = [...new Set(known)].sort();
  const nearest = nearestName(given, names);
  if (nearest !== null) return `; did you mean "${nearest}"?`;
  if (names.length === 0) return '';
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return `; known are ${names.slice(0, LISTED).join(', ')}${more}`;
}
