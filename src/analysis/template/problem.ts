/** Why templates cannot be measured; `message` is Argo's own text wherever Argo refuses too. */
export interface AnalysisProblem {
  readonly kind: 'problem';
  /** PascalCase constant. */
  readonly reason: string;
  readonly message: string;
}

/** A refusal. */
export function analysisProblem(reason: string, message: string): AnalysisProblem {
  return { kind: 'problem', reason, message };
}

/** A problem under the heading that Argo gives it: `Analysis spec invalid: metrics[0]: …`. */
export function under(heading: string, problem: AnalysisProblem): AnalysisProblem {
  return { ...problem, message: `${heading}: ${problem.message}` };
}
