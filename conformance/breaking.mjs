// What a change of the schema breaks for clients: node breaking.mjs OLD NEW ALLOWED
// ALLOWED lists breaks that are meant, one a line, as this script words them.
import { existsSync, readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const [from, to, allowed] = process.argv.slice(2);
const meant = new Set(existsSync(allowed) ? readFileSync(allowed, 'utf8').split('\n').map((l) => l.trim()) : []);
const changes = await diff(buildSchema(readFileSync(from, 'utf8')), buildSchema(readFileSync(to, 'utf8')));
const breaks = changes.filter((c) => c.criticality.level === CriticalityLevel.Breaking && !meant.has(c.message));
for (const c of breaks) console.error(`${c.path}: ${c.message}`);
console.log(JSON.stringify({ changes: changes.length, breaking: breaks.length }));
process.exitCode = breaks.length > 0 ? 1 : 0;
