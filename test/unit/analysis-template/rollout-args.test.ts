import { describe, expect, test } from 'vitest';
import { rangeTime } from '../../../src/analysis/template/range-time.ts';
import { rolloutArgs } from '../../../src/analysis/template/rollout-args.ts';
import type { RolloutArgValue } from '../../../src/domain/analysis-template.ts';
import { instant } from '../../../src/domain/time.ts';

const rollout = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u', labels: { b: '2', a: 'x"y' }, annotations: { 'a/b': 'c' } },
  spec: { replicas: 3, paused: false, strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
};
const facts = { latestHash: 'new', stableHash: 'old', rollout };

function valueOf(value: RolloutArgValue, stableHash: string | null = 'old'): string {
  const reading = rolloutArgs([{ name: 'a', value }], { ...facts, stableHash });
  return reading.kind === 'args' ? (reading.args[0]?.value ?? 'nothing') : `${reading.reason}: ${reading.message}`;
}

const field = (fieldPath: string): RolloutArgValue => ({ kind: 'fieldRef', fieldPath });

describe('an argument that a Rollout gives', () => {
  test.for<readonly [string, RolloutArgValue, string]>([
    ['a text', { kind: 'text', text: 'x' }, 'x'],
    ['the new hash', { kind: 'podTemplateHash', of: 'Latest' }, 'new'],
    ['the stable hash', { kind: 'podTemplateHash', of: 'Stable' }, 'old'],
    ['the name', field('metadata.name'), 'web'],
    ['a label', field("metadata.labels['b']"), '2'],
    ['a label that is not there', field("metadata.labels['c']"), ''],
    ['an annotation with a slash', field("metadata.annotations['a/b']"), 'c'],
    ['all labels', field('metadata.labels'), 'a="x\\"y"\nb="2"'],
    ['a number', field('spec.replicas'), '3'],
    ['a truth', field('spec.paused'), 'false'],
    ['an item', field('spec.strategy.canary.steps[0].setWeight'), '20'],
  ])('%s', ([, value, text]) => {
    expect(valueOf(value)).toBe(text);
  });

  test.for<readonly [string, RolloutArgValue, string]>([
    [
      'a part of metadata that is not given',
      field('metadata.generation'),
      'InvalidFieldRef: unsupported fieldPath: metadata.generation',
    ],
    ['a field that is not there', field('spec.nothing'), 'InvalidFieldRef: invalid path spec.nothing in rollout'],
    ['a field that is inherited', field('spec.toString'), 'InvalidFieldRef: invalid path spec.toString in rollout'],
    ['a field of a number', field('spec.replicas.x'), 'InvalidFieldRef: invalid path spec.replicas.x in rollout'],
    ['an index that is none', field('spec.strategy.canary.steps[x]'), "InvalidFieldRef: invalid index 'x'"],
    ['an index past the end', field('spec.strategy.canary.steps[2]'), 'InvalidFieldRef: index 2 out of range'],
    [
      'a map',
      field('spec.strategy'),
      'InvalidFieldRef: path spec.strategy in rollout must terminate in a primitive value',
    ],
  ])('is refused: %s', ([, value, says]) => {
    expect(valueOf(value)).toBe(says);
  });

  test('is refused where there is no stable revision', () => {
    expect(valueOf({ kind: 'podTemplateHash', of: 'Stable' }, null)).toMatch(/^NoStableRevision: /);
  });
});

describe('an edge of a range', () => {
  const now = instant(10_000_000);

  test.for([
    ['now()', 10_000_000],
    [' now( ) ', 10_000_000],
    ['now() - duration("1h")', 6_400_000],
    ["now() - duration('1m') + duration('1s')", 9_941_000],
  ] as const)('%s', ([text, at]) => {
    expect(rangeTime(text, now)).toEqual({ kind: 'at', at });
  });

  test.for([
    ['date("2024-01-01")', 'expected now() or now() - duration("1h"), got "date(\\"2024-01-01\\")"'],
    ['now() - duration("1d")', 'time: unknown unit "d" in duration "1d"'],
    ['now() - 5', 'expected now() or now() - duration("1h"), got "now() - 5"'],
    ['', 'expected now() or now() - duration("1h"), got ""'],
  ] as const)('%s is refused', ([text, message]) => {
    expect(rangeTime(text, now)).toEqual({ kind: 'invalid', message });
  });
});
