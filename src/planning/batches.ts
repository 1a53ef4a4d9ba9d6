/** Cuts a list into runs of at most `size`: the targets that are in flight together, as the forecast sees them. */
export function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const width = Math.max(1, size);
  return Array.from({ length: Math.ceil(items.length / width) }, (_, index) =>
    items.slice(index * width, (index + 1) * width),
  );
}
