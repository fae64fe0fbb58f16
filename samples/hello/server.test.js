'use strict';
const { test, before, after } = require('node:test');
const assert = require('node:assert');
const { server } = require('./server.js');

let base;
before(() => new Promise((ready) => server.listen(0, () => {
  base = `http://localhost:${server.address().port}`;
  ready();
})));
after(() => server.close());

test('the page shows the version', async () => {
  const response = await fetch(`${base}/`);
  assert.strictEqual(response.status, 200);
  assert.match(await response.text(), /version<\/dt><dd>/);
});

test('the health check answers', async () => {
  const response = await fetch(`${base}/healthz`);
  assert.strictEqual(response.status, 200);
});

test('anything else is not found', async () => {
  const response = await fetch(`${base}/nothing`);
  assert.strictEqual(response.status, 404);
});
