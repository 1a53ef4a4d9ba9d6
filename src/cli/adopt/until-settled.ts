import { ConflictError, TransientError } from '../../domain/errors.ts';
import { formatInstant, type Instant, later } from '../../domain/time.ts';
import { FIELD_MANAGER } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { annotationPath, annotations } from '../../release/annotations.ts';
import { projectRollout } from '../../release/observed-target.ts';
import { type AdoptionSubject, describeSubject, rolloutRef } from './subject.ts';

/** A Rollout that its controller has looked at, or not within the limit. */
export interface Settled {
  readonly rollout: KubernetesObject;
  /** Whether the controller has taken the last change. */
  readonly isObserved: boolean;
}

const LOOK_EVERY_MS = 200;
/** Far above what an idle controller needs (a tenth of a second). */
const SETTLE_LIMIT_MS = 60_000;
/** A change that lands while a reconcile ends is lost until the object is touched again; the gap grows by this factor. */
const FIRST_NUDGE_MS = 1_000;
const NUDGE_GROWTH = 3;

/** Waits until the controller has taken the last change and the Rollout is Healthy again, or stands at the gate. @throws ConflictError when it is gone, TransientError when it is stopped */
export async function untilSettled(subject: AdoptionSubject, signal: AbortSignal): Promise<Settled> {
  const { api, clock } = subject;
  const limitAt = later(clock.now(), SETTLE_LIMIT_MS);
  let nudgeAt: Instant = later(clock.now(), FIRST_NUDGE_MS);
  let gapMs = FIRST_NUDGE_MS;
  for (let attempt = 1; ; ) {
    const rollout = await api.get(rolloutRef(subject));
    if (rollout === undefined)
      throw new ConflictError(`adopting ${describeSubject(subject)}: it was deleted meanwhile`);
    const { isObserved, phase } = projectRollout(rollout);
    if (isObserved && (phase === 'Healthy' || phase === 'Paused')) return { rollout, isObserved };
    if (clock.now() >= limitAt) return { rollout, isObserved };
    if (clock.now() >= nudgeAt) {
      await nudge(subject, rollout, attempt);
      attempt += 1;
      gapMs *= NUDGE_GROWTH;
      nudgeAt = later(clock.now(), gapMs);
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) throw new TransientError(`adopting ${describeSubject(subject)}: stopped before its proof`);
  }
}

async function nudge({ api, clock, ...subject }: AdoptionSubject, rollout: KubernetesObject, attempt: number) {
  const value = `${attempt} ${formatInstant(clock.now())}`;
  await api.patch(
    rolloutRef(subject),
    [
      { op: 'test', path: '/metadata/uid', value: rollout.metadata.uid },
      { op: 'add', path: annotationPath(annotations.nudge), value },
    ],
    { fieldManager: FIELD_MANAGER },
  );
}
