import type { KindName } from './wire/kinds.ts';

/** A column of `kubectl get`; priority 1 is shown by `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date';
  readonly jsonPath: string;
  readonly priority?: 1;
}

const text = (name: string, jsonPath: string): PrinterColumn => ({ name, type: 'string', jsonPath });
const integer = (name: string, jsonPath: string): PrinterColumn => ({ name, type: 'integer', jsonPath });
const wide = (column: PrinterColumn): PrinterColumn => ({ ...column, priority: 1 });

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

const COLUMNS: Readonly<Record<KindName, readonly PrinterColumn[]>> = {
  MetricSource: [text('URL', '.spec.url'), text('Scrape', '.spec.scrapeInterval')],
  Cluster: [text('Context', '.spec.access.context'), text('Metrics', '.spec.metrics')],
  Pool: [text('Cluster', '.spec.cluster'), text('Namespace', '.spec.namespace')],
  Tenant: [
    text('Tier', '.spec.tier'),
    { name: 'Weight', type: 'number', jsonPath: '.spec.weight' },
    text('Held at', '.spec.hold.version'),
    wide(text('Id', '.spec.id')),
  ],
  // A path to a list shows its first item only, so these two have nothing that is true in one column.
  Workload: [],
  WavePlan: [],
  Release: [
    text('Workload', '.spec.workload'),
    text('Version', '.spec.version.name'),
    text('Phase', '.status.phase'),
    text('Wave', '.status.wave'),
    text('Plan', '.spec.plan'),
    wide(text('Message', '.status.message')),
  ],
  Approval: [text('Release', '.spec.release'), text('Wave', '.spec.wave'), text('By', '.spec.by')],
  Freeze: [text('Until', '.spec.until'), text('By', '.spec.by'), text('Reason', '.spec.reason')],
  Rollback: [
    text('Release', '.spec.release'),
    text('Scope', '.spec.scope'),
    text('By', '.spec.by'),
    wide(text('Reason', '.spec.reason')),
  ],
  Webhook: [
    text('Format', '.spec.format'),
    text('Severity', '.spec.severity'),
    { name: 'Delivered', type: 'date', jsonPath: '.status.deliveredAt' },
    text('Failure', '.status.failure'),
    wide(text('URL', '.spec.url')),
  ],
  PlanSlice: [text('Release', '.spec.release'), integer('Index', '.spec.index'), integer('Count', '.spec.count')],
  WaveRun: [text('Release', '.spec.release'), text('Wave', '.spec.wave'), integer('Index', '.spec.index')],
};

/** The columns of a kind, its age last. */
export function columnsOf(kind: KindName): readonly PrinterColumn[] {
  return [...COLUMNS[kind], AGE];
}
