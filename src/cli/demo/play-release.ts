import { join } from 'node:path';
import { TransientError } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import { FINAL_PHASES, type ReleaseStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import { createReleaseReader, type ReleaseReader } from '../release/release-reader.ts';
import { startRelease } from '../release/start-release.ts';
import type { ReleaseView } from '../view/release-view.ts';
import type { Demo } from './open-demo.ts';
import { type ReleaseWitness, witnessRelease } from './release-witness.ts';

/** A release that is over, with everything that is told of it. */
export interface PlayedRelease {
  readonly plan: Plan;
  readonly status: ReleaseStatus;
  readonly runs: readonly TargetRun[];
  readonly witness: ReleaseWitness;
}

/** A release on its way, for the moments that happen to it. */
export interface Performance {
  readonly demo: Demo;
  readonly witness: ReleaseWitness;
  /** Looks, shows, and says what was seen. */
  readonly look: () => Promise<ReleaseView>;
  /** Goes on looking until it is so. @throws TransientError past the deadline, naming what it waited for */
  readonly until: (what: string, isSo: (view: ReleaseView) => boolean, deadlineMs?: number) => Promise<ReleaseView>;
}

/** What is played. */
export interface Play {
  readonly name: string;
  /** The plan that was shown: the daemon must come to the same. */
  readonly planHash: string;
  readonly moments: readonly Moment[];
}

/** Something that happens to a release on purpose, once. */
export type Moment = (performance: Performance) => Promise<void>;

/** Often enough for a picture that moves. */
const LOOK_MS = 200;
/** The pods of both worlds are quick. */
const POD_READY_MS = 1_500;

/** Starts a release of the worked example and follows it to its end, moment by moment. */
export async function playRelease(demo: Demo, { name, planHash, moments }: Play): Promise<PlayedRelease> {
  const { hub, world, stage } = demo;
  const witness = witnessRelease(world, name);
  const paths = [join(world.releasesFolder, `${name}.yaml`)];
  await startRelease(hub, { paths, name, expectPlan: planHash, waitFor: null, by: 'demo' });
  const reader = await createReleaseReader(hub, name, baselineNames(demo));
  const performance = perform(demo, name, reader, witness);
  for (const moment of moments) await moment(performance);
  const { plan, status, runs } = await performance.until('its end', ({ status }) => isOver(status));
  stage.settle();
  witness.stop();
  if (plan === null || status === null)
    throw new TransientError(`playing ${name}: ${status?.message ?? 'it was never seen'}`);
  return { plan, status, runs, witness };
}

function perform(demo: Demo, name: string, reader: ReleaseReader, witness: ReleaseWitness): Performance {
  const { clock } = demo.hub;
  const look = async (): Promise<ReleaseView> => {
    const seen = await reader.read();
    if (seen === null) throw new TransientError(`playing ${name}: the release is gone`);
    const view = { ...seen.view, podReadyMs: POD_READY_MS };
    demo.stage.show(view);
    return view;
  };
  return {
    demo,
    witness,
    look,
    async until(what, isSo, deadlineMs = demo.world.releaseDeadlineMs) {
      const endsAt = clock.now() + deadlineMs;
      for (;;) {
        const view = await look();
        if (isSo(view)) return view;
        if (demo.signal.aborted) throw new TransientError('stopped by hand');
        if (clock.now() >= endsAt)
          throw new TransientError(`playing ${name}: waited ${deadlineMs / 1000} s for ${what}`);
        await clock.sleep(LOOK_MS, demo.signal);
      }
    },
  };
}

/** Whether a release is over, or so far as it comes. */
function isOver(status: ReleaseStatus | null): boolean {
  return status !== null && FINAL_PHASES.has(status.phase);
}

/** The first version is no release's: its name comes from the world. */
export function baselineNames({ world }: Demo): ReadonlyMap<string, string> {
  return new Map(
    world.baseline.flatMap(({ version }) =>
      Object.values(version.images).map((image) => [image, version.name] as const),
    ),
  );
}
