import { execFile } from 'node:child_process';
import { TransientError } from '../../../domain/errors.ts';
import type { LabWhereabouts } from './lab-process.ts';

/** A list of a whole cluster is longer than what a process may say by default. */
const LONGEST_ANSWER_BYTES = 256 * 1024 * 1024;
const DEADLINE_MS = 60_000;

/** Runs the lab's kubectl as an administrator of a cluster. @throws TransientError with what it complained of */
export function runKubectl(lab: LabWhereabouts, context: string, command: readonly string[]): Promise<string> {
  const all = ['--kubeconfig', lab.kubeconfig, '--context', context, ...command];
  const limits = { maxBuffer: LONGEST_ANSWER_BYTES, timeout: DEADLINE_MS };
  return new Promise((resolve, reject) => {
    execFile(lab.kubectl, all, limits, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new TransientError(`kubectl ${command.join(' ')}: ${stderr.trim() || error.message}`));
    });
  });
}
