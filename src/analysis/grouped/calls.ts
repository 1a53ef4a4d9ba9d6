import { childNamed, type PromqlNode } from './promql-tree.ts';
import { type Refusal, refuse } from './refusal.ts';
import { argumentsOf, type Rewriting } from './rewriting.ts';
import { isConstant, isVector, type Shape, type VectorShape, withLabels, withoutLabels } from './shape.ts';

/** Functions that answer for each series by itself and add no label; some drop the metric's name. */
const perSeries: ReadonlySet<string> = new Set(
  `abs acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh count_over_time
   day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing exp floor histogram_avg
   histogram_count histogram_fraction histogram_stddev histogram_stdvar histogram_sum holt_winters hour idelta increase irate
   last_over_time ln log10 log2 mad_over_time max_over_time min_over_time minute month predict_linear present_over_time
   quantile_over_time rad rate resets round sgn sin sinh sqrt stddev_over_time stdvar_over_time sum_over_time tan tanh timestamp
   year`.split(/\s+/),
);

/** Functions that answer where there is nothing. */
const absence: ReadonlySet<string> = new Set(['absent', 'absent_over_time']);
/** Functions of all elements together. */
const ordering: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc']);

/** A call with these arguments. */
export function callShape(node: PromqlNode, operands: readonly Shape[], rewriting: Rewriting): Shape | Refusal {
  const name = childNamed(node, 'FunctionIdentifier')?.text ?? '';
  if (operands.every(isConstant)) return constantCall(name, operands);
  const vector = operands.find((operand): operand is VectorShape => isVector(operand) && !isConstant(operand));
  if (vector === undefined) return constantCall(name, operands);
  const argNames = argumentsOf(rewriting, vector.groups.keys());
  if (name === 'scalar') {
    return refuse('TurnsIntoScalar', node.from, 'scalar answers NaN for more than one element: leave it out', argNames);
  }
  if (absence.has(name)) {
    return refuse('AnswersAbsence', node.from, `${name} answers for what is not there, and cannot say whose`, argNames);
  }
  if (ordering.has(name)) {
    return refuse('OrderedOverall', node.from, `${name} orders the elements of all targets together`, argNames);
  }
  if (name === 'label_replace' || name === 'label_join') return relabelled(node, name, vector, rewriting);
  if (name.startsWith('histogram_') && vector.groups.has('le')) {
    return refuse('LabelRemoved', node.from, `${name} takes the label le away`, argNames);
  }
  if (name === 'histogram_quantile') return { ...vector, kind: 'vector', labels: withoutLabels(vector.labels, ['le']) };
  if (!perSeries.has(name)) return refuse('NotSupported', node.from, `function ${name} is asked per target`, argNames);
  return { ...vector, kind: 'vector' };
}

function constantCall(name: string, operands: readonly Shape[]): Shape {
  const groups = new Map<never, never>();
  if (name === 'time' || name === 'pi' || name === 'scalar') return { kind: 'scalar' };
  if (name === 'vector') return { kind: 'vector', groups, labels: new Set() };
  const vector = operands.find(isVector);
  return { kind: 'vector', groups, labels: vector !== undefined && perSeries.has(name) ? vector.labels : 'any' };
}

/** Allowed where it neither writes a label that tells targets apart nor reads one that the query for one target does not have there. */
function relabelled(node: PromqlNode, name: string, vector: VectorShape, rewriting: Rewriting): VectorShape | Refusal {
  const texts = (childNamed(node, 'FunctionCallBody')?.children ?? []).slice(1).map(({ text }) => text);
  const plain = texts.map((text) => /^(["'`])([^\\"'`]*)\1$/.exec(text)?.[2] ?? null);
  const [written] = plain;
  const read = name === 'label_replace' ? plain.slice(2, 3) : plain.slice(2);
  const argNames = argumentsOf(rewriting, vector.groups.keys());
  if (written === undefined || written === null || read.includes(null)) {
    return refuse(
      'NotSupported',
      node.from,
      `${name} is asked per target where its labels are not plain texts`,
      argNames,
    );
  }
  const touched = [written].filter((label) => rewriting.sources.has(label));
  const unseen = read.filter((label) => label !== null && vector.groups.get(label) === 'dropped');
  if (touched.length > 0 || unseen.length > 0) {
    const label = touched[0] ?? unseen[0] ?? '';
    return refuse('LabelRewritten', node.from, `${name} uses label ${label}, which tells targets apart`, argNames);
  }
  return { kind: 'vector', groups: vector.groups, labels: withLabels(vector.labels, [written]) };
}
