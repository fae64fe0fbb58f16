/** Milliseconds before try number `attempt` (from 0): 0.5 s doubling to 15 s, with up to 30 % less so that many clients spread. */
export function backoff(attempt: number, random: () => number = Math.random) {
  const whole = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (1 - 0.3 * random()));
}
