/** What a screen reader hears about changes that nobody asked for; shown by one polite live region in the shell. */

type Listener = (message: string) => void;

const listeners = new Set<Listener>();

export function announce(message: string) {
  for (const listener of listeners) listener(message);
}

export function onAnnounce(listener: Listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
