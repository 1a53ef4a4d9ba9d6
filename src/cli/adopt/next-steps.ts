import type { AdoptionOutcome } from './adoption-outcome.ts';

/** One thing to do next. */
export interface NextStep {
  readonly does: string;
  /** A command line; `null`: it is done elsewhere. */
  readonly command: string | null;
}

/** Which Rollout the steps are about. */
export interface NextOf {
  readonly namespace: string;
  readonly rollout: string;
  /** The Deployment that it takes, or took, its template from. */
  readonly deployment: string | null;
  /** The command line that looks at it. */
  readonly adopt: string;
}

/** The command line that looks at a Rollout, with what was chosen, or has to be. */
export function adoptLine(of: {
  readonly namespace: string;
  readonly rollout: string;
  /** `null`: one of its own name. */
  readonly workload: string | null;
  readonly containers: readonly string[];
}): string {
  const { namespace, rollout, workload, containers } = of;
  const isObvious = containers.length === 1 && containers[0] === rollout;
  return [
    `tidegate adopt ${rollout} -n ${namespace}`,
    ...(workload === null ? [] : [`--as ${workload}`]),
    ...(isObvious || containers.length === 0 ? [] : [`--container ${containers.join(' ')}`]),
  ].join(' ');
}

/** What to do next with a Rollout. */
export function nextSteps(outcome: AdoptionOutcome, { namespace, deployment, adopt }: NextOf): readonly NextStep[] {
  const prove = `${adopt} --prove`;
  switch (outcome) {
    case 'adoptable':
      return [{ does: 'take hold of it, behind a gate, and prove that nothing moves', command: prove }];
    case 'adopted':
    case 'proven':
      return [
        ...(deployment === null ? [] : dropDeployment(namespace, deployment)),
        { does: 'save this Workload, give it your SLOs, and declare it', command: 'tidegate apply -f workload.yaml' },
      ];
    case 'moved':
      return [{ does: 'find out what moved it, then prove it again', command: prove }];
    case 'refused':
      return [{ does: 'mend what is listed, then look again', command: adopt }];
  }
}

/** How a Deployment becomes a Rollout that can be adopted. */
export function takeOverSteps(
  { namespace, rollout: name, adopt }: Omit<NextOf, 'deployment'>,
  autoscalers: readonly string[],
): readonly NextStep[] {
  const scaleTargetRef = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name };
  const merge = JSON.stringify({ spec: { scaleTargetRef } });
  return [
    { does: 'save this Rollout beside the Deployment, which stays', command: 'kubectl apply -f rollout.yaml' },
    {
      does: 'wait for its pods; then those of the Deployment go',
      command: `kubectl -n ${namespace} wait rollout/${name} --for=jsonpath={.status.phase}=Healthy --timeout=10m`,
    },
    ...autoscalers.map((autoscaler) => ({
      does: `let ${autoscaler} scale the Rollout`,
      command: `kubectl -n ${namespace} patch hpa ${autoscaler} --type merge -p '${merge}'`,
    })),
    {
      does: 'put the template into the Rollout, and prove that no pod moves',
      command: `${adopt} --prove`,
    },
    ...dropDeployment(namespace, name),
  ];
}

/** A Deployment that is applied again brings its pods back, beside the Rollout's: nothing scales it down any more. */
function dropDeployment(namespace: string, name: string): readonly NextStep[] {
  return [
    {
      does: `in what deploys it, put the Rollout as it is now in the place of the Deployment, before the next sync`,
      command: null,
    },
    { does: 'remove the Deployment, which has no pods', command: `kubectl -n ${namespace} delete deployment ${name}` },
  ];
}
