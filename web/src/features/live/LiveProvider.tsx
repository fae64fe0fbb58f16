import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { LiveSocket } from '~/lib/live-socket';
import { ME } from '../session/session';
import { applyLive } from './apply-live';
import { LiveContext } from './live-context';

/** Holds the one WebSocket of the page while somebody is signed in, and lets every event into the caches. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [connected, setConnected] = useState(true);

  useEffect(() => {
    const socket = new LiveSocket({
      onEvent: (message) => {
        applyLive(queries, message);
      },
      onReload: () => void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== ME[0] }),
      onConnected: setConnected,
    });
    const hurry = () => {
      if (document.visibilityState === 'visible') socket.hurry();
    };
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
      socket.close();
    };
  }, [queries]);

  const live = useMemo(() => ({ connected }), [connected]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
