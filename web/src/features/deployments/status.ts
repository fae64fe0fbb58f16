import type { RunStatus, TaskStatus } from '~/lib/api-types';

/** What a status means for the eye: one tone, one icon each; the text always stands beside it. */
export type Tone = 'neutral' | 'active' | 'attention' | 'good' | 'bad' | 'reverted';

const TONES: Record<TaskStatus, Tone> = {
  pending: 'neutral',
  blocked: 'neutral',
  running: 'active',
  waiting_confirm: 'attention',
  success: 'good',
  failed: 'bad',
  rolled_back: 'reverted',
  cancelled: 'neutral',
};

export const RUN_STATUSES: readonly RunStatus[] = ['running', 'waiting_confirm', 'pending', 'failed', 'success', 'rolled_back', 'cancelled'];

/** The tone of a status; a status that this UI does not know yet is shown as neutral. */
export function toneOf(status: TaskStatus): Tone {
  return (TONES as Partial<Record<string, Tone>>)[status] ?? 'neutral';
}

export function isActive(status: RunStatus) {
  return status === 'pending' || status === 'running' || status === 'waiting_confirm';
}

/** Whether nothing more is going to happen to a task by itself. */
export function isEnded(status: TaskStatus) {
  return status === 'success' || status === 'failed' || status === 'cancelled' || status === 'rolled_back';
}
