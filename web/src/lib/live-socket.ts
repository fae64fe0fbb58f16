import type { LiveMessage } from './api-types';
import { backoff } from './backoff';
import { advance, type Position } from './live-position';

/** A connection that says nothing for this long is taken for dead; the server pings well within it. */
const SILENCE_MS = 60_000;

export interface LiveHandlers {
  onEvent: (message: LiveMessage) => void;
  /** Everything that was loaded before may be stale. */
  onReload: () => void;
  onConnected: (connected: boolean) => void;
}

/** Keeps one WebSocket to `/api/v1/live` open until it is closed; after a break it goes on from the last event it saw. */
export class LiveSocket {
  private socket?: WebSocket;
  private position: Position = {};
  private failures = 0;
  private retry?: ReturnType<typeof setTimeout>;
  private silence?: ReturnType<typeof setTimeout>;
  private closed = false;

  constructor(
    private readonly handlers: LiveHandlers,
    private readonly open: (url: string) => WebSocket = (url) => new WebSocket(url),
  ) {
    this.connect();
  }

  close() {
    this.closed = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  /** Tries now instead of after the pause: the network came back, or the page became visible. */
  hurry() {
    if (this.closed || this.socket || this.retry === undefined) return;
    clearTimeout(this.retry);
    this.failures = 0;
    this.connect();
  }

  private connect() {
    this.retry = undefined;
    const socket = this.open(liveUrl(this.position.since));
    this.socket = socket;
    this.expectSomething(socket);
    socket.onmessage = (message) => {
      if (this.socket !== socket) return;
      this.expectSomething(socket);
      this.take(JSON.parse(String(message.data)) as LiveMessage);
    };
    socket.onclose = () => {
      this.lost(socket);
    };
  }

  private take(message: LiveMessage) {
    const { position, verdict } = advance(this.position, message);
    this.position = position;
    if (message.type === 'hello') {
      this.failures = 0;
      this.handlers.onConnected(true);
    }
    if (verdict === 'take') this.handlers.onEvent(message);
    if (verdict === 'reload') this.handlers.onReload();
  }

  private lost(socket: WebSocket) {
    if (this.socket !== socket) return;
    this.socket = undefined;
    clearTimeout(this.silence);
    if (this.closed) return;
    this.handlers.onConnected(false);
    this.retry = setTimeout(() => {
      this.connect();
    }, backoff(this.failures++));
  }

  private expectSomething(socket: WebSocket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      socket.close();
      this.lost(socket);
    }, SILENCE_MS);
  }
}

function liveUrl(since: number | undefined) {
  const url = new URL('/api/v1/live', window.location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (since !== undefined) url.searchParams.set('since', String(since));
  return url.href;
}
