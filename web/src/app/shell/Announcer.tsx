import { useEffect, useState } from 'react';
import { onAnnounce } from '~/lib/announcer';

/** The one polite live region. Messages that come in one burst are read together; the region is emptied afterwards. */
export function Announcer() {
  const [messages, setMessages] = useState<string[]>([]);
  useEffect(() => onAnnounce((message) => {
    setMessages((before) => [...before.slice(-4), message]);
  }), []);
  useEffect(() => {
    if (messages.length === 0) return;
    const timer = setTimeout(() => {
      setMessages([]);
    }, 3000);
    return () => {
      clearTimeout(timer);
    };
  }, [messages]);
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {messages.join(' ')}
    </div>
  );
}
