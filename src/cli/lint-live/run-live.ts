import { createPlainQueries } from '../../adapters/prometheus/plain-queries.ts';
import type { ReadTemplate } from '../../config/analysis-templates.ts';
import { objectSource } from '../../config/document-source.ts';
import { durationMs } from '../../config/parse/duration.ts';
import { type InputFile, readYamlDocuments } from '../../config/yaml-documents.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/time.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { HubOptions, Output } from '../command.ts';
import { badArgument } from '../failure.ts';
import { bareSource } from './bare-source.ts';
import { fleetGates, type SourceOfWorkload } from './fleet-gates.ts';
import { findingLine } from './live-finding.ts';
import { type LiveReport, lookLive } from './look-live.ts';
import { templateGates } from './template-gates.ts';

/** What `tidegate lint --live` was asked. */
export interface LiveOptions extends Pick<HubOptions, 'kubeconfig' | 'context' | 'namespace'> {
  readonly prometheus?: string;
  readonly arg?: readonly string[];
  readonly seriesBudget: string;
  readonly timeout: string;
}

/** What is looked at. */
export interface LiveSubject {
  readonly input: PlanningInput;
  readonly templates: readonly ReadTemplate[];
  /** Empty when declarations come from the hub. */
  readonly files: readonly InputFile[];
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/** Looks at the gates of declarations and templates against their sources, and tells what it finds. @throws InvalidInput for a wrong option */
export async function runLive(
  subject: LiveSubject,
  options: LiveOptions,
  output: Pick<Output, 'line' | 'note'>,
): Promise<LiveReport> {
  const { seriesBudget, timeoutMs, args } = readOptions(options);
  const { input, templates, now } = subject;
  const asked = options.prometheus === undefined ? input : at(input, options.prometheus);
  const fleet = fleetGates(asked, workloadSources(subject.files), now);
  const own = templateGates(templates, { args, source: sourceOfTemplates(asked, options.prometheus) });
  const connections = sourceOpener(options);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const report = await lookLive([...fleet.gates, ...own.gates], {
      at: now,
      seriesBudget,
      open: connections.open,
      signal: AbortSignal.any([subject.signal, deadline]),
      onDone: (gate, done, of) => output.note(`${done} of ${of}: ${gate}`),
    });
    const findings = [...fleet.findings, ...own.findings, ...report.findings];
    for (const finding of findings) output.line(findingLine(finding));
    return { ...report, findings };
  } finally {
    await connections.close();
  }
}

function readOptions(options: LiveOptions): {
  readonly seriesBudget: number;
  readonly timeoutMs: number;
  readonly args: Readonly<Record<string, string>>;
} {
  const seriesBudget = Number(options.seriesBudget);
  if (!Number.isSafeInteger(seriesBudget) || seriesBudget < 1)
    throw badArgument(`--series-budget: expected a number of series from 1 on, got "${options.seriesBudget}"`);
  if (!/^(\d+(h|ms|m|s))+$/.test(options.timeout))
    throw badArgument(`--timeout: expected a duration such as 2m, got "${options.timeout}"`);
  const timeoutMs = durationMs(options.timeout);
  if (options.prometheus !== undefined && !/^https?:\/\/[^/]/.test(options.prometheus))
    throw badArgument(`--prometheus: expected an address such as http://localhost:9090, got "${options.prometheus}"`);
  const pairs = (options.arg ?? []).map((text) => {
    const place = text.indexOf('=');
    if (place < 1) throw badArgument(`--arg: expected name=value, got "${text}"`);
    return [text.slice(0, place), text.slice(place + 1)] as const;
  });
  return { seriesBudget, timeoutMs, args: Object.fromEntries(pairs) };
}

/** Every source of the fleet behind one address, without credentials. */
function at(input: PlanningInput, url: string): PlanningInput {
  const metricSources = input.fleet.metricSources.map(
    (source): MetricSourceSpec => ({ ...source, url, auth: { kind: 'none' }, headers: {} }),
  );
  return { ...input, fleet: { ...input.fleet, metricSources } };
}

/** The only source of the fleet, or the address that was given. */
function sourceOfTemplates({ fleet }: PlanningInput, url: string | undefined): MetricSourceSpec | null {
  const [first, ...others] = fleet.metricSources;
  if (first !== undefined && others.length === 0) return first;
  return url === undefined ? null : bareSource(url);
}

/** Where each workload is written: a file's document, or an object of the hub. */
function workloadSources(files: readonly InputFile[]): SourceOfWorkload {
  const documents = files.flatMap((file) => readYamlDocuments(file).documents);
  const known = new Map(
    documents.flatMap(({ value, source }) => {
      const { kind, metadata } = (value ?? {}) as {
        readonly kind?: unknown;
        readonly metadata?: { readonly name?: unknown };
      };
      return kind === 'Workload' && typeof metadata?.name === 'string' ? [[metadata.name, source] as const] : [];
    }),
  );
  return (workload) => known.get(workload) ?? objectSource(`Workload/${workload}`);
}

/** Connects to the hub only where a source's credentials are kept there. */
function sourceOpener(options: LiveOptions) {
  let connecting: ReturnType<typeof connect> | null = null;
  const connect = async () => (await import('../composition.ts')).connectHub(options);
  return {
    open: async (source: MetricSourceSpec) => {
      if (source.auth.kind === 'none') return createPlainQueries(source);
      connecting ??= connect();
      return (await connecting).openQueries(source);
    },
    close: async () => {
      if (connecting !== null) await (await connecting).close();
    },
  };
}
