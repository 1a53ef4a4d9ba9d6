import { type Chance, pick, some } from './grouped-fleet.ts';

const metrics = ['requests_total', 'errors_total', 'cpu', 'limits', 'pod_info', 'seconds_bucket'];
const labels = ['namespace', 'tenant', 'hash', 'pod', 'code'];
const operators = ['+', '/', '*', '-', '>', '<', '==', '> bool', 'and', 'or', 'unless'];

/** A query that may or may not mean anything; most of its parts ask for arguments. */
export function randomQuery(chance: Chance, depth = 3): string {
  const less = () => randomQuery(chance, depth - 1);
  if (depth === 0) return randomLeaf(chance);
  const kind = chance();
  if (kind < 0.15) return randomLeaf(chance);
  if (kind < 0.5) return randomAggregation(chance, less());
  if (kind < 0.8) return `(${less()} ${pick(chance, operators)} ${randomMatching(chance)}${less()})`;
  if (kind < 0.88) return `(${less()} ${pick(chance, ['*', '+', '>', '/'])} ${pick(chance, ['2', '0.5', '-1'])})`;
  return pick(chance, [
    (inner: string) => `abs(${inner})`,
    (inner: string) => `clamp_min(${inner}, 1)`,
    (inner: string) => `-${inner}`,
    (inner: string) =>
      `label_replace(${inner}, "${pick(chance, [...labels, 'made'])}", "$1", "${pick(chance, labels)}", "(.*)")`,
    (inner: string) => `max_over_time(sum(${inner})[1m:30s])`,
    (inner: string) => `sort(${inner})`,
    (inner: string) => `absent(${inner})`,
    (inner: string) => `(${inner} > scalar(sum(limits)))`,
    (inner: string) => `(${inner} or vector(0))`,
  ])(less());
}

function randomLeaf(chance: Chance): string {
  if (chance() < 0.05) return 'vector(1)';
  const metric = pick(chance, metrics);
  const matchers = [
    ...some(chance, ['namespace', 'tenant'], 0.5).map((name) => `${name}="{{args.${name}}}"`),
    ...(chance() < 0.4 ? [`hash="{{args.${chance() < 0.85 ? 'hash' : 'stable'}}}"`] : []),
    ...(chance() < 0.2 ? ['pod=~".+0"'] : []),
  ];
  const selector = `${metric}{${matchers.join(',')}}`;
  const kind = chance();
  if (kind < 0.4) return selector;
  if (kind < 0.5) return `(${selector} offset 1m)`;
  return `${pick(chance, ['rate', 'increase', 'max_over_time', 'count_over_time', 'last_over_time'])}(${selector}[2m])`;
}

function randomAggregation(chance: Chance, inner: string): string {
  const modifier = pick(chance, [
    '',
    '',
    `by (${some(chance, labels, 0.4).join(', ')}) `,
    `without (${some(chance, labels, 0.3).join(', ')}) `,
  ]);
  const operator = pick(chance, ['sum', 'sum', 'avg', 'max', 'min', 'count', 'stddev', 'group', 'quantile', 'topk']);
  const parameter = { quantile: '0.5, ', topk: '2, ' }[operator] ?? '';
  return `${operator} ${modifier}(${parameter}${inner})`;
}

function randomMatching(chance: Chance): string {
  const kind = chance();
  if (kind < 0.4) return '';
  const chosen = some(chance, labels, 0.4).join(', ');
  const written = kind < 0.75 ? `on (${chosen}) ` : `ignoring (${chosen}) `;
  const many = chance();
  if (many < 0.6) return written;
  return `${written}${many < 0.8 ? 'group_left' : 'group_right'} (${some(chance, labels, 0.1).join(', ')}) `;
}
