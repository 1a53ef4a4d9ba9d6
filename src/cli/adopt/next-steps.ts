import type { AdoptionOutcome } from './adoption-outcome.ts';

/** Which Rollout the steps are about. */
export interface NextOf {
  readonly namespace: string;
  readonly rollout: string;
  readonly deployment: string | null;
}

/** What to do next with a Rollout, a line each. `deployment`: the one that it takes, or took, its template from. */
export function nextSteps(outcome: AdoptionOutcome, { namespace, rollout, deployment }: NextOf): readonly string[] {
  const adopt = `tidegate adopt ${rollout} -n ${namespace}`;
  switch (outcome) {
    case 'adoptable':
      return [`${adopt} --prove takes hold of it, behind a gate, and proves that nothing moves`];
    case 'adopted':
    case 'proven':
      return [
        ...(deployment === null ? [] : [dropDeployment(namespace, deployment)]),
        'save the Workload, with your SLOs, apply it with tidegate apply -f FILE, and plan a release',
      ];
    case 'moved':
      return [`find out what moved it, then run ${adopt} --prove again`];
    case 'refused':
      return ['mend what is listed, then run it again'];
  }
}

/** How a Deployment becomes a Rollout that can be adopted. */
export function takeOverSteps(namespace: string, name: string, autoscalers: readonly string[]): readonly string[] {
  const scaled = autoscalers.map(
    (autoscaler) =>
      `kubectl -n ${namespace} patch hpa ${autoscaler} --type merge -p '{"spec":{"scaleTargetRef":{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"${name}"}}}'`,
  );
  return [
    `save this Rollout as rollout.yaml, keep the Deployment, and run kubectl apply -f rollout.yaml`,
    `wait until it is Healthy and the Deployment has no pods: kubectl -n ${namespace} get rollout,deployment ${name}`,
    ...scaled,
    `tidegate adopt ${name} -n ${namespace} --prove puts the template into the Rollout and proves that no pod moves`,
    dropDeployment(namespace, name),
  ];
}

/** A Deployment that is applied again brings its pods back, beside the Rollout's: nothing scales it down any more. */
function dropDeployment(namespace: string, name: string): string {
  return `in what deploys it put the Rollout as it is now in the place of the Deployment, before its next sync, and run kubectl -n ${namespace} delete deployment ${name}`;
}
