import type { KubernetesObject } from '../../ports/kubernetes-api.ts';

/** The controller's own copies of the Rollouts; what it reads in a pass. */
export interface InformerCache {
  get(key: string): KubernetesObject | undefined;
  /** A watch event. */
  observe(key: string, object: KubernetesObject): void;
  forget(key: string): void;
  /**
   * The controller puts the answer to its own write into the cache, even over something newer: the watch event of what
   * was newer is spent, and so a command is lost.
   */
  writeBack(key: string, object: KubernetesObject): void;
}

/** @param loseCommands `false`: as the fixed controller, which never writes into its cache */
export function createInformerCache(loseCommands: boolean): InformerCache {
  const objects = new Map<string, KubernetesObject>();
  return {
    get: (key) => objects.get(key),
    observe: (key, object) => {
      objects.set(key, object);
    },
    forget: (key) => {
      objects.delete(key);
    },
    writeBack(key, object) {
      if (loseCommands && objects.has(key)) objects.set(key, object);
    },
  };
}
