import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TransientError } from '../../../domain/errors.ts';
import { LabUnavailable } from './lab-unavailable.ts';

/** Why it does not run. */
const failure = z.looseObject({ error: z.string() });

/** Where a running lab is, as it says itself. */
const whereabouts = z.looseObject({
  /** Administrators' contexts, one a cluster. */
  kubeconfig: z.string(),
  clusters: z.array(z.looseObject({ context: z.string(), server: z.string(), ca: z.string() })),
  prometheus: z.looseObject({ url: z.string(), pid: z.number() }),
  /** Path of the real kubectl. */
  kubectl: z.string(),
});

export type LabWhereabouts = z.output<typeof whereabouts>;

/** A lab in a process of its own, which ends with this one. */
export interface LabProcess {
  readonly at: LabWhereabouts;
  stop(): Promise<void>;
}

/** How the lab is started. */
export interface LabProcessOptions {
  readonly clusters: readonly string[];
  /** `host:port` of what Prometheus scrapes. */
  readonly scrapeTarget: string;
  readonly signal: AbortSignal;
  /** Progress and complaints, one line each. */
  readonly log: (line: string) => void;
}

/** What lab/main.ts exits with where there is no Go. */
const NO_GO = 3;
const STOP_GRACE_MS = 30_000;

/** The lab's own folder in a checkout. */
export const labFolder = fileURLToPath(new URL('../../../../lab', import.meta.url));
const labMain = join(labFolder, 'main.ts');

/** Looks whether there is a lab beside us. @throws LabUnavailable outside of a checkout */
export function requireLab(): void {
  if (existsSync(labMain)) return;
  throw new LabUnavailable('the lab is not part of the package: play it from a checkout of the repository');
}

/**
 * Starts the lab and waits until it is up: seconds, or minutes when its programs have to be built.
 *
 * @throws LabUnavailable without Go
 * @throws TransientError when it ends before it is up, with its last line, and when the signal aborts
 */
export async function startLabProcess(options: LabProcessOptions): Promise<LabProcess> {
  const child = spawnLab(options);
  const gone = once(child, 'exit') as Promise<[number | null]>;
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await gone;
    clearTimeout(kill);
  };
  try {
    const said: unknown = JSON.parse(await firstWord(child, options));
    const failed = failure.safeParse(said);
    if (!failed.success) return { at: whereabouts.parse(said), stop };
    const [code] = await gone;
    const { error } = failed.data;
    throw code === NO_GO ? new LabUnavailable(error) : new TransientError(`starting the lab: ${error}`);
  } catch (error) {
    await stop();
    throw options.signal.aborted ? new TransientError('stopped by hand', { cause: error }) : error;
  }
}

function spawnLab({ clusters, scrapeTarget }: LabProcessOptions): ChildProcessWithoutNullStreams {
  const wanted = ['--clusters', clusters.join(','), '--prometheus', scrapeTarget, '--output', 'json'];
  // It ends with its input, so it never outlives us; in a session of its own, so that Ctrl-C takes the daemon first.
  const child = spawn(process.execPath, [labMain, ...wanted, '--attached'], { stdio: 'pipe', detached: true });
  child.stdin.on('error', () => undefined);
  return child;
}

/** The one line of its output; what it says besides goes to the log. */
async function firstWord(child: ChildProcessWithoutNullStreams, options: LabProcessOptions): Promise<string> {
  let lastLine = '';
  createInterface(child.stderr).on('line', (line) => {
    if (line === '') return;
    lastLine = line;
    options.log(line.trim());
  });
  const said = once(createInterface(child.stdout), 'line', { signal: options.signal }) as Promise<[string]>;
  // Its output has been read when it is closed, which may be after it has gone.
  const ended = once(child, 'close').then((): never => {
    throw new TransientError(`starting the lab: it ended: ${lastLine}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([said, ended]);
  return line;
}
