/** Something about a gate that only its live data show. */
export interface LiveFinding {
  /** `error`: the gate cannot do what it is for. `warning`: it may. */
  readonly severity: 'error' | 'warning';
  /** `workload storefront, slo availability (enterprise)` */
  readonly subject: string;
  readonly place: Place;
  /** PascalCase constant. */
  readonly reason: string;
  /** What was seen, with numbers. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}

/** Where a gate is written. */
export interface Place {
  /** A file, or an object of the hub. */
  readonly file: string;
  /** 1-based; `null` in an object of the hub. */
  readonly line: number | null;
  /** `spec.slos[0]` */
  readonly path: string;
}

/** Makes the findings of one gate. */
export interface Told {
  readonly error: (reason: string, message: string, remedy: string) => LiveFinding;
  readonly warning: (reason: string, message: string, remedy: string) => LiveFinding;
}

/** Findings about a gate, made with its subject and place. */
export function toldOf(subject: string, place: Place): Told {
  return {
    error: (reason, message, remedy) => ({ severity: 'error', subject, place, reason, message, remedy }),
    warning: (reason, message, remedy) => ({ severity: 'warning', subject, place, reason, message, remedy }),
  };
}

/** `waves/storefront.yaml:12 error CannotFail workload storefront, slo availability: …; do this` */
export function findingLine({ severity, subject, place, reason, message, remedy }: LiveFinding): string {
  const where = place.line === null ? place.file : `${place.file}:${place.line}`;
  return `${where} ${severity} ${reason} ${subject}: ${message}; ${remedy}`;
}
