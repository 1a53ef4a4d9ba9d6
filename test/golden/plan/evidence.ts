import { targetId } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import type { Evidence } from '../../../src/planning/evidence.ts';
import { planned } from '../../unit/planning/storefront.ts';

const at = (time: string) => instant(Date.parse(`2026-11-23T${time}Z`));
const globex = targetId('shared-eu', 'globex', 'storefront');

/** A release whose second wave hurt a tenant; one target of it could not be reached. */
export const evidence: Evidence = {
  planHash: planned().hash,
  outcome: 'RollbackIncomplete',
  message: 'wave business failed: globex had 31 % of 1 904 requests over 500 ms, allowed 5 %',
  startedAt: at('08:00:00'),
  endedAt: at('08:52:11'),
  waves: [
    {
      name: 'free',
      targets: 1,
      promoted: 1,
      rolledBack: 0,
      takenBackAfterPromotion: 0,
      notReached: [],
      startedAt: at('08:00:00'),
      endedAt: at('08:31:00'),
      nudges: { count: 0, targets: 0, most: null },
    },
    {
      name: 'business',
      targets: 3,
      promoted: 0,
      rolledBack: 2,
      takenBackAfterPromotion: 1,
      notReached: [targetId('shared-eu', 'hooli', 'storefront')],
      startedAt: at('08:31:00'),
      endedAt: at('08:52:11'),
      nudges: { count: 3, targets: 2, most: { target: globex, count: 2 } },
    },
  ],
  events: [
    { at: at('08:00:00'), actor: 'tidegate', text: 'wave free started' },
    { at: at('08:30:10'), actor: 'mara@example.com', text: 'approved wave enterprise' },
    { at: at('08:51:40'), actor: 'tidegate', text: 'rollback of wave business decided' },
  ],
  decisions: [],
  verdicts: [
    {
      at: at('08:20:00'),
      wave: 'free',
      target: null,
      slo: 'availability',
      verdict: 'pass',
      counts: { good: 11_996, total: 12_000 },
      objective: 0.99, basis: null,
    },
    { at: at('08:40:00'), wave: 'business', target: null, slo: 'latency', verdict: 'missing', counts: null, objective: 0.95, basis: null },
    {
      at: at('08:51:39'),
      wave: 'business',
      target: globex,
      slo: 'latency',
      verdict: 'fail',
      counts: { good: 1313.8, total: 1904.2 },
      objective: 0.95, basis: null,
    },
  ],
  analyses: [],
  samplesDropped: 0,
  commands: { sent: 14 },
  nudges: { count: 3, targets: 2, most: { target: globex, count: 2 } },
  tenants: [
    { version: '4.11.3', tenants: 5 },
    { version: '4.12.0', tenants: 2 },
  ],
  harmed: [{ tenant: 'globex', seconds: 71, badRequests: 590 }],
  detectedAfterSeconds: 59,
  rolledBackAfterSeconds: 31,
};
