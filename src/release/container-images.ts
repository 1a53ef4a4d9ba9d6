/** A container of a live pod template. */
export interface LiveContainer {
  readonly name: string;
  readonly image: string;
  /** Where it stands below the template: `/spec/containers/0`. */
  readonly path: string;
}

/** Containers and init containers of a pod template, wherever it comes from. */
export function liveContainers(template: unknown): readonly LiveContainer[] {
  const spec = (template as { readonly spec?: Readonly<Record<string, unknown>> } | undefined)?.spec ?? {};
  return ['containers', 'initContainers'].flatMap((list) => {
    const found = spec[list];
    if (!Array.isArray(found)) return [];
    return (found as readonly (Readonly<Record<string, unknown>> | null)[]).map((container, index) => ({
      name: textOf(container?.['name']),
      image: textOf(container?.['image']),
      path: `/spec/${list}/${index}`,
    }));
  });
}

/** Container → image. */
export function imagesOf(template: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(liveContainers(template).map(({ name, image }) => [name, image]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
