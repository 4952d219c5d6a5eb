// Tools that ask a running server for its schema, as people use them: node introspect.mjs URL FILE
// FILE gets the schema as the last of them prints it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { buildSchema } from 'graphql';

const [url, file] = process.argv.slice(2);
const made = mkdtempSync(path.join(tmpdir(), 'introspect-'));
process.on('exit', () => rmSync(made, { recursive: true, force: true }));
const done = [];
const knows = (schema) => {
  assert.ok(Object.keys(schema.getTypeMap()).length > 200);
  assert.ok(schema.getType('ConfigurationItem').getFields().dependsOn);
};

// Libraries, with each option by itself and all together.
const require = createRequire(import.meta.url);
for (const name of ['graphql', 'graphql-17']) {
  const { buildClientSchema, getIntrospectionQuery } = require(name);
  const options = ['specifiedByUrl', 'directiveIsRepeatable', 'schemaDescription', 'inputValueDeprecation', 'oneOf'].map((o) => [o, true]);
  const asked = [[], [['descriptions', false]], ...options.map((o) => [o]), options];
  for (const chosen of asked) {
    const query = getIntrospectionQuery(Object.fromEntries(chosen));
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
    const { data, errors } = await answer.json();
    assert.equal(errors, undefined);
    knows(buildClientSchema(data));
  }
  done.push(name);
}

// GraphQL Code Generator writes the types of a client.
const schema = [{ [url]: { customFetch: fetch } }]; // Node's own: the one that it brings wants a newer Node.
const [types] = await generate({ schema, generates: { [path.join(made, 'types.ts')]: { plugins: ['typescript'] } }, silent: true }, false);
assert.match(types.content, /export type ConfigurationItem = /);
assert.match(types.content, /export type MutationCreateSiteArgs = /);
done.push('graphql-codegen');

// What Relay's guide fetches the schema with.
const tool = path.join(path.dirname(require.resolve('get-graphql-schema/package.json')), 'dist/index.js');
const sdl = execFileSync('node', [tool, url], { encoding: 'utf8', maxBuffer: 1 << 26 });
knows(buildSchema(sdl));
writeFileSync(file, sdl);
done.push('get-graphql-schema');

console.log(JSON.stringify({ tools: done }));
process.exit(0);
