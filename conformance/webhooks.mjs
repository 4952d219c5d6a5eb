// A receiver that takes what it is sent by the libraries of others: node webhooks.mjs URL
import assert from 'node:assert/strict';
import http from 'node:http';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

const url = process.argv[2];

async function ask(query, variables) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}

const waiting = [], got = [];
const next = () => new Promise((resolve) => (got.length ? resolve(got.shift()) : waiting.push(resolve)));
const receiver = http.createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  response.writeHead(204).end();
  const message = { headers: request.headers, body };
  if (waiting.length) waiting.shift()(message);
  else got.push(message);
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const { createWebhook: { secret, webhook } } = await ask(
  'mutation($url: String!) { createWebhook(input: {name: "receiver", url: $url, filter: {types: ["site.*"]}}) { secret webhook { id } } }',
  { url: `http://127.0.0.1:${receiver.address().port}/` });
const site = (key) => ask('mutation($key: String!) { createSite(input: {key: $key, name: "Ünïcode ☃"}) { revision } }', { key });

const { createSite: { revision } } = await site('hooked');
const { headers, body } = await next();
new Webhook(secret).verify(body, headers);
assert.throws(() => new Webhook(secret).verify(body.replace('hooked', 'hacked'), headers), /No matching signature/);
const event = HTTP.toEvent({ headers, body });
event.validate();
assert.deepEqual([event.type, event.id, event.subject, event.data.changes.key.after], ['site.created', `${revision}.1`, 'Site/hooked', 'hooked']);

// Behind a rotation both secrets verify.
const { rotateWebhookSecret: { secret: newer } } = await ask('mutation($id: ID!) { rotateWebhookSecret(input: {id: $id}) { secret } }', { id: webhook.id });
await site('rotated');
const rotated = await next();
for (const each of [secret, newer]) new Webhook(each).verify(rotated.body, rotated.headers);

console.log(JSON.stringify({ verified: 3, parsed: 1 }));
process.exit(0);
