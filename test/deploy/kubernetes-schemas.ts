import { validate as validateDeployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment';
import { validate as validateConfigMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap';
import { validate as validateSecret } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Secret';
import { validate as validateServiceAccount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount';
import { validate as validateNetworkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy';
import { validate as validateBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget';

/** Compiled from the OpenAPI schemas that Kubernetes publishes. */
type Validator = ((manifest: unknown) => boolean) & {
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string; readonly keyword: string }[];
};

const VALIDATORS: ReadonlyMap<string, Validator> = new Map<string, Validator>([
  ['v1 ConfigMap', validateConfigMap],
  ['apps/v1 Deployment', validateDeployment],
  ['networking.k8s.io/v1 NetworkPolicy', validateNetworkPolicy],
  ['policy/v1 PodDisruptionBudget', validateBudget],
  ['v1 Secret', validateSecret],
  ['v1 ServiceAccount', validateServiceAccount],
]);

/** @returns what Kubernetes would refuse or drop, one line each */
export function mistakesIn(manifest: { readonly apiVersion: string; readonly kind: string }): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const validate = VALIDATORS.get(kind);
  if (validate === undefined) return [`${kind}: no schema`];
  const unread = new Set<string>();
  validate(watchReads(manifest, '', unread));
  const refused = (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`);
  return [...refused, ...[...unread].map((path) => `${path}: unknown field`)];
}

/**
 * The schemas allow unknown fields, which Kubernetes drops: a misspelt probe would never be asked. A validator reads each field
 * that its schema names, so what it never reads is unknown.
 */
function watchReads(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  const watched = new Map<string | symbol, unknown>();
  return new Proxy(value, {
    get(target, key) {
      if (unread.delete(`${path}/${String(key)}`))
        watched.set(key, watchReads(Reflect.get(target, key), `${path}/${String(key)}`, unread));
      // An array's length, for one, is no field.
      return watched.has(key) ? watched.get(key) : Reflect.get(target, key);
    },
  });
}
