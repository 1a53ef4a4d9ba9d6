import { readFileSync } from 'node:fs';

const topics: unknown = JSON.parse(readFileSync(new URL('handwritten.json', import.meta.url), 'utf8'));

/**
 * Expressions that people write or get wrong, by topic in `handwritten.json`: what stands in templates every day; numbers of two types;
 * names, indices and slices; what is decided before anything is evaluated; closures; text and patterns; and what is hardly a text at all.
 */
export const handwritten: readonly string[] = Object.values(topics as Record<string, readonly string[]>).flat();
