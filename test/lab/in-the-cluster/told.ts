import type { Request } from './audit.ts';

/** A release that is over. */
export interface ToldRelease {
  readonly name: string;
  /** Of the command that waited for it, in a pipeline. */
  readonly exitCode: number | null;
  readonly phase: string;
  readonly seconds: number;
  readonly waves: readonly ToldWave[];
}

/** A wave of it; instants are ms since 1970. */
export interface ToldWave {
  readonly name: string;
  readonly phase: string;
  readonly startedAtMs: number | null;
  readonly passedAtMs: number | null;
  /** First write of the daemon to a Rollout of the wave while the release ran; `null`: none. */
  readonly firstWriteAtMs: number | null;
}

/** Something that was done to a release on its way, in ms since 1970. */
export interface ToldMoment {
  readonly name: string;
  readonly release: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Seconds, by what they measure. */
  readonly seconds: Readonly<Record<string, number>>;
  /** What the daemon wrote to Rollouts between the two instants. */
  readonly writesMeanwhile: readonly Request[];
}

/** A Rollout at the end. */
export interface ToldRollout {
  readonly cluster: string;
  readonly namespace: string;
  readonly phase: string;
  readonly image: string;
  /** Ready pods by image, those apart that are going. */
  readonly pods: Readonly<Record<string, number>>;
}

/** What the story answers. */
export interface Told {
  readonly seconds: Readonly<Record<string, number>>;
  readonly releases: readonly ToldRelease[];
  readonly moments: readonly ToldMoment[];
  /** After each release, by its name. */
  readonly rollouts: Readonly<Record<string, readonly ToldRollout[]>>;
  /** Requests of service accounts, by cluster and account. */
  readonly requests: Readonly<Record<string, number>>;
  /** Those that were answered with 403. */
  readonly refused: readonly Request[];
}

/** The line in which it stands. */
export const ANSWER = '{"told":';
