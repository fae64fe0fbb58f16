'use strict';
// Everything that a roll-out can cut: answers that take their time, uploads, server-sent events and WebSockets.
const http = require('node:http');
const crypto = require('node:crypto');

const headline = '<h1>Streams</h1>';
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const answers = {
  '/': async (request, response) => response.end(headline),
  '/instance': async (request, response) => response.end(String(process.pid)),
  '/healthz': async (request, response) => response.end('ok\n'),
  '/slow': async (request, response) => {
    for (let part = 0; part < 10; part++) {
      response.write('.');
      await pause(100);
    }
    response.end(headline);
  },
  '/upload': async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(`${headline} ${bytes}`);
  },
  '/events': async (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!response.destroyed) {
      response.write(`data: ${headline}\n\n`);
      await pause(50);
    }
  },
};

const server = http.createServer((request, response) => {
  const answer = answers[request.url.split('?')[0]];
  if (answer) return answer(request, response);
  response.writeHead(404).end();
});

// A WebSocket server for short texts: every text is answered with the headline and the text.
server.on('upgrade', (request, socket) => {
  const key = crypto.createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    while (received.length >= 6 && received.length >= 6 + (received[1] & 0x7f)) {
      const length = received[1] & 0x7f;
      const text = Buffer.from(received.subarray(6, 6 + length).map((byte, i) => byte ^ received[2 + (i % 4)]));
      const opcode = received[0] & 0x0f;
      received = received.subarray(6 + length);
      if (opcode === 8) {
        socket.end(Buffer.concat([Buffer.from([0x88, text.length]), text]));
        return;
      }
      const reply = Buffer.from(`${headline} ${text}`);
      socket.write(Buffer.concat([Buffer.from([0x81, reply.length]), reply]));
    }
  });
});

server.listen(Number(process.env.PORT), () => console.log('listening'));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
