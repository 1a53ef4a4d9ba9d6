import { spawnSync } from 'node:child_process';

/** Where this host's own packages come from. */
export interface AptRepository {
  /** `bookworm` */
  readonly codename: string;
  /** As apt was told; mirrors included. */
  readonly uri: string;
}

/** The main repository of this host's release; `null` where there is no apt, or it was told of none. */
export function aptRepository(): AptRepository | null {
  const format = '$(COMPONENT) $(CODENAME) $(REPO_URI)';
  const asked = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  if (asked.error !== undefined || asked.status !== 0) return null;
  // updates and fixes have names with a dash: bookworm-security
  const found = /^main ([a-z]+) (\S+)$/m.exec(asked.stdout);
  return found === null ? null : { codename: found[1]!, uri: found[2]! };
}
