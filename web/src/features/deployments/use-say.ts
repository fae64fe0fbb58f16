import { useQuery } from '@tanstack/react-query';
import { useMe } from '~/features/session/session';
import type { Deployment, TaskApproval } from '~/lib/api-types';
import { mayDecide, type Say } from './decisions';
import { environmentsQuery } from './queries';

/** What the reader may say about a deployment. While that is not known everything is offered, and the server decides. */
export function useSay() {
  const me = useMe().data;
  const environments = useQuery(environmentsQuery).data;
  return (deployment: Deployment, approvals: TaskApproval[]): Say => {
    const project = environments?.find(({ id }) => id === deployment.environmentId)?.project;
    const role = me?.admin ? 'admin' : project && me?.projects[project];
    return me && role ? mayDecide(deployment, approvals, me, role) : { confirm: true, reject: true };
  };
}
