'use strict';
const http = require('node:http');
const os = require('node:os');

const version = process.env.BOREAS_VERSION || process.env.APP_VERSION || '1.0.0';
const started = Date.now();
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const page = () => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hello from Boreas</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
  body { min-height: 100vh; margin: 0; display: grid; place-items: center; }
  main { padding: 2.5rem 3rem; border: 1px solid #8884; border-radius: 1rem; }
  h1 { margin: 0 0 1rem; font-size: 1.6rem; }
  dl { display: grid; grid-template-columns: auto auto; gap: .3rem 2rem; margin: 0; }
  dt { opacity: .6; } dd { margin: 0; font-variant-numeric: tabular-nums; }
</style>
<main>
  <h1>Hello from Boreas</h1>
  <dl>
    <dt>version</dt><dd>${escape(version)}</dd>
    <dt>host</dt><dd>${escape(os.hostname())}</dd>
    <dt>uptime</dt><dd>${Math.round((Date.now() - started) / 1000)} s</dd>
  </dl>
</main>
</html>
`;

const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  const [status, type, body] =
    path === '/healthz' ? [200, 'text/plain', 'ok\n'] :
    path === '/' ? [200, 'text/html', page()] :
    [404, 'text/plain', 'There is nothing here.\n'];
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` });
  response.end(body);
});

module.exports = { server };

if (require.main === module) {
  const port = Number(process.env.PORT || 3000);
  server.listen(port, () => console.log(`hello ${version} listens on port ${port}`));
  process.on('SIGTERM', () => {
    console.log('asked to end: finishing what is under way');
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
