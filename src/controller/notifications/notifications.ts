import type { Plan } from '../../domain/plan.ts';
import type { Webhook } from '../../domain/webhook.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier, WebhookStore } from '../../ports/notifier.ts';
import type { DaemonEvent } from '../daemon.ts';
import type { NotificationEvent } from './recipient.ts';
import { createTerm, type ReleasesSeen } from './term.ts';

/** Everything that telling works with. */
export interface NotificationsWorld {
  readonly clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random: () => number;
  /** Kubernetes events. */
  readonly events: Notifier;
  readonly webhooks: WebhookStore;
  readonly openWebhook: (webhook: Webhook) => Notifier;
  /** @throws TransientError, TerminalError */
  readonly loadPlan: (release: string, planHash: string) => Promise<Plan>;
  readonly report: (event: NotificationEvent) => void;
}

/** Tells how releases go, while this daemon leads. */
export interface Notifications {
  /** Never waits: what there is to tell is told on its own time. */
  take(event: DaemonEvent): void;
  /** Nothing more is told; resolves when nothing is under way. */
  end(): Promise<void>;
}

/** Makes the telling of one daemon; nothing happens before it leads. */
export function createNotifications(world: NotificationsWorld): Notifications {
  let term: { readonly end: AbortController; readonly see: (seen: ReleasesSeen) => void } | null = null;
  const running = new Set<Promise<void>>();

  function endTerm(): void {
    term?.end.abort();
    term = null;
  }

  function track(task: Promise<void>): void {
    running.add(task);
    void task.finally(() => running.delete(task));
  }

  return {
    take(event) {
      if (event.type === 'releasesSeen') term?.see(event);
      else if (event.type === 'following') endTerm();
      else if (event.type === 'leading') {
        endTerm();
        const end = new AbortController();
        term = { end, see: createTerm(world, end.signal, track) };
      }
    },
    async end() {
      endTerm();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
