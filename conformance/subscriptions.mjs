// Clients that people use follow what happens, are cut off, and go on: node subscriptions.mjs URL
import assert from 'node:assert/strict';
import net from 'node:net';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { createClient as createEventsClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = new URL(process.argv[2]);

// ask has a query or a mutation answered.
async function ask(query, variables) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
}

// bring writes some records in one change set, and gives its revision.
async function bring(...records) {
  const { importRecords } = await ask('mutation($records: [String!]!) { importRecords(input: {records: $records}) { revision errors { message } } }',
    { records: records.map((r) => JSON.stringify(r)) });
  assert.deepEqual(importRecords.errors, []);
  return Number(importRecords.revision);
}

// What happens: the roll-out of a release is changed, and item after item comes to depend on another.
const begin = await bring(
  { node: 'ConfigurationItem', key: 'base', name: 'base', class: 'PROGRAM' },
  { node: 'Release', key: 'OUT', name: 'OUT', releaseVersion: '1.1.0', type: 'MINOR', category: 'DELTA', status: 'ACCEPTED' },
  { edge: 'CHANGES', from: 'Release:OUT', to: 'ConfigurationItem:base', action: 'MODIFY', fromVersion: '1.0.0', toVersion: '1.1.0' },
  { node: 'Deployment', key: 'OUT-1', name: 'OUT-1', status: 'PLANNED' },
  { edge: 'DEPLOYS', from: 'Deployment:OUT-1', to: 'Release:OUT' },
  { node: 'Wave', key: 'OUT-1-1', name: 'Pilot', ordinal: 1, status: 'PENDING' },
  { edge: 'HAS_WAVE', from: 'Deployment:OUT-1', to: 'Wave:OUT-1-1' },
);
let steps = 0;
const step = () => {
  steps++;
  const name = `Roll-out, ${steps} times renamed`;
  return bring(
    { node: 'Deployment', key: 'OUT-1', name }, { node: 'Wave', key: 'OUT-1-1', name },
    { node: 'ConfigurationItem', key: `needs-${steps}`, name: 'needs it', class: 'PROGRAM' },
    { edge: 'DEPENDS_ON', from: `ConfigurationItem:needs-${steps}`, to: 'ConfigurationItem:base', impact: 'FULL' },
  );
};

// What is followed, each from a revision.
const follow = (field) => `subscription Follow($after: Revision) { ${field} }`;
const documents = {
  events: follow('events(after: $after) { revision resumeAfter type subject { key } }'),
  deploymentUpdates: follow('deploymentUpdates(after: $after) { revision resumeAfter type deployment { key name } wave { name } }'),
  releaseProgress: follow('releaseProgress(release: {key: "OUT"}, after: $after) { revision types deployments { name } }'),
  impactChanged: follow('impactChanged(input: {sources: {items: [{key: "base"}]}}, after: $after) { revision total differences { item { key } after } }'),
};

// following is one subscription of one client, and what it was told.
class Following {
  constructor(field) {
    this.field = field;
    this.variables = { after: String(begin) };
    this.told = new Set();
  }

  get query() { return documents[this.field]; }

  // take takes an answer. Of a change set that was not told whole, all comes again.
  take(result) {
    assert.equal(result.errors ?? result.error, undefined);
    const answer = result.data[this.field];
    this.told.add(JSON.stringify(answer, (name, value) => (name === '__typename' ? undefined : value))); // Apollo asks for it
    this.variables.after = answer.resumeAfter ?? answer.revision;
    this.check?.();
  }

  // until waits until a change set was told whole.
  until(revision) {
    return new Promise((resolve) => {
      this.check = () => Number(this.variables.after) >= revision && resolve();
      this.check();
    });
  }
}

// breaker passes connections on to the server, until it is told to cut them.
const breaker = await new Promise((resolve) => {
  const open = new Set();
  const server = net.createServer((from) => {
    const to = net.connect(url.port, url.hostname);
    open.add(from);
    for (const [a, b] of [[from, to], [to, from]]) {
      a.pipe(b);
      a.on('error', () => {});
      a.on('close', () => { open.delete(from); b.destroy(); });
    }
  });
  server.listen(0, '127.0.0.1', () => resolve({
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    cut: () => { for (const from of open) from.destroy(); },
  }));
});
const overSocket = { url: breaker.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 5, retryWait: () => new Promise((go) => setTimeout(go, 20)) };

// Clients that connect again by themselves. A question is sent again as it is by then, and
// so with the revision that was noted in its variables.
const persistent = {
  'graphql-ws'(following) {
    const client = createSocketClient(overSocket);
    client.subscribe({ query: following.query, variables: following.variables }, { next: (r) => following.take(r), error: assert.ifError, complete() {} });
    return () => client.dispose();
  },
  'graphql-sse'(following) {
    const client = createEventsClient({ url: breaker.url, retryAttempts: 5, retry: overSocket.retryWait });
    client.subscribe({ query: following.query, variables: following.variables }, { next: (r) => following.take(r), error: assert.ifError, complete() {} });
    return () => client.dispose();
  },
  // The browser's: it says by itself which event it was told last.
  eventsource(following) {
    const to = new URL(breaker.url);
    to.searchParams.set('query', following.query);
    to.searchParams.set('variables', JSON.stringify(following.variables));
    const source = new EventSource(to);
    source.addEventListener('next', (e) => following.take(JSON.parse(e.data)));
    source.addEventListener('complete', () => source.close());
    return () => source.close();
  },
};

// Clients that leave, and come back with the revision of what they were told last.
const leaving = {
  apollo(following) {
    const client = new ApolloClient({ link: new GraphQLWsLink(createSocketClient(overSocket)), cache: new InMemoryCache() });
    const told = client.subscribe({ query: gql(following.query), variables: { ...following.variables } }).subscribe((r) => following.take(r));
    return () => { told.unsubscribe(); client.stop(); };
  },
  'urql over a socket'(following) {
    const socket = createSocketClient(overSocket);
    const client = new Client({
      url: breaker.url, preferGetMethod: false,
      exchanges: [subscriptionExchange({ forwardSubscription: (request) => ({ subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }) }) })],
    });
    const told = client.subscription(following.query, { ...following.variables }).subscribe((r) => following.take(r));
    return () => { told.unsubscribe(); socket.dispose(); };
  },
  'urql over events'(following) {
    const client = new Client({ url: breaker.url, preferGetMethod: false, exchanges: [fetchExchange], fetchSubscriptions: true });
    const told = client.subscription(following.query, { ...following.variables }).subscribe((r) => following.take(r));
    return () => told.unsubscribe();
  },
};

const all = (clients) => Object.keys(clients).flatMap((name) => Object.keys(documents).map((field) => ({ name, begin: clients[name], following: new Following(field) })));
const staying = all(persistent), coming = all(leaving), each = [...staying, ...coming];
const told = (list, revision) => Promise.all(list.map(({ following }) => following.until(revision)));

for (const c of each) c.end = c.begin(c.following);
await step();
await told(each, await step()); // live

for (const c of coming) c.end();
await step(); // while some are away
breaker.cut();
await step();
for (const c of coming) c.end = c.begin(c.following);
const last = await step();
await told(each, last);

// What each should have been told is what one is told that asks once for all of it.
for (const field of Object.keys(documents)) {
  const whole = new Following(field);
  const reader = createEventsClient({ url: url.href });
  for await (const result of reader.iterate({ query: whole.query, variables: { ...whole.variables } })) {
    whole.take(result);
    if (Number(whole.variables.after) >= last) break;
  }
  assert.ok(whole.told.size >= steps, field);
  for (const { name, following } of each.filter((c) => c.following.field === field)) assert.deepEqual([...following.told], [...whole.told]);
}
console.log(JSON.stringify({ followed: each.map(({ name, following }) => `${name}: ${following.field}`) }));
process.exit(0);
