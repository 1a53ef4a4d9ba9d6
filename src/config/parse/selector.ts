import type { Selector } from '../../domain/wave-plan.ts';

/** A selector as people write it. */
export interface WireSelector {
  readonly tier?: string | undefined;
  readonly tiers?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly not?: WireSelector | undefined;
  readonly rest?: true | undefined;
}

/** A selector as the domain knows it. */
export function parseSelector(selector: WireSelector): Selector {
  return {
    tiers: selector.tier === undefined ? (selector.tiers ?? null) : [selector.tier],
    labels: selector.labels ?? {},
    not: selector.not === undefined ? null : parseSelector(selector.not),
    rest: selector.rest ?? false,
  };
}
