import type { InputIssue } from '../domain/errors.ts';
import { checkBakes } from './checks/bakes.ts';
import { checkContainers } from './checks/containers.ts';
import { checkPlacements } from './checks/placements.ts';
import { checkReferences } from './checks/references.ts';
import { checkTiers } from './checks/tiers.ts';
import { checkUniqueness } from './checks/uniqueness.ts';
import { compareIssues } from './document-source.ts';
import type { KnownDocument } from './known-document.ts';

/** Everything that is wrong between documents, sorted by file and line. Empty: they fit together. */
export function checkInventory(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const checks = [checkUniqueness, checkReferences, checkPlacements, checkTiers, checkContainers, checkBakes];
  return checks.flatMap((check) => check(documents)).sort(compareIssues);
}
