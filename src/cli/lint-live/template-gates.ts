import { prepareAnalysis } from '../../analysis/assess/prepare.ts';
import { mergeArgs } from '../../analysis/template/merge-args.ts';
import type { ReadTemplate } from '../../config/analysis-templates.ts';
import type { TemplateArg } from '../../domain/analysis-template.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import { bareSource } from './bare-source.ts';
import type { FleetGates } from './fleet-gates.ts';
import { placeAt } from './fleet-gates.ts';
import { type LiveFinding, toldOf } from './live-finding.ts';
import type { LiveMetric } from './live-gates.ts';

/** What templates by themselves are asked with. */
export interface TemplateSetting {
  /** Values of `--arg`, by name. */
  readonly args: Readonly<Record<string, string>>;
  /** The source of a metric without an address of its own; `null` when nobody said which. */
  readonly source: MetricSourceSpec | null;
}

const SOME_HASH = '0000000001';

/** The metrics of templates that stand in files by themselves. */
export function templateGates(templates: readonly ReadTemplate[], setting: TemplateSetting): FleetGates {
  const parts = templates.map((read) => gatesOf(read, setting));
  return { gates: parts.flatMap(({ gates }) => gates), findings: parts.flatMap(({ findings }) => findings) };
}

function gatesOf({ template, source }: ReadTemplate, setting: TemplateSetting): FleetGates {
  const { kind, name, spec } = template;
  const subject = `${kind} ${name}`;
  const told = toldOf(subject, placeAt(source, ['spec', 'args']));
  const open = spec.args.filter((arg) => valueOf(arg, setting) === null);
  if (open.length > 0) {
    const names = open.map((arg) => arg.name);
    const message = `not looked at: no value for ${names.join(', ')}`;
    return noGates(told.warning('ArgumentMissing', message, names.map((arg) => `--arg ${arg}=…`).join(' ')));
  }
  const given = spec.args.map(
    (arg): TemplateArg => ({ name: arg.name, value: valueOf(arg, setting), valueFrom: null }),
  );
  const merged = mergeArgs(given, spec.args);
  const args = merged.kind === 'problem' ? [] : merged.args;
  const read = prepareAnalysis({ ...spec, args }, { secrets: new Map(), defaultAddress: setting.source?.url ?? null });
  if (read.kind === 'problem') return noGates(told.error(read.reason, read.message, 'mend the template'));
  const hashes = spec.args
    .filter((arg) => isHash(arg) && !Object.hasOwn(setting.args, arg.name))
    .map((arg) => arg.name);
  const values = Object.fromEntries(given.map((arg) => [arg.name, arg.value ?? '']));
  const gates = read.analysis.metrics.flatMap((metric, index): readonly LiveMetric[] => {
    const spot = sourceOf(metric.provider.address, setting);
    if (spot === null) return [];
    return [
      {
        kind: 'metric',
        subject: `${subject}, metric ${metric.name}`,
        place: placeAt(source, ['spec', 'metrics', index]),
        source: spot,
        metric,
        query: spec.metrics[index]?.provider.query ?? '',
        targets: [{ id: name, cluster: null, args: values }],
        latestArgs: hashes.filter((arg) => !arg.includes('stable')),
        stableArgs: hashes.filter((arg) => arg.includes('stable')),
      },
    ];
  });
  if (gates.length === read.analysis.metrics.length) return { gates, findings: [] };
  return {
    gates,
    findings: [told.warning('NoSource', 'not looked at: nobody says which Prometheus to ask', 'give --prometheus URL')],
  };
}

function noGates(finding: LiveFinding): FleetGates {
  return { gates: [], findings: [finding] };
}

/** A value given by hand wins; a pod hash is found in the series. */
function valueOf(arg: TemplateArg, { args }: TemplateSetting): string | null {
  if (Object.hasOwn(args, arg.name)) return args[arg.name]!;
  if (arg.value !== null) return arg.value;
  return isHash(arg) ? SOME_HASH : null;
}

/** By its name: who runs a template fills it in. */
function isHash({ name, value, valueFrom }: TemplateArg): boolean {
  return value === null && valueFrom === null && /(^|-)(latest|stable|canary|pod)?-?hash$/.test(name);
}

function sourceOf(address: string | null, { source }: TemplateSetting): MetricSourceSpec | null {
  if (source !== null) return source;
  return address === null ? null : bareSource(address);
}
