/** A place inside a document, from its root: `['spec', 'waves', 1, 'steps', 0]`. */
export type DocumentPath = readonly (string | number)[];

const PLAIN = /^[A-Za-z_][\w-]*$/;

/** `spec.waves[1].steps[0]`; keys that are no plain words are quoted: `metadata.labels["a/b"]`. */
export function formatPath(path: DocumentPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!PLAIN.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
