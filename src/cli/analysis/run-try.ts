import { createSystemClock } from '../../adapters/clock/system-clock.ts';
import { askProvider } from '../../adapters/prometheus/ask-provider.ts';
import { metricOf } from '../../analysis/assess/assessment.ts';
import type { PreparedAnalysis } from '../../analysis/assess/prepare.ts';
import { durationMs } from '../../config/parse/duration.ts';
import { duration } from '../../config/wire/scalars.ts';
import { type Instant, later, parseInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Invocation } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { clockTime } from '../view/clock-time.ts';
import { followRun, type Watch } from './follow-run.ts';
import { metricValues, readResult } from './given-result.ts';
import { preparedTry } from './prepared-try.ts';
import { readTemplate } from './read-templates.ts';
import type { TryOptions } from './try.ts';
import { tryAnswer, tryExitCode } from './try-answer.ts';
import { tryCondition } from './try-condition.ts';
import { type Measure, tryOnce } from './try-once.ts';
import { metricLines, progressLine, readingLines, trySentence } from './try-report.ts';

/** Tries a template, or a condition alone, and tells what came of it. */
export async function runTry({ options, args, output, context }: Invocation<TryOptions>): Promise<ExitCode> {
  checkOptions(options, args);
  if (options.condition !== undefined) return tryCondition(options.condition, options.result!, output);
  const clock = createSystemClock();
  const at = atOf(options.at, clock.now());
  const found = await readTemplate(args, options.name);
  const analysis = preparedTry(found, options.arg ?? [], options.prometheus ?? null);
  const measure = await measureOf(options, analysis, at, clock);
  const { secrets } = analysis;
  const { kind, name } = found.read.template;
  output.line(`${kind} ${name}`);
  const isFollowed = options.follow === true;
  if (isFollowed) for (const line of analysis.metrics.flatMap((one) => metricLines(one, secrets))) output.line(line);
  const { signal } = context;
  const watch = progress(analysis, (text) => output.line(text));
  const tried = isFollowed
    ? await followRun(analysis, measure, { clock, signal, watch })
    : await tryOnce(analysis, measure, clock, signal);
  if (!isFollowed) {
    for (const metric of analysis.metrics) {
      for (const line of [...metricLines(metric, secrets), ...readingLines(metric, tried, secrets)]) output.line(line);
    }
  }
  output.line(trySentence(tried, isFollowed));
  const template = { kind, name, file: found.read.source.file };
  output.answer(tryAnswer(tried, analysis, { template, at: at ?? clock.now(), isFollowed }));
  return tryExitCode(tried, analysis);
}

function checkOptions(options: TryOptions, paths: readonly string[]): void {
  const { condition, result, prometheus, follow, at } = options;
  if (condition !== undefined) {
    if (result === undefined) throw badArgument('--condition: give the value to try it against by --result');
    if (
      paths.length > 0 ||
      prometheus !== undefined ||
      follow === true ||
      at !== undefined ||
      options.arg !== undefined
    )
      throw badArgument('--condition is tried against --result alone: leave the template and other options out');
    return;
  }
  if (paths.length === 0) throw badArgument('which template? name its file, or give --condition and --result');
  if ((result === undefined) === (prometheus === undefined))
    throw badArgument('where do values come from? give one of --prometheus URL and --result JSON');
  if (prometheus !== undefined && !/^https?:\/\/[^/?#\s]/i.test(prometheus))
    throw badArgument(`--prometheus: expected a URL such as http://localhost:9090, got "${prometheus}"`);
  if (follow === true && result !== undefined)
    throw badArgument('--follow measures again and again: give --prometheus, not --result');
  if (at !== undefined && (result !== undefined || follow === true))
    throw badArgument('--at: a time can be given for one look at --prometheus only');
}

/** `--at`: a time, or how long ago; `null` when it is not given. @throws InvalidInput when it is neither */
function atOf(text: string | undefined, now: Instant): Instant | null {
  if (text === undefined) return null;
  const at = duration.safeParse(text).success ? later(now, -durationMs(text)) : parseInstant(text);
  if (at === null) throw badArgument(`--at: expected a time such as 2026-11-23T09:00:00Z, or 15m, got "${text}"`);
  return at;
}

async function measureOf(
  options: TryOptions,
  { metrics }: PreparedAnalysis,
  at: Instant | null,
  clock: Clock,
): Promise<Measure> {
  if (options.result === undefined) return (metric, signal) => askProvider(metric.asks, at ?? clock.now(), signal);
  const values = metricValues(
    await readResult(options.result),
    metrics.map(({ name }) => name),
  );
  return async ({ name }) => ({ kind: 'value', value: values.get(name)!, warnings: [] });
}

function progress(analysis: PreparedAnalysis, line: (text: string) => void): Watch {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (taken, assessment, now) => {
    for (const { metric: name, reading, answer } of taken) {
      const metric = analysis.metrics.find((one) => one.name === name)!;
      const standing = metricOf(assessment, name);
      line(`${clockTime(now, zone)} ${progressLine(metric, reading, answer, standing, analysis.secrets)}`);
    }
  };
}
