import { describe, expect, it } from 'vitest';
import { advance } from './live-position';

describe('the position in the live feed', () => {
  it('starts at the first hello, and what was loaded before is loaded again', () => {
    expect(advance({}, { type: 'hello', sequence: 41 })).toEqual({ position: { since: 41 }, verdict: 'reload' });
  });

  it('does not jump over missed events when a later hello is ahead', () => {
    expect(advance({ since: 41 }, { type: 'hello', sequence: 50 })).toEqual({ position: { since: 41 }, verdict: 'ignore' });
  });

  it('takes each event once', () => {
    const first = advance({ since: 41 }, { type: 'event', sequence: 42 });
    expect(first).toEqual({ position: { since: 42 }, verdict: 'take' });
    expect(advance(first.position, { type: 'event', sequence: 42 }).verdict).toBe('ignore');
  });

  it('starts over when the server has another history', () => {
    expect(advance({ since: 900 }, { type: 'hello', sequence: 12 })).toEqual({ position: { since: 12 }, verdict: 'reload' });
  });

  it('is not moved by pings', () => {
    expect(advance({ since: 41 }, { type: 'ping', sequence: 60 })).toEqual({ position: { since: 41 }, verdict: 'ignore' });
  });
});
