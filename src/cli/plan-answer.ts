import type { Plan } from '../domain/plan.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { PlanDocument } from '../planning/document/document-input.ts';
import { forecast } from '../planning/forecast.ts';

/** The document of a plan that nobody ran and no cluster was asked about. */
export function planDocumentOf(plan: Plan, startAt: Instant): PlanDocument {
  return { plan, forecast: forecast(plan, { startAt }), running: null, preflight: null, evidence: null };
}

/** A plan and its forecast for machines; times in RFC 3339. */
export function planAnswer({ plan, forecast: times }: PlanDocument): unknown {
  return {
    plan,
    forecast: {
      startAt: formatInstant(times.startAt),
      endAt: formatInstant(times.endAt),
      waves: times.waves.map((wave) => ({
        ...wave,
        startsAt: formatInstant(wave.startsAt),
        bakesAt: formatInstant(wave.bakesAt),
        passesAt: formatInstant(wave.passesAt),
      })),
    },
  };
}
