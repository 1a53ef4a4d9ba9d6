/** Makers of Rollouts by the name of their field manager, and what keeps each of them off the fields that a release writes. */
const MAKERS: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /^argocd/,
    remedy:
      'in the Application set ignoreDifferences with managedFieldsManagers: [tidegate] and the sync option RespectIgnoreDifferences=true (many versions then keep back other changes to the containers), or set ServerSideApply=true and leave image and steps out of the manifest',
  },
  {
    pattern: /^(kustomize-controller|flux)/,
    remedy: 'leave image and steps out of the manifest: Flux then keeps what Tidegate wrote',
  },
  {
    pattern: /^helm/i,
    remedy:
      'upgrade the chart with the image that runs: an upgrade that changes anything in the containers sends their images too',
  },
  {
    pattern: /^kubectl-client-side-apply$/,
    remedy:
      'apply its manifest with --server-side --force-conflicts, without image and steps: kubectl apply puts back what it says',
  },
  {
    pattern: /^(kubectl|kubectl-argo-rollouts)/,
    remedy: 'somebody wrote it by hand: settle with them what should run',
  },
];

/** What to do so that a manager leaves the fields of a release alone. */
export function remedyFor(manager: string): string {
  const known = MAKERS.find(({ pattern }) => pattern.test(manager));
  return known?.remedy ?? `let ${manager} leave image and steps alone`;
}
