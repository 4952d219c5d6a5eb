// Clients that people use, against a server: node clients.mjs URL
import assert from 'node:assert/strict';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { Client, fetchExchange } from '@urql/core';
import { createClient as createEventsClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.argv[2];
const done = [];
const step = async (name, f) => { await f(); done.push(name); };
const query = '{ configurationItems(first: 2) { totalCount nodes { key } } }';
const subscription = 'subscription { events(after: "0") { revision type subject { key } } }';
const holds = (result) => assert.equal(result.data.configurationItems.nodes.length, 2);

// first takes some results of a subscription, and ends it.
async function first(n, iterator) {
  const list = [];
  for await (const result of iterator) {
    assert.equal(result.errors, undefined);
    list.push(result.data.events);
    if (list.length === n) break;
  }
  assert.equal(list.length, n);
  return list;
}

await step('graphql-ws', async () => {
  const client = createSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: { 'releasegraph-act-as': 'ws; roles=VIEWER' } });
  for await (const result of client.iterate({ query })) holds(result);
  await first(3, client.iterate({ query: subscription }));
  await assert.rejects(async () => { for await (const r of client.iterate({ query: '{nope}' })) assert.fail(r); });
  for await (const result of client.iterate({ query })) holds(result); // the socket has outlived the error
  await client.dispose();
});

await step('graphql-sse', async () => {
  const client = createEventsClient({ url });
  for await (const result of client.iterate({ query })) holds(result);
  await first(3, client.iterate({ query: subscription }));
  client.dispose();
});

await step('urql', async () => {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod: true });
  holds(await client.query(query, {}).toPromise());
  holds(await client.query(query, {}, { preferGetMethod: false }).toPromise());
  const refused = await client.query('{nope}', {}).toPromise();
  assert.match(refused.error.message, /nope/);
});

await step('apollo', async () => {
  const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache(), incrementalHandler: new Defer20220824Handler() });
  holds(await client.query({ query: gql(query) }));
  const parts = await client.query({ query: gql('{ configurationItem(key: "web-shop") { id ... @defer { dependsOn { nodes { id key } } } } }') });
  assert.ok(parts.data.configurationItem.dependsOn.nodes.length > 0);
  client.stop();
});

console.log(JSON.stringify({ clients: done }));
process.exit(0);
