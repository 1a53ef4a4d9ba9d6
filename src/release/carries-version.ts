import type { ObservedTarget } from './observed-target.ts';
import type { IndexedTarget } from './plan-index.ts';

/** Whether the live template is this release's: all of it, or of an adopted Rollout the images that are ours. */
export function carriesVersion(indexed: IndexedTarget, observed: ObservedTarget): boolean {
  const { ownedImages } = indexed;
  if (ownedImages === null) return observed.templateDigest === indexed.templateDigest;
  return Object.entries(ownedImages).every(([container, image]) => observed.images[container] === image);
}
