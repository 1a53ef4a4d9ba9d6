import { rolloutPodTemplate } from './pod-schema.ts';
import {
  anyObject,
  anyOfNamed,
  flag,
  integer,
  intOrString,
  labelSelector,
  listOf,
  record,
  type Schema,
  text,
  textMap,
} from './schema.ts';

const time: Schema = { type: 'string', format: 'date-time' };

const args = listOf(record({ name: text, value: text, valueFrom: anyObject }, ['name']));
const dryRun = listOf(record({ metricName: text }, ['metricName']));
const measurementRetention = listOf(record({ metricName: text, limit: integer }, ['limit', 'metricName']));
const templateRefs = listOf(record({ templateName: text, clusterScope: flag }));

const rolloutAnalysis = {
  templates: templateRefs,
  args,
  dryRun,
  measurementRetention,
  analysisRunMetadata: record({ labels: textMap, annotations: textMap }),
};

const canaryStep = record({
  setWeight: integer,
  pause: record({ duration: intOrString }),
  setCanaryScale: record({ replicas: integer, weight: integer, matchTrafficWeight: flag }),
  analysis: record(rolloutAnalysis),
  experiment: anyObject,
  setHeaderRoute: record({ name: text, match: listOf(anyObject) }),
  setMirrorRoute: record({ name: text, percentage: integer, match: listOf(anyObject) }, ['name']),
  plugin: record({ name: text, config: anyObject }, ['name']),
});

const canary = record({
  ...anyOfNamed('antiAffinity canaryMetadata stableMetadata pingPong replicaProgressThreshold'),
  canaryService: text,
  stableService: text,
  maxSurge: intOrString,
  maxUnavailable: intOrString,
  steps: listOf(canaryStep),
  analysis: record({ ...rolloutAnalysis, startingStep: integer }),
  trafficRouting: record({
    ...anyOfNamed('alb ambassador apisix appMesh istio nginx plugins smi traefik'),
    managedRoutes: listOf(record({ name: text }, ['name'])),
    maxTrafficWeight: integer,
  }),
  scaleDownDelaySeconds: integer,
  scaleDownDelayRevisionLimit: integer,
  abortScaleDownDelaySeconds: integer,
  dynamicStableScale: flag,
  minPodsPerReplicaSet: integer,
});

const blueGreen = record(
  anyOfNamed(
    `abortScaleDownDelaySeconds activeMetadata activeService antiAffinity autoPromotionEnabled autoPromotionSeconds
    maxUnavailable postPromotionAnalysis prePromotionAnalysis previewMetadata previewReplicaCount previewService
    scaleDownDelayRevisionLimit scaleDownDelaySeconds`,
  ),
  ['activeService'],
);

const rolloutSpec = record({
  analysis: record({ successfulRunHistoryLimit: integer, unsuccessfulRunHistoryLimit: integer }),
  minReadySeconds: integer,
  paused: flag,
  progressDeadlineAbort: flag,
  progressDeadlineSeconds: integer,
  replicas: integer,
  restartAt: time,
  revisionHistoryLimit: integer,
  rollbackWindow: record({ revisions: integer }),
  selector: {
    ...labelSelector,
    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
  },
  strategy: record({ canary, blueGreen }),
  template: rolloutPodTemplate,
  workloadRef: record({ apiVersion: text, kind: text, name: text, scaleDown: text }),
});

const condition = record(
  { type: text, status: text, reason: text, message: text, lastTransitionTime: time, lastUpdateTime: time },
  ['lastTransitionTime', 'lastUpdateTime', 'message', 'reason', 'status', 'type'],
);
const runStatus = record({ name: text, status: text, message: text }, ['name', 'status']);

const rolloutStatus = record({
  ...anyOfNamed('alb albs'),
  HPAReplicas: integer,
  abort: flag,
  abortedAt: time,
  availableReplicas: integer,
  blueGreen: anyObject,
  canary: record({
    currentBackgroundAnalysisRunStatus: runStatus,
    currentExperiment: text,
    currentStepAnalysisRunStatus: runStatus,
    stablePingPong: text,
    stepPluginStatuses: listOf(anyObject),
    weights: anyObject,
  }),
  collisionCount: integer,
  conditions: listOf(condition),
  controllerPause: flag,
  currentPodHash: text,
  currentStepHash: text,
  currentStepIndex: integer,
  message: text,
  observedGeneration: text,
  pauseConditions: listOf(record({ reason: text, startTime: time }, ['reason', 'startTime'])),
  phase: text,
  promoteFull: flag,
  readyReplicas: integer,
  replicas: integer,
  restartedAt: time,
  selector: text,
  stableRS: text,
  updatedReplicas: integer,
  workloadObservedGeneration: text,
});

const metric = record(
  {
    name: text,
    provider: anyObject,
    interval: text,
    initialDelay: text,
    successCondition: text,
    failureCondition: text,
    count: intOrString,
    failureLimit: intOrString,
    inconclusiveLimit: intOrString,
    consecutiveErrorLimit: intOrString,
    consecutiveSuccessLimit: intOrString,
  },
  ['name', 'provider'],
);

const analysisTemplateSpec = record({
  args,
  dryRun,
  measurementRetention,
  metrics: listOf(metric),
  templates: templateRefs,
});

const analysisRunSpec = record(
  {
    args,
    dryRun,
    measurementRetention,
    metrics: listOf(metric),
    terminate: flag,
    ttlStrategy: record({
      secondsAfterCompletion: integer,
      secondsAfterFailure: integer,
      secondsAfterSuccess: integer,
    }),
  },
  ['metrics'],
);

const analysisRunStatus = record(
  {
    phase: text,
    message: text,
    startedAt: time,
    completedAt: time,
    runSummary: anyObject,
    dryRunSummary: anyObject,
    metricResults: listOf(
      record(
        {
          ...anyOfNamed('metadata'),
          name: text,
          phase: text,
          message: text,
          dryRun: flag,
          measurements: listOf(anyObject),
          count: integer,
          successful: integer,
          failed: integer,
          inconclusive: integer,
          error: integer,
          consecutiveError: integer,
          consecutiveSuccess: integer,
        },
        ['name', 'phase'],
      ),
    ),
  },
  ['phase'],
);

/** The fields of the Argo Rollouts kinds that we use, as the CRDs of Argo Rollouts 1.9 have them; whole objects. */
export const argoSchemas = {
  rollout: record({ spec: rolloutSpec, status: rolloutStatus }, ['spec']),
  analysisTemplate: record({ spec: analysisTemplateSpec }, ['spec']),
  analysisRun: record({ spec: analysisRunSpec, status: analysisRunStatus }, ['spec']),
  experiment: record({ spec: anyObject, status: anyObject }, ['spec']),
} as const satisfies Record<string, Schema>;
