/** What Argo calls the state of a measurement, a metric and a run. */
export type AnalysisPhase = 'Pending' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Inconclusive';

/** A number, or a text that becomes one when the arguments are filled in. */
export type IntOrText = number | string;

/** An AnalysisTemplate or a ClusterAnalysisTemplate of Argo Rollouts, as it is written: texts may hold `{{args.…}}`. */
export interface AnalysisTemplate {
  readonly kind: 'AnalysisTemplate' | 'ClusterAnalysisTemplate';
  readonly name: string;
  readonly namespace: string | null;
  readonly spec: AnalysisSpec;
  /** Other templates that come along. */
  readonly templates: readonly TemplateRef[];
}

/** Names a template; `clusterScope` picks among the ClusterAnalysisTemplates. */
export interface TemplateRef {
  readonly templateName: string;
  readonly clusterScope: boolean;
}

/** What is measured: of one template, or of several that were put together. */
export interface AnalysisSpec {
  readonly args: readonly TemplateArg[];
  readonly metrics: readonly TemplateMetric[];
  /** Regular expressions over names of metrics that are measured and do not count. */
  readonly dryRun: readonly string[];
  readonly measurementRetention: readonly MeasurementRetention[];
}

/** An argument of a template; `value` is its default. */
export interface TemplateArg {
  readonly name: string;
  readonly value: string | null;
  readonly valueFrom: ArgSource | null;
}

/** Where a template's argument is read from when the run starts. */
export type ArgSource =
  | { readonly kind: 'secretKeyRef'; readonly name: string; readonly key: string }
  | { readonly kind: 'fieldRef'; readonly fieldPath: string };

/** An argument as a Rollout gives it to its templates. */
export interface RolloutArg {
  readonly name: string;
  readonly value: RolloutArgValue;
}

/** What a Rollout fills an argument with; without any it is the empty text, which hides the template's default. */
export type RolloutArgValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'podTemplateHash'; readonly of: 'Latest' | 'Stable' }
  | { readonly kind: 'fieldRef'; readonly fieldPath: string };

/** How many readings of a metric are kept; `metricName` is a regular expression, a limit of 0 or less is none. */
export interface MeasurementRetention {
  readonly metricName: string;
  readonly limit: number;
}

/** A metric as it is written. `null` stands for a field that is left out. */
export interface TemplateMetric {
  readonly name: string;
  /** Go durations, such as `30s` or `1h30m`. */
  readonly interval: string | null;
  readonly initialDelay: string | null;
  readonly count: IntOrText | null;
  readonly successCondition: string | null;
  readonly failureCondition: string | null;
  readonly failureLimit: IntOrText | null;
  readonly inconclusiveLimit: IntOrText | null;
  readonly consecutiveErrorLimit: IntOrText | null;
  readonly consecutiveSuccessLimit: IntOrText | null;
  readonly provider: PrometheusProvider;
}

/** How a Prometheus is asked. */
export interface PrometheusProvider {
  readonly kind: 'prometheus';
  /** Base URL; `null` where whoever asks has one. */
  readonly address: string | null;
  readonly query: string | null;
  readonly authentication: PrometheusAuthentication;
  /** @default 30 */
  readonly timeoutSeconds: number | null;
  /** True to believe any certificate. */
  readonly insecure: boolean;
  /** Sent with the query; basic and bearer authentication are an `Authorization` header. */
  readonly headers: readonly { readonly key: string; readonly value: string }[];
  readonly rangeQuery: RangeQuery | null;
}

/** How we show who we are, headers apart. */
export type PrometheusAuthentication =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scopes: readonly string[];
    };

/** A query over a range: `start` and `end` are expressions such as `now() - duration("1h")`, `step` a Go duration. */
export interface RangeQuery {
  readonly start: string;
  readonly end: string;
  readonly step: string;
}
