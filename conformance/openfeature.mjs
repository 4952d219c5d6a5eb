// Software that asks for the switches of releases by OpenFeature: node openfeature.mjs URL
import assert from 'node:assert/strict';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { ErrorCode, OpenFeature } from '@openfeature/server-sdk';

const url = process.argv[2];

async function ask(query, variables) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}
const brings = async (...lines) => {
  const { importRecords: { errors } } = await ask('mutation($lines: [String!]!) { importRecords(input: {records: $lines}) { errors { message } } }', { lines: lines.map((l) => JSON.stringify(l)) });
  assert.deepEqual(errors, []);
};
const rolledOut = (release, deployment, wave) => brings(
  { node: 'Release', key: release, name: release, releaseVersion: '1.0.0', type: 'MINOR', category: 'DELTA', status: 'DEPLOYING' },
  { node: 'Deployment', key: `${release}-d`, name: 'D', status: 'RUNNING', ...deployment },
  { edge: 'DEPLOYS', from: `Deployment:${release}-d`, to: `Release:${release}` },
  { node: 'Wave', key: `${release}-w`, name: 'W', ordinal: 1, ...wave },
  { edge: 'HAS_WAVE', from: `Deployment:${release}-d`, to: `Wave:${release}-w` },
);

await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: new URL(url).origin }));
const client = OpenFeature.getClient();
const asked = [];
const step = async (name, f) => { await f(); asked.push(name); };
const of = (key, targetingKey) => client.getBooleanDetails(key, false, targetingKey ? { targetingKey, country: 'FR' } : {});

// One instant everywhere (P8): off before it, on from then on, without anything being deployed in between.
await step('SCHEDULED', async () => {
  const at = new Date(Date.now() + 3000);
  await rolledOut('scheduled', { activation: 'SCHEDULED', activateAt: at.toISOString() }, { status: 'RUNNING' });
  const before = await of('scheduled');
  assert.deepEqual([before.value, before.variant, before.reason, before.errorCode], [false, 'off', 'STATIC', undefined]);
  assert.equal(new Date(before.flagMetadata.activateAt).getTime(), Math.floor(at.getTime() / 1000) * 1000);
  await new Promise((resolve) => setTimeout(resolve, at.getTime() - Date.now() + 50));
  const after = await of('scheduled');
  assert.deepEqual([after.value, after.variant, after.reason], [true, 'on', 'STATIC']);
});

// A share that grows keeps whoever has it (P6): each is asked for by a targeting key.
await step('SPLIT', async () => {
  const users = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  const have = async () => {
    const list = await Promise.all(users.map((user) => of('share', user)));
    for (const one of list) assert.deepEqual([one.reason, one.errorCode], ['SPLIT', undefined]);
    return new Set(users.filter((_, i) => list[i].value));
  };
  await rolledOut('share', {}, { status: 'SUCCEEDED', exposure: 30 });
  const few = await have();
  assert.ok(few.size > 30 && few.size < 90, `${few.size} of 200 at 30 %`);
  await brings({ node: 'Wave', key: 'share-w', exposure: 60 });
  const more = await have();
  assert.ok(more.size > 90 && more.size < 150, `${more.size} of 200 at 60 %`);
  for (const user of few) assert.ok(more.has(user), `${user} had it, and has it no more`);
  const nobody = await of('share');
  assert.deepEqual([nobody.value, nobody.errorCode], [false, ErrorCode.TARGETING_KEY_MISSING]);
});

await step('unknown', async () => {
  const none = await of('there-is-none');
  assert.deepEqual([none.value, none.errorCode], [false, ErrorCode.FLAG_NOT_FOUND]);
});

// A flag is true or false: who asks for a text is told so, and keeps the default.
await step('type', async () => {
  const text = await client.getStringDetails('scheduled', 'default');
  assert.deepEqual([text.value, text.errorCode], ['default', ErrorCode.TYPE_MISMATCH]);
});

console.log(JSON.stringify({ asked }));
process.exit(0);
