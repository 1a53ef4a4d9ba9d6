import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bash } from './github-runner.ts';

interface Job {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly allow_failure?: { readonly exit_codes: readonly number[] };
}

/** A job as GitLab merges it: what it extends first, variables one by one. */
export async function gitlabJob(template: string, name: string): Promise<Job> {
  const jobs = parse(await readFile(template, 'utf8')) as Readonly<Record<string, Job>>;
  const merge = (job: Job): Job => {
    const base = job.extends === undefined ? {} : merge(jobs[job.extends]!);
    return { ...base, ...job, variables: { ...base.variables, ...job.variables } };
  };
  const job = jobs[name];
  if (job === undefined) throw new Error(`no job ${name} in ${template}`);
  return merge(job);
}

/** Runs a job's scripts in one shell, as GitLab's runner does. */
export async function runGitlabJob(
  job: Job,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  const script = join(folder, 'job.sh');
  await writeFile(script, [...(job.before_script ?? []), ...(job.script ?? [])].join('\n'));
  return bash(script, folder, { ...job.variables, ...variables });
}
