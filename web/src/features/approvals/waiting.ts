import { useInfiniteQuery } from '@tanstack/react-query';
import { deploymentsQuery } from '~/features/deployments/queries';
import { useSay } from '~/features/deployments/use-say';

/** Deployments that go on only with a person: those that the reader may confirm, and the others. */
export function useWaiting() {
  const list = useInfiniteQuery(deploymentsQuery({ status: 'waiting_confirm' }));
  const say = useSay();
  const waiting = list.data?.pages.flatMap((page) => page.items) ?? [];
  const mine = waiting.filter((deployment) => say(deployment, []).confirm);
  return { list, mine, others: waiting.filter((deployment) => !mine.includes(deployment)) };
}
