import type { Plan } from '../../domain/plan.ts';
import type { Section } from './document-input.ts';
import { counted } from './figures.ts';

/** What the plan takes for granted, and what can go wrong if it does not hold. */
export const assumptions: Section = ({ plan, running }) =>
  general(plan, running !== null)
    .map((line) => `- ${line}`)
    .join('\n');

function general(plan: Plan, isRead: boolean): readonly string[] {
  const fewest = Math.max(0, ...plan.waves.map((wave) => wave.analysis.minRequests));
  return [
    'Membership was resolved once. A tenant that moves, comes or changes its tier during the run is shown as drift and not followed.',
    'Effective weights hold for the pods that a new target starts with; where an autoscaler or a person changed the number, they differ.',
    `Tenants' traffic is not known here. One with fewer than ${counted(fewest, 'request')} in a window cannot be proven alone.`,
    ...(isRead
      ? []
      : [
          'Every target has a stable version to go back to. A first deploy has none; it is found before its wave starts.',
        ]),
    ...(plan.source === 'existing' ? OF_OTHERS : OF_OURS),
    'Database and configuration changes outside the pod template are not taken back.',
  ];
}

const OF_OURS = [
  'No target skips its steps, not even on the way to a version that it ran before: its rollback window is open only while it is taken back.',
  'The split is by pods behind one Service: a client with long-lived connections keeps its version until they end.',
];

const OF_OTHERS = [
  'Nobody else writes the images and the canary steps of these Rollouts meanwhile; who does is named before a wave starts, and fails the target after.',
  "How traffic is split, how much may be unavailable and what else watches the canary is as their owners made it, an analysis of theirs may abort. On the way back from a promoted version a Rollout may start its owner's steps before it skips them.",
  'What its owner changes beside the images during the release is not taken back.',
];
