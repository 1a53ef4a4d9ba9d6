import { type PreparedAnalysis, prepareAnalysis } from '../../analysis/assess/prepare.ts';
import { mergeArgs } from '../../analysis/template/merge-args.ts';
import { issueAt } from '../../config/document-source.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { givenArgs } from './given-args.ts';
import type { FoundTemplate } from './read-templates.ts';

/** Stands for the Prometheus of a value that was given. */
const NOWHERE = 'http://given-result';

/**
 * Fills the arguments of a template; all its metrics ask the Prometheus of that URL, `null` where none is asked.
 *
 * @throws InvalidInput when arguments are wrong or missing, or with them the template is
 */
export function preparedTry(
  { read, spec }: FoundTemplate,
  argTexts: readonly string[],
  prometheus: string | null,
): PreparedAnalysis {
  const address = prometheus ?? NOWHERE;
  const { args, secrets } = givenArgs(argTexts, spec, address);
  const merged = mergeArgs(args, spec.args);
  const problem = (message: string) => new InvalidInput([issueAt(read.source, ['spec'], message)]);
  if (merged.kind === 'problem') throw problem(merged.message);
  const metrics = spec.metrics.map((metric) => ({ ...metric, provider: { ...metric.provider, address } }));
  const prepared = prepareAnalysis({ ...spec, metrics, args: merged.args }, { secrets, defaultAddress: address });
  if (prepared.kind === 'problem') throw problem(prepared.message);
  return prepared.analysis;
}
