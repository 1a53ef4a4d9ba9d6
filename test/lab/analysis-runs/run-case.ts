import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the scripted Prometheus answers: a list is a vector, a number or text a scalar. */
export type ScriptedAnswer = readonly Sample[] | Sample | SpecialAnswer;

/** A number, or `NaN`, `+Inf`, `-Inf`, `-0` as text. */
export type Sample = number | string;

export interface SpecialAnswer {
  readonly vector?: readonly Sample[];
  readonly matrix?: readonly (readonly Sample[])[];
  readonly string?: string;
  readonly warnings?: readonly string[];
  /** HTTP status of an answer that is none. */
  readonly status?: number;
  /** Type and text of an error that Prometheus itself gives. */
  readonly error?: readonly [string, string];
  /** The error that a client makes of it. */
  readonly says?: string;
}

/** A run to make and what its Prometheus answers; metrics are written without what all have in common. */
export interface RunCase {
  readonly title: string;
  readonly args?: readonly object[];
  readonly metrics: readonly CaseMetric[];
  readonly dryRun?: readonly object[];
  readonly measurementRetention?: readonly object[];
  readonly terminate?: boolean;
  /** By name of the metric, in the order of the questions; the last one is given again and again. */
  readonly answers?: Readonly<Record<string, readonly ScriptedAnswer[]>>;
  /** How the run comes to its end. @default by itself */
  readonly ends?: 'running' | 'stopped';
  /** What our reader says of it, where it refuses what Argo takes. */
  readonly refused?: string;
}

export interface CaseMetric {
  readonly name: string;
  readonly initialDelay?: string;
  readonly provider?: { readonly prometheus?: object };
  readonly [field: string]: unknown;
}

/** Every case of the YAML files beside this one. */
export function readRunCases(): readonly RunCase[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')) as RunCase[]);
}

/** The k-th answer to a metric's question. */
export function answerOf(run: RunCase, metric: number, question: number): ScriptedAnswer {
  const script = run.answers?.[run.metrics[metric]!.name] ?? [[1]];
  return script[Math.min(question, script.length - 1)]!;
}

/** An answer with every part of it named. */
export function special(answer: ScriptedAnswer): SpecialAnswer & { readonly scalar?: Sample } {
  if (typeof answer === 'number' || typeof answer === 'string') return { scalar: answer };
  return isVector(answer) ? { vector: answer } : answer;
}

function isVector(answer: ScriptedAnswer): answer is readonly Sample[] {
  return Array.isArray(answer);
}

/** A sample as Prometheus writes it. */
export function sampleNumber(sample: Sample): number {
  return Number(String(sample).replace('Inf', 'Infinity'));
}
