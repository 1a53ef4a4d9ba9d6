import type { InputIssue } from '../../domain/errors.ts';
import type { Selector } from '../../domain/wave-plan.ts';
import { ofTier, type PerTier } from '../../domain/workload.ts';
import type { DocumentPath } from '../document-path.ts';
import { compareText, type DocumentSource, issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';
import { suggestion } from '../nearest-name.ts';

/** A tier that tenants have must have its place in every rollback order, its replicas, its objectives and its bounds. */
export function checkTiers(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const tiers = [...new Set(parsedOf(documents, 'Tenant').map(({ value }) => value.tier))].sort(compareText);
  return [...wavePlanTiers(documents, tiers), ...workloadTiers(documents, tiers)];
}

function wavePlanTiers(documents: readonly KnownDocument[], tiers: readonly string[]): readonly InputIssue[] {
  return parsedOf(documents, 'WavePlan').flatMap(({ source, value }) => {
    const { order } = value.rollback;
    const missing = tiers
      .filter((tier) => !order.includes(tier))
      .map((tier) =>
        issueAt(source, ['spec', 'rollback', 'order'], `tier "${tier}" has tenants and is missing in the order`),
      );
    const unknown = value.waves.flatMap((wave, index) =>
      unknownTiers(source, ['spec', 'waves', index, 'select'], wave.select, order),
    );
    return [...missing, ...unknown];
  });
}

/** Tiers that a selector names and the plan's rollback order does not know: most often a slip of the pen. */
function unknownTiers(
  source: DocumentSource,
  path: DocumentPath,
  selector: Selector,
  order: readonly string[],
): readonly InputIssue[] {
  const here = (selector.tiers ?? [])
    .filter((tier) => !order.includes(tier))
    .map((tier) => issueAt(source, path, `tier "${tier}" is missing in rollback.order${suggestion(tier, order)}`));
  return selector.not === null ? here : [...here, ...unknownTiers(source, [...path, 'not'], selector.not, order)];
}

function workloadTiers(documents: readonly KnownDocument[], tiers: readonly string[]): readonly InputIssue[] {
  return parsedOf(documents, 'Workload').flatMap(({ source, value }) => {
    const missing = (values: PerTier<unknown>, path: DocumentPath) =>
      tiers
        .filter((tier) => ofTier(values, tier) === undefined)
        .map((tier) =>
          issueAt(source, path, `tier "${tier}" has tenants and no value here; give it one, or a "default"`, 'key'),
        );
    const slos = value.slos.flatMap((slo, index) => {
      const path: DocumentPath = ['spec', 'slos', index];
      const objective = missing(slo.objective, [...path, 'objective']);
      return slo.kind === 'latency' ? [...objective, ...missing(slo.belowSeconds, [...path, 'below'])] : objective;
    });
    const { kind, replicas } = value.source;
    return [...(replicas === null ? [] : missing(replicas, ['spec', 'source', kind, 'replicas'])), ...slos];
  });
}
