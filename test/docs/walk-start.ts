import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Lab, LabUnavailable, startLab } from '../../lab/lab.ts';
import { type PodsOf, servePodRequests } from './pod-requests.ts';
import { codeBlocks, readDocs } from './read-docs.ts';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
/** Seconds between two scrapes that the walk allows for, unless its caller says otherwise. The lab scrapes each second. */
const SCRAPE = '4';
/** Any command that fails ends the walk, and what it started ends with it. */
const PROLOGUE = `set -eu\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT`;

/** Walks through docs/start.md in a lab of its own, each command as it stands there; the exit code is the shell's. */
async function main(): Promise<void> {
  const page = readDocs().find(({ path }) => path === 'docs/start.md')!;
  const startedMs = performance.now();
  const script = [PROLOGUE, ...codeBlocks(page.text, 'sh')].join('\n');
  let pods: PodsOf | null = null;
  const requests = await servePodRequests(() => pods);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-start-'));
  symlinkSync(BIN, join(folder, 'bin'));
  let lab: Lab | null = null;
  try {
    lab = await startLab({ prometheus: { scrapeTargets: [requests.address] }, log: (line) => console.error(line) });
    const { server, token, caPath } = lab;
    pods = { server, token, caPath, namespaces: ['start-hobby', 'start-acme'] };
    process.exitCode = await walk(script, folder, lab);
    console.log(JSON.stringify({ walked: { seconds: Math.round((performance.now() - startedMs) / 1000) } }));
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    console.error(error.message);
    process.exitCode = LabUnavailable.exitCode;
  } finally {
    // it asks the lab, so it ends first
    await requests.close();
    await lab?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function walk(script: string, folder: string, lab: Lab): Promise<number> {
  const path = [dirname(process.execPath), dirname(lab.binPath('kubectl')), process.env['PATH']].join(delimiter);
  const values = { PROMETHEUS: lab.prometheusUrl, SCRAPE: process.env['SCRAPE'] ?? SCRAPE };
  const env = { ...process.env, PATH: path, KUBECONFIG: lab.kubeconfigPath, ...values };
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  // a group of its own: a signal ends what the shell waits for, too
  const shell = spawn('bash', ['-c', script], { cwd: folder, env, stdio: [...stdio], detached: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.kill(-shell.pid!, 'SIGTERM'));
  return new Promise((resolve) => {
    shell.on('exit', (code) => resolve(code ?? 1));
  });
}

await main();
