import type { Section } from './document-input.ts';
import { table } from './table.ts';

/** Who signs what: the hash, and nothing that could change under it. */
export const signOff: Section = ({ plan }) => {
  const approved = plan.waves.filter((wave) => wave.requiredApprovals > 0);
  const rows = approved.flatMap((wave) =>
    Array.from({ length: wave.requiredApprovals }, () => [`wave ${wave.name}`, '', '', '']),
  );
  return [
    'Signed is exactly this plan:',
    '',
    `    ${plan.hash}`,
    '',
    table(['For', 'Name', 'Role', 'Date'], [['the plan', '', '', ''], ...rows]),
    '',
    'An approval (`tidegate release approve`) counts only with this hash.',
    'A plan that changes by one byte has another hash and no approval.',
  ].join('\n');
};
