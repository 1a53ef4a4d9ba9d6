import type { PlanFinding } from '../domain/plan.ts';
import type { GeneratedWorkload, JsonObject } from '../domain/workload.ts';
import { inCanonicalOrder } from '../manifests/canonical-json.ts';
import { configReferences } from '../manifests/config-references.ts';
import {
  type PlaceholderValues,
  placeholderNames,
  placeholdersIn,
  placeholderValues,
  substitute,
} from '../manifests/placeholders.ts';
import { containersOf, podTemplate, type RenderedVersion } from '../manifests/pod-template.ts';
import { error, warning } from './findings.ts';
import type { ResolvedTarget } from './resolve-targets.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** The pod template of a tier, and the placeholders that still stand in it. */
interface TierTemplate {
  readonly template: JsonObject;
  readonly placeholders: readonly string[];
}

/** The pod templates of a release: one a tier, one a target only where placeholders tell targets apart. */
export interface PodTemplates {
  readonly of: (target: ResolvedTarget) => JsonObject;
  readonly findings: readonly PlanFinding[];
}

/** Of a workload whose templates are others'. */
export const NO_TEMPLATES: PodTemplates = { of: () => ({}), findings: [] };

/** Prepares the templates of every tier that `targets` have, and says what is wrong with them. */
export function podTemplates(
  workload: GeneratedWorkload,
  version: RenderedVersion,
  targets: readonly ResolvedTarget[],
): PodTemplates {
  const tiers = [...new Set(targets.map((target) => target.tier))];
  const byTier = new Map(tiers.map((tier) => [tier, tierTemplate(workload, tier, version)]));
  const findings = [...byTier.values()].flatMap((tier) => templateFindings(workload, version, tier));
  const poolTiers = targets.filter((target) => target.owner.kind === 'pool');
  findings.push(...poolTiers.flatMap((pool) => poolFindings(pool, byTier.get(pool.tier))));
  const of = (target: ResolvedTarget): JsonObject => {
    const tier = byTier.get(target.tier) ?? tierTemplate(workload, target.tier, version);
    return tier.placeholders.length === 0 ? tier.template : substitute(tier.template, valuesOf(target));
  };
  return { of, findings };
}

function tierTemplate(workload: GeneratedWorkload, tier: string, version: RenderedVersion): TierTemplate {
  const template = inCanonicalOrder(podTemplate(workload, tier, version));
  return { template, placeholders: placeholdersIn(template) };
}

/** What the placeholders stand for at a target. */
export function valuesOf(target: ResolvedTarget): PlaceholderValues {
  return placeholderValues(target, target.owner.kind === 'tenant' ? (target.tenants[0] ?? null) : null);
}

function templateFindings(
  workload: GeneratedWorkload,
  version: RenderedVersion,
  { template, placeholders }: TierTemplate,
): readonly PlanFinding[] {
  const subject = `workload ${workload.name}`;
  const containers = containersOf(template);
  const known = new Set(containers.map((container) => container.name));
  return [
    ...Object.keys(version.images)
      .filter((name) => !known.has(name))
      .map((name) =>
        error(
          'UnknownContainer',
          subject,
          `the release has an image for container ${name}, the template has ${[...known].join(', ')}`,
        ),
      ),
    ...containers
      .filter((container) => !DIGEST.test(container.image))
      .map(({ name, image }) =>
        error(
          'ImageNotPinned',
          subject,
          `container ${name} has image ${image || '(none)'}: give it one with @sha256:…`,
        ),
      ),
    ...placeholders
      .filter((name) => !(placeholderNames as readonly string[]).includes(name))
      .map((name) =>
        error('UnknownPlaceholder', subject, `the template uses \${${name}}, known are ${placeholderNames.join(', ')}`),
      ),
    ...configReferences(template).map(({ kind, name }) =>
      warning(
        'ConfigOutsideRollback',
        `${kind} ${name}`,
        'the template reads it by name: what is in it does not roll back with the version',
      ),
    ),
  ];
}

function poolFindings(pool: ResolvedTarget, tier: TierTemplate | undefined): readonly PlanFinding[] {
  const used = (tier?.placeholders ?? []).filter((name) => name.startsWith('tenant.'));
  return used.map((name) =>
    error(
      'PoolHasNoTenant',
      `pool ${pool.owner.name}`,
      `the template uses \${${name}}, but the pool serves many tenants`,
    ),
  );
}
