import { execFile, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { guarded } from './child.ts';
import { buildFolder, manifestFolders, type Program, programs } from './go-modules.ts';

const run = promisify(execFile);
const kubernetesVersion = 'v1.34.1';
const heartbeatMs = 15_000;

/** Thrown where the lab cannot be built at all, for want of Go; the caller skips, it does not fail. */
export class LabUnavailable extends Error {
  override readonly name = 'LabUnavailable';
  /** What `npm run lab` exits with. */
  static readonly exitCode = 3;
}

/** The built programs and manifests of one set of pinned modules. */
export interface BuiltLab {
  readonly binFolder: string;
  readonly crdFolder: string;
  readonly stageFolder: string;
}

/**
 * Builds what is not in the cache yet; minutes when cold, nothing when warm.
 * @param options.prometheus whether Prometheus is wanted too
 * @param options.log gets a line per program that has to be built, and one every quarter of a minute meanwhile
 * @throws {LabUnavailable} if something has to be built and there is no Go, or one too old
 */
export async function buildLab(options: {
  readonly prometheus: boolean;
  readonly log: (line: string) => void;
}): Promise<BuiltLab> {
  const folder = buildFolder();
  const binFolder = join(folder, 'bin');
  const missing = programs.filter(
    (program) => (options.prometheus || program.name !== 'prometheus') && !existsSync(join(binFolder, program.name)),
  );
  const missingManifests = manifestFolders.filter((source) => !existsSync(join(folder, source.name)));
  if (missing.length > 0 || missingManifests.length > 0) {
    await requireGo();
    mkdirSync(binFolder, { recursive: true });
  }
  const startedAtMs = performance.now();
  for (const [index, program] of missing.entries()) {
    const tell = () => {
      const elapsedSeconds = Math.round((performance.now() - startedAtMs) / 1000);
      options.log(`lab: building ${program.name} (${index + 1} of ${missing.length}, ${elapsedSeconds} s so far)`);
    };
    tell();
    const heartbeat = setInterval(tell, heartbeatMs);
    await buildProgram(program, binFolder).finally(() => clearInterval(heartbeat));
  }
  if (missing.length > 0) options.log(`lab: built in ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
  for (const source of missingManifests) await copyManifests(source, folder);
  return {
    binFolder,
    crdFolder: join(folder, 'argo-rollouts-crds'),
    stageFolder: join(folder, 'kwok-stages'),
  };
}

/** @throws {LabUnavailable} if there is no Go, or one too old */
export async function requireGo(): Promise<void> {
  try {
    await run('go', ['version'], { cwd: programs[0]?.moduleFolder });
  } catch (cause) {
    const detail = (cause as { readonly stderr?: string }).stderr?.trim();
    throw new LabUnavailable(`the lab needs Go 1.26 to build its control plane: ${detail || 'no go on the PATH'}`, {
      cause,
    });
  }
}

/** Builds under another name and renames, so that a cut-off build leaves nothing that looks finished. */
export async function buildProgram(program: Program, binFolder: string): Promise<void> {
  const target = join(binFolder, program.name);
  const unfinished = `${target}.${process.pid}`;
  const linkerFlags = `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`;
  const parameters = ['build', '-p', '2', '-trimpath', '-ldflags', linkerFlags, '-o', unfinished, program.goPackage];
  const [command, ...rest] = guarded('nice', ['go', ...parameters]);
  const child = spawn(command, rest, {
    cwd: program.moduleFolder,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`building ${program.name} failed:\n${output}`);
  }
  renameSync(unfinished, target);
}

/** The module cache is read-only and may be emptied, hence a copy of our own, writable. */
async function copyManifests(source: (typeof manifestFolders)[number], folder: string): Promise<void> {
  await run('go', ['mod', 'download', source.module], { cwd: source.moduleFolder });
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', source.module], { cwd: source.moduleFolder });
  const unfinished = join(folder, `${source.name}.${process.pid}`);
  cpSync(join(stdout.trim(), source.path), unfinished, { recursive: true });
  makeWritable(unfinished);
  if (existsSync(join(folder, source.name))) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, join(folder, source.name));
}

function makeWritable(path: string): void {
  const isFolder = statSync(path).isDirectory();
  chmodSync(path, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const entry of readdirSync(path)) makeWritable(join(path, entry));
}
