/** A command whose loss leaves a tenant where nobody wants it. */
export type CommandName = 'resume' | 'abort' | 'template' | 'promoteFull';

export const COMMAND_NAMES: readonly CommandName[] = ['resume', 'abort', 'template', 'promoteFull'];

/** `ours`: chosen, sent and watched by the daemon's own code. `plain`: one patch, as kubectl sends it. */
export type Sender = 'ours' | 'plain';

export const SENDERS: readonly Sender[] = ['ours', 'plain'];

/** What one command took. */
export interface Sample {
  readonly command: CommandName;
  readonly sender: Sender;
  /** From the moment in which the controller's own write was seen to the command, ms. */
  readonly delayMs: number;
  /** From the command to its effect, ms; `null` when it was lost. */
  readonly effectMs: number | null;
  /** When nudges were decided, ms after the command. */
  readonly nudgedAtMs: readonly number[];
}
