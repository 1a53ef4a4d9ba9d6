import type { RolloutArg, RolloutArgValue } from '../../domain/analysis-template.ts';
import { assertNever } from '../../domain/assert-never.ts';
import type { ArgsReading } from './merge-args.ts';
import { type AnalysisProblem, analysisProblem } from './problem.ts';

/** What a Rollout's arguments are read from, at the step in which the run starts. */
export interface RolloutFacts {
  /** Pod template hash of the new revision. */
  readonly latestHash: string;
  /** That of the stable revision; `null` on a first deploy. */
  readonly stableHash: string | null;
  /** The Rollout as JSON. */
  readonly rollout: unknown;
}

type ValueReading = { readonly kind: 'text'; readonly text: string } | AnalysisProblem;

/** The arguments that a Rollout gives, as texts. A reference that leads nowhere is a problem, whichever argument it is. */
export function rolloutArgs(args: readonly RolloutArg[], facts: RolloutFacts): ArgsReading {
  const values: { readonly name: string; readonly value: string; readonly valueFrom: null }[] = [];
  for (const { name, value } of args) {
    const reading = readValue(value, facts);
    if (reading.kind === 'problem') return reading;
    values.push({ name, value: reading.text, valueFrom: null });
  }
  return { kind: 'args', args: values };
}

function readValue(value: RolloutArgValue, facts: RolloutFacts): ValueReading {
  switch (value.kind) {
    case 'text':
      return value;
    case 'podTemplateHash': {
      const hash = value.of === 'Latest' ? facts.latestHash : facts.stableHash;
      if (hash !== null) return { kind: 'text', text: hash };
      return analysisProblem('NoStableRevision', 'there is no stable revision whose pod template hash could be given');
    }
    case 'fieldRef':
      return readField(value.fieldPath, facts.rollout);
    default:
      return assertNever(value);
  }
}

function readField(path: string, rollout: unknown): ValueReading {
  return path.startsWith('metadata') ? readMetadata(path, rollout) : readPath(path, rollout);
}

const SUBSCRIPT = /^metadata\.(labels|annotations)\['([^']*)'\]$/;
const PLAIN = ['metadata.name', 'metadata.namespace', 'metadata.uid'];

/** Reads metadata as the downward API does. */
function readMetadata(path: string, rollout: unknown): ValueReading {
  const subscript = SUBSCRIPT.exec(path);
  if (subscript !== null) {
    return { kind: 'text', text: textOf(fieldOf(fieldOf(fieldOf(rollout, 'metadata'), subscript[1]!), subscript[2]!)) };
  }
  const field = path.slice('metadata.'.length);
  if (PLAIN.includes(path)) return { kind: 'text', text: textOf(fieldOf(fieldOf(rollout, 'metadata'), field)) };
  if (field !== 'labels' && field !== 'annotations') {
    return analysisProblem('InvalidFieldRef', `unsupported fieldPath: ${path}`);
  }
  const map = (fieldOf(fieldOf(rollout, 'metadata'), field) ?? {}) as Readonly<Record<string, string>>;
  const lines = Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`);
  return { kind: 'text', text: lines.join('\n') };
}

/** Follows names and indexes: `spec.strategy.canary.steps[0].setWeight`. */
function readPath(path: string, rollout: unknown): ValueReading {
  const nowhere = analysisProblem('InvalidFieldRef', `invalid path ${path} in rollout`);
  let value = rollout;
  for (const section of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(value)) {
      if (!/^\d+$/.test(section)) return analysisProblem('InvalidFieldRef', `invalid index '${section}'`);
      if (Number(section) >= value.length) return analysisProblem('InvalidFieldRef', `index ${section} out of range`);
      value = value[Number(section)];
    } else if (typeof value === 'object' && value !== null) value = fieldOf(value, section);
    else return nowhere;
  }
  if (value === null || value === undefined) return nowhere;
  if (typeof value !== 'object') return { kind: 'text', text: textOf(value) };
  return analysisProblem('InvalidFieldRef', `path ${path} in rollout must terminate in a primitive value`);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : `${value as string | number | boolean}`;
}
