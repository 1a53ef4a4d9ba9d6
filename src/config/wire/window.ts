import { z } from 'zod';
import type { Weekday } from '../../domain/wave-plan.ts';
import { suggestion } from '../nearest-name.ts';
import { expected, show } from './expected.ts';

const WEEK: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DAY = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const DAYS = new RegExp(`^${DAY}(-${DAY})?(, *${DAY}(-${DAY})?)*$`);

/** Reads `Mon-Thu`, `Mon,Wed`, `Sat-Mon` into days, in the order of the week. */
export function daysOf(text: string): readonly Weekday[] {
  const open = new Set<Weekday>();
  for (const range of text.split(',')) {
    const [first, last] = range.trim().split('-') as [Weekday, Weekday?];
    const start = WEEK.indexOf(first);
    const length = ((WEEK.indexOf(last ?? first) - start + 7) % 7) + 1;
    for (let day = 0; day < length; day += 1) open.add(WEEK[(start + day) % 7]!);
  }
  return WEEK.filter((day) => open.has(day));
}

/** True for a name of the IANA time zone database that this runtime knows. */
export function isTimezone(name: string): boolean {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return /^[A-Za-z]/.test(known);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const timeOfDay = (() => {
  const error = expected('a time of day in quotes such as "09:00"');
  return z.string({ error }).regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, { error });
})();

const daysError = expected('days such as Mon-Thu or Mon,Wed (Mon Tue Wed Thu Fri Sat Sun)');

/** A time of the week in which exposure may widen. */
export const window = z
  .strictObject({
    days: z.string({ error: daysError }).regex(DAYS, { error: daysError }).max(64),
    from: timeOfDay,
    to: timeOfDay.describe('Exclusive; later than from on the same day.'),
    timezone: z
      .string()
      .max(64)
      .refine(isTimezone, {
        error: (issue) =>
          `unknown time zone ${show(issue.input)}${suggestion(String(issue.input), Intl.supportedValuesOf('timeZone'))}`,
      })
      .describe('Such as Europe/Berlin.'),
  })
  .refine((value) => value.to > value.from, {
    path: ['to'],
    error: 'a window must end after it starts on the same day; split one that passes midnight',
  });
