/** One thing taken out of the source. */
export interface Mutation {
  readonly name: string;
  /** Path from the root of the tree. */
  readonly file: string;
  /** Text that stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The file's text with the mutation in it. @throws Error when `find` does not stand in it exactly once. */
export function mutate(text: string, { name, file, find, replace }: Mutation): string {
  const count = text.split(find).length - 1;
  if (count !== 1) {
    throw new Error(`mutating ${file} for "${name}": its text to find stands there ${count} times, adapt the mutation`);
  }
  return text.replace(find, () => replace);
}
