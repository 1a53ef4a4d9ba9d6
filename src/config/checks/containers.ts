import type { InputIssue } from '../../domain/errors.ts';
import type { ReleaseSpec } from '../../domain/wave-plan.ts';
import { type ExistingWorkload, type GeneratedWorkload, isExisting } from '../../domain/workload.ts';
import { type DocumentSource, issueAt } from '../document-source.ts';
import { type KnownDocument, parsedOf } from '../known-document.ts';
import { suggestion } from '../nearest-name.ts';
import { containersOf } from '../pod-template.ts';
import { explainImage, isPinnedImage } from '../wire/scalars.ts';

/** A release gives images to containers that are there, and leaves none on an image that can move. */
export function checkContainers(documents: readonly KnownDocument[]): readonly InputIssue[] {
  const workloads = new Map(parsedOf(documents, 'Workload').map(({ value }) => [value.name, value]));
  return parsedOf(documents, 'Release').flatMap(({ source, value }) => {
    const workload = workloads.get(value.workload);
    if (workload === undefined) return [];
    if (isExisting(workload)) return misfits(source, value, workload);
    return [...strangers(source, value, workload), ...unpinned(source, value, workload)];
  });
}

/** The images of a release and the containers of an adopted Rollout that take them must be the same set. */
function misfits(source: DocumentSource, release: ReleaseSpec, workload: ExistingWorkload): readonly InputIssue[] {
  const wanted = [...new Set(Object.values(workload.source.containers))];
  const given = Object.keys(release.version.images);
  const at = ['spec', 'version', 'images'];
  const owner = `workload "${workload.name}"`;
  return [
    ...given
      .filter((key) => !wanted.includes(key))
      .map((key) =>
        issueAt(source, [...at, key], `no container of ${owner} takes "${key}"${suggestion(key, wanted)}`, 'key'),
      ),
    ...wanted
      .filter((key) => !given.includes(key))
      .map((key) => issueAt(source, at, `no image "${key}", which ${owner} needs`, 'key')),
  ];
}

function strangers(source: DocumentSource, release: ReleaseSpec, workload: GeneratedWorkload): readonly InputIssue[] {
  const names = containersOf(workload.source.template).map(({ name }) => name);
  return Object.keys(release.version.images)
    .filter((container) => !names.includes(container))
    .map((container) => {
      const message = `workload "${workload.name}" has no container "${container}"${suggestion(container, names)}`;
      return issueAt(source, ['spec', 'version', 'images', container], message, 'key');
    });
}

function unpinned(source: DocumentSource, release: ReleaseSpec, workload: GeneratedWorkload): readonly InputIssue[] {
  return containersOf(workload.source.template).flatMap(({ name, image }) => {
    if (Object.hasOwn(release.version.images, name) || (image !== null && isPinnedImage(image))) return [];
    const why =
      image === null ? 'its template has none either' : `its template has none to rely on: ${explainImage(image)}`;
    return [issueAt(source, ['spec', 'version', 'images'], `no image for container "${name}", and ${why}`, 'key')];
  });
}
