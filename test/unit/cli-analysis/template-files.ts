import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A gate of one metric: a share that must be at least `least`; a token that comes from a Secret goes along. */
export const SHARE = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: share }
spec:
  args:
  - { name: address }
  - { name: service }
  - { name: least, value: "0.9" }
  - name: token
    valueFrom: { secretKeyRef: { name: prometheus, key: token } }
  metrics:
  - name: share
    interval: 10s
    count: 3
    failureLimit: 1
    successCondition: result[0] >= {{args.least}}
    provider:
      prometheus:
        address: "{{args.address}}"
        query: sum(good{service="{{args.service}}"})
        headers: [{ key: Authorization, value: "Bearer {{args.token}}" }]
`;

/** Names another template, and has conditions on both sides. */
export const NESTED = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: whole }
spec:
  metrics:
  - name: latency
    successCondition: result[0] < 0.5
    failureCondition: result[0] > 1
    provider: { prometheus: { address: http://prometheus, query: seconds } }
  - name: extra
    provider: { prometheus: { address: http://prometheus, query: up } }
  dryRun: [{ metricName: extra }]
  templates: [{ templateName: inner }]
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: inner }
spec:
  metrics:
  - name: errors
    failureCondition: len(result) > 0 && result[0] > 0.01
    provider: { prometheus: { address: http://prometheus, query: errors } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: beside }
`;

/** A folder with files of these texts, by name, until `remove()`. */
export async function templateFolder(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly pathOf: (name: string) => string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-try-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return { pathOf: (name) => join(folder, name), remove: () => rm(folder, { recursive: true }) };
}
