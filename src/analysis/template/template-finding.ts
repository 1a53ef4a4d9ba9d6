/** Something wrong with a template, and the field that shows it. */
export interface TemplateFinding {
  /** From the root of the document: `['spec', 'metrics', 0, 'count']`. */
  readonly path: FindingPath;
  /** PascalCase constant. */
  readonly reason: string;
  readonly message: string;
}

/** A field of a document, from its root. */
export type FindingPath = readonly (string | number)[];
