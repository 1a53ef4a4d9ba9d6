/** `[host[:port]/]path[:tag][@sha256:…]` */
const REFERENCE =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[-._/][a-z0-9._-]+)*(?::(?<tag>[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
const MOST_CHARACTERS = 512;

/** What is wrong with the reference of an image that the daemon is to run from; `null`: nothing. It names one version, by a tag or a digest. */
export function imageFault(reference: string): string | null {
  const match = reference.length <= MOST_CHARACTERS ? REFERENCE.exec(reference) : null;
  if (match === null) return 'is no reference of an image';
  const { tag, digest } = match.groups ?? {};
  if (digest !== undefined) return null;
  if (tag === undefined) return 'names no version';
  return tag === 'latest' ? 'names another image every day' : null;
}

/** The version that a tag says, `1.2.3` of `tidegate:v1.2.3`; `null` where it says none. */
export function versionOfImage(reference: string): string | null {
  const tag = REFERENCE.exec(reference)?.groups?.['tag'] ?? '';
  return /^v?(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? null;
}
