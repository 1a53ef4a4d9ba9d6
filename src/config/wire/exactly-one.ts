import { z } from 'zod';

/**
 * A union as optional keys of which exactly one is given; `alternatives` are the keys that each variant needs.
 * Keys in no alternative are free.
 */
export function exactlyOne<S extends z.core.$ZodShape>(shape: S, alternatives: readonly (readonly string[])[]) {
  const spoken = alternatives.map((keys) => keys.join(' and ')).join(', ');
  const among = [...new Set(alternatives.flat())];
  return z
    .strictObject(shape)
    .refine(
      (value) => {
        const given = among.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
        return alternatives.some((keys) => keys.length === given.length && keys.every((key) => given.includes(key)));
      },
      { error: `expected exactly one of ${spoken}`, when: ({ value }) => isMap(value) },
    )
    .meta({ oneOf: alternatives.map((required) => ({ required: [...required] })) });
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
