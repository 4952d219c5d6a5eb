// The public audit of GraphQL over HTTP: node audit.mjs URL
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const bad = results.filter((r) => r.status !== 'ok');
for (const r of bad) console.error(`${r.status} ${r.id} ${r.name}: ${r.reason}`);
console.log(JSON.stringify({ checks: results.length, ok: results.length - bad.length }));
process.exitCode = bad.length > 0 ? 1 : 0;
