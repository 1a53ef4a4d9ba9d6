import { tagsOf } from '../../analysis/template/substitute.ts';
import { suggestion } from '../../config/nearest-name.ts';
import type { AnalysisSpec, TemplateArg } from '../../domain/analysis-template.ts';
import { badArgument } from '../failure.ts';

/** What `--arg` gives, apart: values of Secrets may not be shown. */
export interface GivenArgs {
  readonly args: readonly TemplateArg[];
  /** By name of the argument. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Reads the `--arg`s for a template. An argument that nothing but the address of a Prometheus is made of is that address.
 *
 * @throws InvalidInput naming every argument that is unknown, given twice, without a value, or missing
 */
export function givenArgs(texts: readonly string[], spec: AnalysisSpec, address: string): GivenArgs {
  const given = new Map<string, string>();
  const wrong: string[] = [];
  const names = spec.args.map(({ name }) => name);
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = at < 0 ? text : text.slice(0, at);
    if (at < 1) wrong.push(`--arg: expected name=value, got "${text}"`);
    else if (!names.includes(name))
      wrong.push(`--arg: the template has no argument "${name}"${suggestion(name, names)}`);
    else if (given.has(name)) wrong.push(`--arg: ${name} is given twice`);
    else given.set(name, text.slice(at + 1));
  }
  for (const name of namesOfAddress(spec)) if (!given.has(name)) given.set(name, address);
  wrong.push(...missingArgs(spec, given));
  if (wrong.length > 0) throw badArgument(...wrong);
  const secret = new Set(spec.args.flatMap((arg) => (arg.valueFrom?.kind === 'secretKeyRef' ? [arg.name] : [])));
  const isSecret = ([name]: readonly [string, string]) => secret.has(name);
  const plain = [...given].filter((one) => !isSecret(one));
  return {
    args: plain.map(([name, value]) => ({ name, value, valueFrom: null })),
    secrets: new Map([...given].filter(isSecret)),
  };
}

function missingArgs({ args }: AnalysisSpec, given: ReadonlyMap<string, string>): readonly string[] {
  return args.flatMap(({ name, value, valueFrom }) => {
    if (given.has(name) || (value !== null && valueFrom === null)) return [];
    const source = valueFrom?.kind === 'secretKeyRef' ? ` (from Secret ${valueFrom.name}, key ${valueFrom.key})` : '';
    return [`argument ${name} has no value${source}: give it by --arg ${name}=VALUE`];
  });
}

/** Arguments without a value of their own that stand in addresses only. */
function namesOfAddress({ args, metrics }: AnalysisSpec): readonly string[] {
  const inAddress = metrics.flatMap(({ provider }) => tagsOf(JSON.stringify(provider.address)));
  const elsewhere = metrics.flatMap((metric) =>
    tagsOf(JSON.stringify({ ...metric, provider: { ...metric.provider, address: null } })),
  );
  return args.flatMap(({ name, value, valueFrom }) => {
    const tag = `args.${name}`;
    const isOnlyAddress = inAddress.includes(tag) && !elsewhere.includes(tag);
    return isOnlyAddress && value === null && valueFrom === null ? [name] : [];
  });
}
