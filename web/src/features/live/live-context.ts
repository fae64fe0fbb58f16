import { createContext, useContext } from 'react';

export interface Live {
  connected: boolean;
}

export const LiveContext = createContext<Live>({ connected: true });

export function useLive() {
  return useContext(LiveContext);
}
