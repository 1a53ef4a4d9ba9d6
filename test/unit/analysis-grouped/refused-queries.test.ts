import { describe, expect, it } from 'vitest';
import { groupQuery } from '../../../src/analysis/grouped/group-query.ts';
import type { RefusalReason } from '../../../src/analysis/grouped/refusal.ts';

/** `N` and `H` stand for matchers with arguments, to keep the columns readable. */
const written = (query: string) =>
  query
    .replaceAll('N', 'ns="{{args.ns}}"')
    .replaceAll('H', 'hash="{{args.hash}}"')
    .replaceAll('S', 'hash="{{args.stable}}"');

describe('groupQuery refuses', () => {
  it.each<readonly [string, string, RefusalReason, string]>([
    ['a default inside of an expression', '1 - (sum(x{N}) or vector(0))', 'ConstantBranch', 'or vector'],
    ['a default beside rows with labels', 'sum by (pod) (x{N}) or vector(0)', 'ConstantBranch', 'or vector'],
    ['a default beside a label that stays', 'sum by (ns) (x{N}) or vector(0)', 'ConstantBranch', 'or vector'],
    ['a default that is an expression', 'sum(x{N}) or vector(time())', 'ConstantBranch', 'or vector'],
    ['an alternative for all', 'sum(x{N}) or sum(y)', 'ConstantBranch', 'or sum'],
    ['a row for all, unless', 'sum(y) unless sum(x{N})', 'LabelsDiffer', 'unless'],
    ['a scalar', 'scalar(sum(x{N}))', 'TurnsIntoScalar', 'scalar'],
    ['a scalar as a parameter', 'clamp_max(y, scalar(sum(x{N})))', 'TurnsIntoScalar', 'scalar'],
    ['a scalar made a vector again', 'vector(scalar(x{N}))', 'TurnsIntoScalar', 'scalar'],
    ['absence', 'absent(x{N})', 'AnswersAbsence', 'absent'],
    ['absence over time', 'absent_over_time(x{N}[5m])', 'AnswersAbsence', 'absent_over_time'],
    ['a label that is written', 'label_replace(x{N}, "ns", "$1", "pod", "(.*)")', 'LabelRewritten', 'label_replace'],
    ['a label that is joined', 'label_join(x{N}, "ns", "-", "pod", "node")', 'LabelRewritten', 'label_join'],
    [
      'a label that was summed away and is read',
      'label_replace(sum(x{N}), "a", "$1", "ns", "(.*)")',
      'LabelRewritten',
      'label_replace',
    ],
    [
      'a label written for the other side',
      'label_replace(x{N}, "hash", "$1", "pod", "(.*)") + y{H}',
      'LabelRewritten',
      'label_replace',
    ],
    [
      'a label named by an escape',
      String.raw`label_replace(x{N}, "n\x73", "$1", "pod", "(.*)")`,
      'NotSupported',
      'label_replace',
    ],
    ['without the label', 'sum without (ns) (x{N})', 'LabelRemoved', 'without'],
    ['ignoring the label', 'sum(x{N}) / ignoring (ns) sum(y{N})', 'LabelIgnored', '/'],
    ['a label that the join copies', 'x{N} * on (pod) group_left (ns) y{N}', 'LabelRewritten', '*'],
    ['counted values', 'count_values("v", x{N})', 'SelectsAcrossGroups', 'count_values'],
    ['a share of the series', 'limit_ratio(0.1, x{N})', 'SelectsAcrossGroups', 'limit_ratio'],
    ['some of the series', 'limitk(2, x{N})', 'SelectsAcrossGroups', 'limitk'],
    ['the highest', 'topk(3, x{N})', 'SelectsAcrossGroups', 'topk'],
    ['the lowest', 'sum(bottomk by (ns) (3, x{N}))', 'SelectsAcrossGroups', 'bottomk'],
    ['an order', 'sort(x{N})', 'OrderedOverall', 'sort'],
    ['an order downwards', 'sort_desc(sum by (pod) (x{N}))', 'OrderedOverall', 'sort_desc'],
    ['a threshold per target', 'sum(x{N}) > {{args.limit}}', 'ArgumentOutsideMatcher', '{{args.limit}}'],
    ['a window per target', 'rate(x{N}[{{args.window}}])', 'ArgumentOutsideMatcher', '{{args.window}}'],
    ['a metric per target', 'sum({{args.metric}}{N})', 'ArgumentOutsideMatcher', '{{args.metric}}'],
    ['a metric per target in braces', 'sum({__name__="{{args.metric}}",N})', 'ArgumentOutsideMatcher', '__name__'],
    [
      'an argument in another text',
      'label_replace(x{N}, "a", "{{args.ns}}", "", "")',
      'ArgumentOutsideMatcher',
      '"{{args.ns}}"',
    ],
    ['a regular expression', 'sum(x{ns=~"{{args.ns}}"})', 'ArgumentInRegex', 'ns=~'],
    ['a part of one', 'sum(x{ns=~"{{args.ns}}-.*"})', 'ArgumentInRegex', 'ns=~'],
    ['a negation', 'sum(x{ns!="{{args.ns}}"})', 'ArgumentNegated', 'ns!='],
    ['a negated regular expression', 'sum(x{ns!~"{{args.ns}}"})', 'ArgumentNegated', 'ns!~'],
    ['two values of one label', 'sum(x{H}) / sum(x{S})', 'ArgumentsDiffer', 'hash="{{args.stable}}"'],
    ['one label twice', 'sum(x{N,N})', 'ArgumentsDiffer', 'ns="{{args.ns}}"}'],
    ['sides that share no label', 'sum(x{N}) / sum(y{H})', 'LabelsDiffer', '/'],
    ['a label that is summed away on one side', 'sum by (ns) (x{N}) / sum(y{N})', 'LabelsDiffer', '/'],
    ['a join by a label that is summed away', 'sum(x{N}) / on (ns) sum by (ns) (y)', 'LabelsDiffer', '/'],
    ['a narrower left side', 'x{N} and y{N,H}', 'LabelsDiffer', 'and'],
    ['alternatives by other labels', 'sum(x{N}) or sum(y{N,H})', 'LabelsDiffer', 'or sum'],
    ['unknown labels of all', 'sum(x{N}) / y', 'LabelsUnknown', '/ y'],
    ['unknown labels beside all, by one', 'x{N} / on (code) sum by (code) (y)', 'LabelsUnknown', '/ on'],
    [
      'pods that one for all would answer',
      'sum by (pod) (x{N}) / ignoring (pod) sum(y)',
      'LabelsUnknown',
      '/ ignoring',
    ],
    ['metrics that one for all would answer', 'sum by (__name__) (x{N}) / sum(y)', 'LabelsUnknown', '/ sum'],
    ['names in the join', 'x{N} / on (__name__) y{N}', 'NotSupported', '/ on'],
    ['an unknown function', 'info(x{N})', 'NotSupported', 'info'],
    ['a label in quotes', 'sum by ("a.b") (x{N})', 'NotSupported', 'by ('],
    ['a range', 'x{N}[5m]', 'NotAVector', ''],
    ['a text', '"a"', 'NotAVector', ''],
    ['half a query', 'sum(x{N}', 'QueryNotUnderstood', ''],
    ['nothing', '', 'QueryNotUnderstood', ''],
    ['a deep query', `${'('.repeat(200)}x{N}${')'.repeat(200)}`, 'TooLarge', '('],
    ['a long query', `x{N} + ${'1 + '.repeat(5000)}1`, 'TooLarge', ''],
  ])('%s', (_, short, reason, place) => {
    const query = written(short);
    const refused = groupQuery(query);
    if (refused.kind !== 'perTarget') throw new Error(`not refused: ${refused.query}`);
    expect(refused.reason).toBe(reason);
    const at = query.slice(refused.position - 1);
    if (place !== '') expect(at.slice(0, written(place).length)).toBe(written(place));
    expect(refused.message).toMatch(/^[^A-Z].*[^.]$/);
  });

  it('says whose arguments stand in the way', () => {
    const names = (query: string) => {
      const refused = groupQuery(written(query));
      return refused.kind === 'perTarget' ? refused.argNames : [];
    };
    expect(names('sum(x{N,H}) / sum(x{N,S})')).toEqual(['hash', 'stable']);
    expect(names('sum(x{N}) > {{args.limit}}')).toEqual(['limit']);
    expect(names('sum(x{N}) or vector(0) > 1')).toEqual([]);
  });
});
