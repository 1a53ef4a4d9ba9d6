import { readFiles } from '../adapters/files/read-files.ts';
import type { ReadTemplate } from '../config/analysis-templates.ts';
import type { InputFile } from '../config/yaml-documents.ts';
import type { PlanFinding } from '../domain/plan.ts';
import type { Instant } from '../domain/time.ts';
import type { HubOptions } from './command.ts';
import { readLinted } from './lint-files.ts';
import { type PlanSubject, readStartAt, readSubject } from './plan-subject.ts';
import { planRelease } from './planned-releases.ts';

/** What `tidegate lint` looks at: declarations of files or of the hub, and templates of files. */
export interface LintSubject extends Pick<PlanSubject, 'input' | 'releases'> {
  readonly templates: readonly ReadTemplate[];
  readonly files: readonly InputFile[];
  readonly now: Instant;
}

/** Reads files, or the hub without any. @throws InvalidInput with every issue */
export async function readLintSubject(
  options: Pick<HubOptions, 'kubeconfig' | 'context' | 'namespace'> & { readonly files?: readonly string[] },
): Promise<LintSubject> {
  const now = readStartAt(undefined);
  if (options.files === undefined) {
    const { kubeconfig, context, namespace } = options;
    const where = {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    };
    const { input, releases } = await readSubject({ ...where, namespace });
    return { input, releases, templates: [], files: [], now };
  }
  const files = await readFiles(options.files);
  const { inventory, templates } = readLinted(files);
  return { input: inventory, releases: inventory.releases, templates, files, now };
}

/** A release that was planned to see what is wrong with it. */
export interface LintedRelease {
  readonly release: string;
  readonly planHash: string | null;
  readonly findings: readonly (PlanFinding & { readonly release: string })[];
}

/** Plans every release. */
export function planAll({ input, releases, now }: LintSubject): readonly LintedRelease[] {
  return releases.map((release) => {
    const result = planRelease(input, release, now);
    const findings = result.kind === 'planned' ? result.plan.findings : result.findings;
    return {
      release: release.name,
      planHash: result.kind === 'planned' ? result.plan.hash : null,
      findings: findings.map((finding) => ({ release: release.name, ...finding })),
    };
  });
}
