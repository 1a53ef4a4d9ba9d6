/** Longer Rollout names cut the hash out of pod names (`<rollout>-<hash>-<suffix>`, 63 characters). */
const ROLLOUT_NAME_LIMIT = 46;
const LABEL_VALUE_LIMIT = 63;

/** Name of the Rollout, Service and PodDisruptionBudget of a workload: its own, shortened with a hash past 46 characters. */
export function rolloutName(workload: string): string {
  return shortened(workload, ROLLOUT_NAME_LIMIT);
}

/** Name of the guard AnalysisTemplate that stands beside a Rollout. */
export function guardName(rollout: string): string {
  return `${rollout}-guard`;
}

/** A text as a label value: what Kubernetes does not allow becomes `_`, what is too long is shortened with a hash. */
export function labelValue(text: string): string {
  const allowed = text.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return shortened(allowed, LABEL_VALUE_LIMIT);
}

function shortened(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const suffix = fnv1a(name);
  return `${name.slice(0, limit - suffix.length - 1).replace(/[^A-Za-z0-9]+$/, '')}-${suffix}`;
}

/** FNV-1a, 32 bits, 8 hex digits: tells names apart, protects nothing. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
